"""CycleGAN (Zhu et al. 2017, arXiv:1703.10593): translation between two sets of pictures that have no pairs.

Set A is `Batch.images`, set B `Batch.targets`. Beside the usual losses it reports `cycle` and `identity`, mean
absolute errors of a number in [-1, 1] over both directions.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import TrainingError
from latentlab.models.generator import Generator
from latentlab.models.translator import Translator, resnet_translator
from trainers.augment.augmenter import Augmenter, AugmentSettings
from trainers.averaging import Average
from trainers.batch import Batch
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.image_pool import ImagePool
from trainers.networks.dcgan import start_scaled
from trainers.networks.patch import PatchDiscriminator, smallest_side, start_small
from trainers.objectives.adversarial import (
    Objective,
    boundary,
    compares_pairs,
    discriminator_loss,
    generator_loss,
)
from trainers.precision import Precision, autocast, lay_out
from trainers.regularisers import lazy_weight, squared_gradient
from trainers.schedules import RateSettings, Schedule, set_rate
from trainers.settings import setting
from trainers.systems.system import Setup, System


class CycleGANTraining(RateSettings, AugmentSettings):
    """Hyper-parameters of CycleGAN; the defaults are the paper's, for little data."""

    width: int = setting(
        32, "Channels of the generators at full resolution; the paper has 64.", group="Network", least=4
    )
    residuals: int = setting(
        6, "Residual blocks of each generator: 6 for small pictures, 9 from 256 pixels on.",
        group="Network", least=0, most=32,
    )  # fmt: skip
    halvings: int = setting(
        2, "Halvings before the residual blocks; 1 keeps fine detail in small pictures.",
        group="Network", least=0, most=4,
    )  # fmt: skip
    norm: Literal["instance", "none"] = setting(
        "instance",
        "Normalisation of the generators: of each picture by itself, as published, which hides from them how "
        "bright and colourful it is; or none.",
        group="Network",
    )
    discriminator_width: int = setting(
        64, "Channels of the first layer of the discriminators.", group="Network", least=4
    )
    discriminator_levels: int = setting(
        3, "Halvings of the discriminators: 3 judge patches of 70 pixels, 2 of 34.",
        group="Network", least=1, most=5,
    )  # fmt: skip
    objective: Objective = setting("least_squares", "How generators and discriminators play.", group="Game")
    adversarial: float = setting(
        2.0, "Weight of the game in the generators' loss; 2 makes up for the half in least squares.",
        group="Game", least=0,
    )  # fmt: skip
    cycle: float = setting(
        10.0, "Weight of coming back to the picture one started from.", group="Game", least=0
    )
    identity: float = setting(
        5.0, "Weight of leaving a picture alone that is in the wanted style already; keeps colours.",
        group="Game", least=0,
    )  # fmt: skip
    pool: int = setting(
        50, "Earlier pictures that the discriminators are shown again; 0 shows the newest only.",
        unit="images", group="Game", least=0, most=10_000,
    )  # fmt: skip
    r1_gamma: float = setting(
        0.0,
        "Weight of the penalty on the discriminators' slope at real pictures; keeps patterns out of flat colours "
        "where there are few pictures.",
        group="Game",
        least=0,
    )
    penalty_every: int = setting(
        4,
        "Compute this penalty in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    swap_colours: bool = setting(
        False,
        "Show every picture with red, green and blue swapped at random: more pictures to learn from, where the "
        "way between the sets is the same for any colour.",
        group="Augmentation",
    )
    partners: bool = setting(
        False,
        "Held-out pictures of the same number show the same thing: measure how far translations are from them. "
        "Training never uses it.",
        group="Game",
    )
    learning_rate: float = setting(2e-4, "Of Adam, for all networks.", group="Optimiser", above=0, most=1)
    beta1: float = setting(0.5, "Momentum of Adam.", group="Optimiser", least=0, below=1)
    schedule: Schedule = setting(
        "linear", "How the learning rate falls to 0 once its steady share is over.", group="Optimiser"
    )
    steady: float = setting(
        0.5, "Share of the steps that keep the full learning rate.", group="Optimiser", least=0, most=1
    )
    ema_half_life: float = setting(
        200.0, "Steps after which an old weight counts half in the networks that are saved.",
        unit="steps", group="Optimiser", above=0,
    )  # fmt: skip
    precision: Precision = setting(
        "float32",
        "Of convolutions; auto: bfloat16 where the device is quick at it.",
        group="Optimiser",
    )


class _Translated(NamedTuple):
    """What the generators make of a batch, (N, C, H, W) each."""

    there: Tensor
    """A as B."""
    back: Tensor
    """B as A."""
    there_and_back: Tensor
    """A as B as A."""
    back_and_there: Tensor
    identity_there: Tensor
    """B by the generator that draws B."""
    identity_back: Tensor


class _Looks(NamedTuple):
    """Random numbers of the augmentation of what the discriminators see in a step."""

    real: Tensor | None
    real_back: Tensor | None
    fake: Tensor | None
    fake_back: Tensor | None


class CycleGANSystem(System):
    """Two translators, A to B ("generator") and B to A ("generator_back"), and a discriminator for each."""

    name: ClassVar[str] = "cyclegan"
    Config: ClassVar[type[CycleGANTraining]] = CycleGANTraining

    def __init__(self, config: CycleGANTraining, setup: Setup) -> None:
        """Build untrained networks, the same for the same seed.

        Raises:
            TrainingError: there is no second set of pictures, or they are too small for the discriminators.
        """
        shape = setup.shape
        if not shape.has_targets:
            raise TrainingError("CycleGAN needs two folders of pictures: name the second as the targets.")
        least = max(smallest_side(config.discriminator_levels), 16)
        step = 1 << config.halvings
        if shape.resolution < least or shape.resolution % step:
            raise TrainingError(
                f"CycleGAN with these networks needs pictures of at least {least} pixels, in steps of {step}; "
                f"these have {shape.resolution}: choose another size, or fewer levels or halvings."
            )
        self.config = config
        self.setup = setup
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self.networks = {
                "generator": self._translator(),
                "generator_back": self._translator(),
                "discriminator": self._discriminator(),
                "discriminator_back": self._discriminator(),
            }
        self._there, self._back, self._judge, self._judge_back = self.networks.values()
        self._averages = {
            name: Average(network, config.ema_half_life)
            for name, network in self.networks.items()
            if isinstance(network, Translator)
        }
        self._generators = self._optimiser(self._there, self._back)
        self._discriminators = self._optimiser(self._judge, self._judge_back)
        self._pools = {name: ImagePool(config.pool) for name in ("there", "back")}
        self._augmenter = Augmenter(config, setup.batch_size, setup.team)

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        """See `System.train_step`; batches of A and B are not partners."""
        if batch.targets is None:
            raise TrainingError("CycleGAN was given a batch without pictures of the second set.")
        rate = self.config.learning_rate * self.config.factor(step, self.setup.steps)
        set_rate(self._generators, rate)
        set_rate(self._discriminators, rate)
        a, b = (
            self._recoloured(images, noise).contiguous(memory_format=torch.channels_last)
            for images in (batch.images, batch.targets)
        )
        looks = _Looks(*(self._augmenter.numbers(noise, self.setup.device) for _ in _Looks._fields))
        made, losses = self._train_generators(a, b, looks, step)
        losses |= self._train_discriminators(a, b, made, looks, step, noise)
        for name, average in self._averages.items():
            average.update(self.networks[name], step)  # type: ignore[arg-type]
        return losses

    def generator(self) -> Generator:
        """A to B."""
        return self._averages["generator"].network

    def further_models(self) -> dict[str, Generator]:
        """B to A."""
        return {"back": self._averages["generator_back"].network}

    def state_dict(self) -> dict[str, Any]:
        """See `System.state_dict`; the pools are part of it."""
        return {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "averages": {name: average.network.state_dict() for name, average in self._averages.items()},
            "generators": self._generators.state_dict(),
            "discriminators": self._discriminators.state_dict(),
            "pools": {name: pool.pictures for name, pool in self._pools.items()},
            "augmentation": self._augmenter.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See `System.load_state_dict`."""
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
        for name, average in self._averages.items():
            average.network.load_state_dict(state["averages"][name])
        self._generators.load_state_dict(state["generators"])
        self._discriminators.load_state_dict(state["discriminators"])
        for name, pool in self._pools.items():
            pool.pictures = state["pools"][name]
        if "augmentation" in state:  # runs of earlier versions did not augment
            self._augmenter.load_state_dict(state["augmentation"])

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """Errors with the averaged networks: of going there and back, and to the partners if there are any.

        Returns:
            `cycle` and `cycle_back`, mean absolute errors of a number in [-1, 1] by way of B and of A; with
            `partners`, `partner_error` and `partner_error_back`, the errors of A as B and of B as A to the true
            partner, as shares of the error of the pictures as they are.
        """
        if batch.targets is None:
            return {}
        a, b = batch.images, batch.targets
        there, back = (average.network for average in self._averages.values())
        a_as_b, b_as_a = _draw(there, a), _draw(back, b)
        found = {"cycle": _error(_draw(back, a_as_b), a), "cycle_back": _error(_draw(there, b_as_a), b)}
        if self.config.partners:
            unchanged = max(_error(a, b), 1e-6)
            found["partner_error"] = _error(a_as_b, b) / unchanged
            found["partner_error_back"] = _error(b_as_a, a) / unchanged
        return found

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        """See `System.measures_in_words`."""
        found = [
            ("Error after going there and back, held-out pictures", f"{127.5 * measures['cycle']:.1f} of 255")
        ]
        if "partner_error" in measures:
            share = f"{measures['partner_error']:.2f} of that of the pictures as they are"
            found.append(("Error to the true partner, held-out pictures", share))
        return tuple(found)

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor | None:
        """Mean logit over patches of the discriminator of B, for pictures of B where the batch has them."""
        images = batch.images if batch.targets is None else batch.targets
        return self._score(self._judge, images).flatten(1).mean(1)

    def _recoloured(self, images: Tensor, noise: torch.Generator) -> Tensor:
        """Each of (N, C, H, W) with its colours in a random order."""
        if not self.config.swap_colours:
            return images
        whole = torch.rand(self.setup.batch_size, images.shape[1], generator=noise).argsort(1)
        orders = self.setup.team.part(whole).to(images.device)
        return images.gather(1, orders[:, :, None, None].expand_as(images))

    def _train_generators(
        self, a: Tensor, b: Tensor, looks: _Looks, step: int
    ) -> tuple[_Translated, dict[str, float]]:
        config = self.config
        for judge in (self._judge, self._judge_back):
            judge.requires_grad_(False)
        with self._autocast():
            there, back = _draw(self._there, a), _draw(self._back, b)
            identity = (_draw(self._there, b), _draw(self._back, a)) if config.identity else (b, a)
            made = _Translated(there, back, _draw(self._back, there), _draw(self._there, back), *identity)
        check_finite("output", made._asdict(), step)
        augment = self._augmenter
        game = self._game(self._judge, augment(made.there, looks.fake), augment(b, looks.real))
        game = game + self._game(
            self._judge_back, augment(made.back, looks.fake_back), augment(a, looks.real_back)
        )
        cycle = functional.l1_loss(made.there_and_back, a) + functional.l1_loss(made.back_and_there, b)
        identity_loss = functional.l1_loss(made.identity_there, b) + functional.l1_loss(made.identity_back, a)
        loss = config.adversarial * game + config.cycle * cycle + config.identity * identity_loss
        check_finite("loss", {"generator": loss}, step)
        self._generators.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        losses = {
            "generator": loss.item(),
            "cycle": cycle.item() / 2,
            "identity": identity_loss.item() / 2,
            **self._settle(("generator", "generator_back"), step),
        }
        self._generators.step()
        return made, losses

    def _train_discriminators(
        self, a: Tensor, b: Tensor, made: _Translated, looks: _Looks, step: int, noise: torch.Generator
    ) -> dict[str, float]:
        for judge in (self._judge, self._judge_back):
            judge.requires_grad_(True)
        team = self.setup.team
        shown = {
            name: team.part(pool.exchange(team.gathered(picture.detach()), noise))
            for (name, pool), picture in zip(self._pools.items(), (made.there, made.back), strict=True)
        }
        objective, augment = self.config.objective, self._augmenter
        gamma = lazy_weight(step, self.config.penalty_every) * self.config.r1_gamma
        a, b = (images.detach().requires_grad_(gamma > 0) for images in (a, b))
        real = (
            self._score(self._judge, augment(b, looks.real), precise=gamma > 0),
            self._score(self._judge_back, augment(a, looks.real_back), precise=gamma > 0),
        )
        fake = (
            self._score(self._judge, augment(shown["there"], looks.fake)),
            self._score(self._judge_back, augment(shown["back"], looks.fake_back)),
        )
        augment.follow(torch.cat(real), boundary(objective, torch.cat(real), torch.cat(fake)))
        losses = [discriminator_loss(objective, *scores) for scores in zip(real, fake, strict=True)]
        loss = losses[0] + losses[1]
        found: dict[str, float] = {}
        if gamma:
            scores = [patches.flatten(1).mean(1) for patches in real]
            slopes = [squared_gradient(*pair) for pair in zip(scores, (b, a), strict=True)]
            penalty = torch.cat(slopes).mean()
            loss = loss + gamma * penalty  # half of it for each of the two
            found["r1"] = penalty.item()
        check_finite("loss", {"discriminator": losses[0], "discriminator_back": losses[1]}, step)
        self._discriminators.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norms = self._settle(("discriminator", "discriminator_back"), step)
        self._discriminators.step()
        return {
            "discriminator": loss.item(),
            "real": sum(scores.mean().item() for scores in real) / 2,
            "fake": sum(scores.mean().item() for scores in fake) / 2,
            **({"augment": augment.p} if augment.adapts else {}),
            **found,
            **norms,
        }

    def _game(self, judge: nn.Module, fake: Tensor, real: Tensor) -> Tensor:
        objective, real_scores = self.config.objective, None
        if compares_pairs(objective):
            real_scores = self._score(judge, real)
        return generator_loss(objective, self._score(judge, fake), real_scores)

    def _score(self, judge: nn.Module, images: Tensor, *, precise: bool = False) -> Tensor:
        """Logits (N, h, w), float32; `precise` computes all in it."""
        with self._autocast(not precise):
            scores: Tensor = judge(images)
        return scores.float()

    def _settle(self, names: tuple[str, ...], step: int) -> dict[str, float]:
        return {f"norm/{name}": settle(name, self.networks[name], self.setup.team, step) for name in names}

    def _autocast(self, wanted: bool = True) -> torch.autocast:
        return autocast(self.setup.device, self.config.precision if wanted else "float32")

    def _translator(self) -> nn.Module:
        shape, config = self.setup.shape, self.config
        network = Translator(
            resnet_translator(
                shape.resolution,
                input_channels=shape.channels,
                image_channels=shape.channels,
                width=config.width,
                downsamplings=config.halvings,
                residuals=config.residuals,
                norm=config.norm,
            )
        )
        if config.norm == "none":
            start_scaled(network)
        else:
            network.apply(start_small)
        return lay_out(network).to(self.setup.device)

    def _discriminator(self) -> nn.Module:
        config = self.config
        network = PatchDiscriminator(
            self.setup.shape.channels, config.discriminator_width, config.discriminator_levels
        )
        return lay_out(network).to(self.setup.device)

    def _optimiser(self, *networks: nn.Module) -> torch.optim.Adam:
        weights = [weight for network in networks for weight in network.parameters()]
        betas = (self.config.beta1, 0.999)
        return torch.optim.Adam(weights, self.config.learning_rate, betas, fused=True)


def _draw(translator: nn.Module, images: Tensor) -> Tensor:
    """(N, C, H, W) in another style, float32."""
    assert isinstance(translator, Translator)
    return translator.synthesize(images.new_zeros(len(images), 0, 0), image=images).float()


def _error(images: Tensor, wanted: Tensor) -> float:
    """Mean absolute error of a number of a picture, in [-1, 1]."""
    return float((images.clamp(-1, 1) - wanted).abs().mean())
