"""What GANs of one generator and one discriminator share: their hyper-parameters and one step of the game.

A subclass makes the two networks and says how items are drawn; everything else is here. In one step the
discriminator is moved first, then the generator, both on the same generated batch.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from latentlab.errors import TrainingError
from latentlab.models.generator import Generator
from trainers import regularisers
from trainers.augment.augmenter import Augmenter, AugmentSettings
from trainers.averaging import Average
from trainers.batch import Batch
from trainers.clamping import as_seen
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.networks.batch_norm import share_statistics
from trainers.objectives.adversarial import (
    Objective,
    boundary,
    compares_pairs,
    discriminator_loss,
    generator_loss,
)
from trainers.precision import Precision, autocast
from trainers.schedules import RateSettings, annealed, set_rate
from trainers.settings import setting
from trainers.systems.system import Setup, System

_MEASURED = 512
"""Items that the spread of samples is measured on."""


class AdversarialSettings(RateSettings, AugmentSettings):
    """Hyper-parameters of the game, whatever the networks are."""

    objective: Objective = setting(
        "relativistic", "What the two networks play for; relativistic loses the fewest modes.", group="Game"
    )
    r1_gamma: float = setting(
        1.0,
        "Weight of the penalty on the discriminator's slope at real items: higher is steadier and blurrier.",
        group="Game",
        least=0,
    )
    r2_gamma: float = setting(1.0, "Weight of the same penalty at generated items.", group="Game", least=0)
    last_gamma: float = setting(
        1.0,
        "Share of both penalties that is left at the end of the run; it falls on half a cosine.",
        group="Game",
        above=0,
        most=1,
    )
    penalty_every: int = setting(
        1,
        "Compute these penalties in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    gradient_penalty: float = setting(
        0.0, "Weight of the penalty of WGAN-GP, for wasserstein: 10 in the paper.", group="Game", least=0
    )
    spectral_norm: bool = setting(
        False, "Keep the largest singular value of every weight of the discriminator at 1.", group="Game"
    )
    pack: int = setting(
        1,
        "Items that the discriminator judges together (PacGAN).",
        unit="items",
        group="Game",
        least=1,
        most=8,
    )
    mode_seeking: float = setting(
        0.0,
        "Weight of the reward for drawing different items from different codes.",
        group="Game",
        least=0,
    )
    generator_every: int = setting(
        1,
        "Move the generator in every n-th step alone: 5 for wasserstein.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    learning_rate: float = setting(1e-3, "Of the generator.", group="Optimiser", above=0, most=1)
    discriminator_learning_rate: float = setting(
        0.0, "Of the discriminator; 0: the same as the generator's.", group="Optimiser", least=0, most=1
    )
    beta1: float = setting(0.0, "Memory of Adam for the gradient.", group="Optimiser", least=0, below=1)
    beta2: float = setting(0.99, "Memory of Adam for its square.", group="Optimiser", least=0, below=1)
    gradient_clip: float = setting(
        0.0, "Largest norm of a network's gradient; 0: no limit.", group="Optimiser", least=0
    )
    ema_half_life: float = setting(
        500.0,
        "Steps after which a weight counts half in the average that samples are drawn with.",
        unit="steps",
        group="Optimiser",
        above=0,
    )
    precision: Precision = setting(
        "float32",
        "Of matrix products and convolutions; auto: bfloat16 where the device is quick at it. Slopes stay in "
        "float32.",
        group="Optimiser",
    )


class Draws(NamedTuple):
    """The random numbers of a step, this process's rows."""

    z: Tensor
    """(N, z_dim)."""
    other_z: Tensor | None
    """(N, z_dim) for mode seeking."""
    mixture: Tensor | None
    """(N / pack,) for the gradient penalty."""
    of_real: Tensor | None
    """Of the augmentation of real items."""
    of_fake: Tensor | None


class AdversarialSystem(System):
    """A generator and a discriminator in training."""

    config: AdversarialSettings

    def __init__(self, config: AdversarialSettings, setup: Setup) -> None:
        self.config, self.setup = config, setup
        self._check_sizes()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self._generator = self.make_generator()
            self._discriminator = self.make_discriminator()
            if config.spectral_norm:
                regularisers.limit_spectrum(self._discriminator)
        self.networks = {"generator": self._generator, "discriminator": self._discriminator}
        for network in self.networks.values():
            share_statistics(network, setup.team).to(setup.device)
            for weight in network.parameters():  # the layout that convolutions are quickest in
                if weight.ndim == 4:
                    weight.data = weight.data.contiguous(memory_format=torch.channels_last)
        self._average = Average(self._generator, config.ema_half_life)
        self._augmenter = Augmenter(config, setup.batch_size, setup.team)
        self._optimisers = {
            name: torch.optim.Adam(network.parameters(), betas=(config.beta1, config.beta2), fused=True)
            for name, network in self.networks.items()
        }
        # Statistics of a batch must not mix real and generated items.
        self._judges_one_by_one = not any(
            isinstance(module, _BatchNorm) for module in self._discriminator.modules()
        )

    @abstractmethod
    def make_generator(self) -> Generator:
        """The untrained generator."""

    @abstractmethod
    def make_discriminator(self) -> nn.Module:
        """The untrained discriminator: `config.pack` items and class weights (N, K) or None to scores (N,)."""

    def paint(self, generator: Generator, z: Tensor, classes: Tensor | None) -> Tensor:
        """Items (N, ...) from z (N, z_dim); pictures are clamped, as they will be seen."""
        return as_seen(generator(z, classes))

    def classes(self, batch: Batch) -> Tensor | None:
        """Class weights (N, K) of a batch, for both networks; None where they know no classes."""
        return None

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        config, draws = self.config, self._draws(noise)
        factor = config.factor(step, self.setup.steps)
        set_rate(self._optimisers["generator"], config.learning_rate * factor)
        set_rate(
            self._optimisers["discriminator"],
            (config.discriminator_learning_rate or config.learning_rate) * factor,
        )
        self._generator.train()
        self._discriminator.train()
        classes, real = self.classes(batch), batch.images
        if real.ndim == 4:
            real = real.contiguous(memory_format=torch.channels_last)
        moves_generator = (step + 1) % config.generator_every == 0
        with torch.set_grad_enabled(moves_generator), self._autocast():
            fake = self.paint(self._generator, draws.z, classes).float()
        check_finite("output", {"generator": fake}, step)
        losses = self._move_discriminator(real, fake.detach(), classes, draws, step)
        if moves_generator:
            losses |= self._move_generator(real, fake, classes, draws, step)
            self._average.update(self._generator, step)
        return losses

    def _move_discriminator(
        self, real_items: Tensor, fake_items: Tensor, classes: Tensor | None, draws: Draws, step: int
    ) -> dict[str, float]:
        config = self.config
        lazy = regularisers.lazy_weight(step, config.penalty_every)
        gammas = [lazy * self._gamma(gamma, step) for gamma in (config.r1_gamma, config.r2_gamma)]
        real_items = real_items.detach().requires_grad_(gammas[0] > 0)
        fake_items = fake_items.detach().requires_grad_(gammas[1] > 0)
        with self._autocast(not any(gammas)):
            real, fake = self._judge(real_items, fake_items, classes, draws)
        self._augmenter.follow(real, boundary(config.objective, real, fake))
        loss = discriminator_loss(config.objective, real, fake)
        found = {"real": real.mean(), "fake": fake.mean()}
        slopes = {"r1": (real_items, gammas[0]), "r2": (fake_items, gammas[1])}
        slopes = {name: slope for name, slope in slopes.items() if slope[1] > 0}
        if slopes:
            scores = torch.cat([real] * ("r1" in slopes) + [fake] * ("r2" in slopes))
            squares = regularisers.squared_gradients(scores, *(items for items, _ in slopes.values()))
            for (name, (_, gamma)), square in zip(slopes.items(), squares, strict=True):
                found[name] = square.sum() / len(real)
                loss = loss + 0.5 * gamma * found[name]
        if config.gradient_penalty:
            assert draws.mixture is not None
            found["gradient_penalty"] = regularisers.one_lipschitz(
                lambda items: self._discriminator(items, classes),
                regularisers.pack(real_items, config.pack),
                regularisers.pack(fake_items, config.pack),
                draws.mixture,
            ).mean()
            loss = loss + config.gradient_penalty * found["gradient_penalty"]
        losses = self._step("discriminator", loss, step) | {
            name: float(v.detach()) for name, v in found.items()
        }
        return losses | ({"augment": self._augmenter.p} if self._augmenter.adapts else {})

    def _move_generator(
        self, real_items: Tensor, fake_items: Tensor, classes: Tensor | None, draws: Draws, step: int
    ) -> dict[str, float]:
        config = self.config
        self._discriminator.requires_grad_(False)
        with self._autocast():
            fake = self._score(fake_items, classes, draws.of_fake)
            real = None
            if compares_pairs(config.objective):
                with torch.no_grad():
                    real = self._score(real_items, classes, draws.of_real)
        self._discriminator.requires_grad_(True)
        loss = generator_loss(config.objective, fake, real)
        if draws.other_z is not None:
            with self._autocast():
                others = self.paint(self._generator, draws.other_z, classes).float()
            spread = regularisers.mode_seeking(fake_items, others, draws.z, draws.other_z, self.setup.team)
            loss = loss + config.mode_seeking * spread
        return self._step("generator", loss, step)

    def _step(self, name: str, loss: Tensor, step: int) -> dict[str, float]:
        """Move one network down the gradient of its loss."""
        check_finite("loss", {name: loss}, step)
        self._optimisers[name].zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = settle(name, self.networks[name], self.setup.team, step, self.config.gradient_clip)
        self._optimisers[name].step()
        return {name: float(loss.detach()), f"norm/{name}": norm}

    def _judge(
        self, real: Tensor, fake: Tensor, classes: Tensor | None, draws: Draws
    ) -> tuple[Tensor, Tensor]:
        """Scores of real and generated items: one pass for both where no item's score depends on another's."""
        if not self._judges_one_by_one or real.requires_grad != fake.requires_grad:
            return self._score(real, classes, draws.of_real), self._score(fake, classes, draws.of_fake)
        both = torch.cat(
            [
                regularisers.pack(self._augmenter(items, numbers), self.config.pack)
                for items, numbers in ((real, draws.of_real), (fake, draws.of_fake))
            ]
        )
        scores = self._discriminator(both, None if classes is None else classes.repeat(2, 1)).float()
        return scores[: len(scores) // 2], scores[len(scores) // 2 :]

    def _score(self, items: Tensor, classes: Tensor | None, numbers: Tensor | None) -> Tensor:
        packed = regularisers.pack(self._augmenter(items, numbers), self.config.pack)
        scores: Tensor = self._discriminator(packed, classes)
        return scores.float()

    def _gamma(self, gamma: float, step: int) -> float:
        return annealed(gamma, gamma * self.config.last_gamma, step / max(1, self.setup.steps - 1))

    def _autocast(self, wanted: bool = True) -> torch.autocast:
        return autocast(self.setup.device, self.config.precision if wanted else "float32")

    def _draws(self, noise: torch.Generator) -> Draws:
        config, setup = self.config, self.setup
        size, z_dim = setup.batch_size, self._generator.capabilities.z_dim

        def own(whole: Tensor) -> Tensor:
            return setup.team.part(whole).to(setup.device)

        return Draws(
            own(torch.randn(size, z_dim, generator=noise)),
            own(torch.randn(size, z_dim, generator=noise)) if config.mode_seeking else None,
            own(torch.rand(size // config.pack, generator=noise)) if config.gradient_penalty else None,
            self._augmenter.numbers(noise, setup.device),
            self._augmenter.numbers(noise, setup.device),
        )

    def _check_sizes(self) -> None:
        config, setup = self.config, self.setup
        if setup.batch_size % (config.pack * setup.team.size):
            raise TrainingError(
                f"A batch of {setup.batch_size} cannot be judged {config.pack} at a time by "
                f"{setup.team.size} processes: choose a batch size that both divide."
            )
        if setup.shape.kind == "points" and config.augment != "none":
            raise TrainingError("Points cannot be augmented: choose no augmentation.")

    def generator(self) -> Generator:
        return self._average.network

    @torch.no_grad()
    def draw(self, generator: Generator, z: Tensor, batch: Batch) -> Tensor:
        return self.paint(generator, z, self.classes(batch))

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor | None:
        """Scores (N,) of items as they are, without augmentation; each is packed with the ones that follow it."""
        self._discriminator.eval()
        packed = torch.cat([batch.images.roll(-shift, 0) for shift in range(self.config.pack)], 1)
        scores: Tensor = self._discriminator(packed, self.classes(batch))
        return scores

    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """`diversity`: mean distance of two samples over that of two held-out items; near 0 is collapse."""
        batch = Batch(batch.images[:_MEASURED], None if batch.labels is None else batch.labels[:_MEASURED])
        z = torch.randn(len(batch), self._generator.capabilities.z_dim, generator=noise).to(self.setup.device)
        drawn = self.draw(self.generator(), z, batch)
        apart = [torch.pdist(items.flatten(1).float()).mean() for items in (drawn, batch.images)]
        return {"diversity": float(apart[0] / apart[1])} if len(batch) > 1 else {}

    def state_dict(self) -> dict[str, Any]:
        return {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "average": self._average.network.state_dict(),
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self._optimisers.items()},
            "augmentation": self._augmenter.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
            self._optimisers[name].load_state_dict(state["optimisers"][name])
        self._average.network.load_state_dict(state["average"])
        self._augmenter.load_state_dict(state["augmentation"])
