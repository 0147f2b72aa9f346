"""What StyleGAN and StyleGAN2 share in training: their hyper-parameters, one step of the game, the penalty R1.

The generator moves first and the discriminator judges the same pictures. A lazy penalty has a step of its own, in
float32 whatever the precision of the rest.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.generator import Generator
from latentlab.models.stylegan import StyleGAN
from latentlab.models.stylegan2 import StyleGAN2
from trainers.augment.augmenter import Augmenter, AugmentSettings
from trainers.averaging import Average, steps_of
from trainers.batch import Batch
from trainers.clamping import as_seen
from trainers.finite import check_finite
from trainers.gradients import settle
from trainers.networks.equalized import check_groups
from trainers.objectives.adversarial import (
    Objective,
    boundary,
    compares_pairs,
    discriminator_loss,
    generator_loss,
)
from trainers.precision import Precision, autocast, lay_out
from trainers.regularisers import lazy_adam, lazy_weight, mode_seeking, squared_gradient
from trainers.schedules import RateSettings, Schedule, set_rate
from trainers.settings import setting
from trainers.styles import StyleSampler, partners
from trainers.systems.system import Setup, System

Network = TypeVar("Network", StyleGAN, StyleGAN2)


class StyleSettings(RateSettings, AugmentSettings):
    """Hyper-parameters of both."""

    z_dim: int = setting(128, "Numbers of z.", group="Network", least=2, most=2048)
    w_dim: int = setting(128, "Numbers of w, the style of a layer.", group="Network", least=2, most=2048)
    channel_base: int = setting(
        2048,
        "Channels of a layer are this number divided by its resolution in pixels ...",
        group="Network",
        least=16,
        most=65536,
    )
    channel_max: int = setting(128, "... but never more than this one.", group="Network", least=4, most=1024)
    mixing: float = setting(
        0.9,
        "Share of the pictures that take their later layers from a second code.",
        group="Game",
        least=0,
        most=1,
    )
    group: int = setting(
        4,
        "Pictures whose variety the discriminator judges together; 1 for none.",
        unit="images",
        group="Game",
        least=1,
        most=64,
    )
    objective: Objective = setting(
        "non_saturating", "What the two networks play for; the papers' is non_saturating.", group="Game"
    )
    mode_seeking: float = setting(
        0.0,
        "Weight of the reward for drawing different pictures from different codes, of one class where there are "
        "classes.",
        group="Game",
        least=0,
    )
    r1_every: int = setting(
        16,
        "Compute the penalty on the discriminator's slope in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    learning_rate: float = setting(2.5e-3, "Of the generator.", group="Optimiser", above=0, most=1)
    discriminator_learning_rate: float = setting(
        0.0, "Of the discriminator; 0: the same as the generator's.", group="Optimiser", least=0, most=1
    )
    beta2: float = setting(
        0.99, "Memory of Adam for the square of the gradient.", group="Optimiser", least=0, below=1
    )
    schedule: Schedule = setting(
        "constant", "How the learning rate falls to 0 once its steady share is over.", group="Optimiser"
    )
    ema_images: float = setting(
        10_000,
        "Images after which a weight counts half in the average that samples are drawn with.",
        unit="images",
        group="Optimiser",
        above=0,
    )
    precision: Precision = setting(
        "float32",
        "Of matrix products and convolutions; auto: bfloat16 where the device is quick at it. Penalties stay in "
        "float32.",
        group="Optimiser",
    )


class StyleSystem(System, Generic[Network]):
    """A style-based generator and its discriminator in training."""

    config: StyleSettings

    def __init__(self, config: StyleSettings, setup: Setup) -> None:
        """See `System.__init__`.

        Raises:
            TrainingError: the data are no pictures of 8, 16, 32 ... pixels, or a batch cannot be shared.
        """
        self.config, self.setup = config, setup
        shape = setup.shape
        if shape.kind != "pictures" or shape.resolution < 8 or shape.resolution & (shape.resolution - 1):
            raise TrainingError(
                f"This model draws pictures of 8, 16, 32, 64 ... pixels, not {shape.kind} of "
                f"{shape.resolution}: choose another resolution."
            )
        # Partners of mode seeking stand in neighbouring groups.
        together = 2 * config.group if config.mode_seeking else config.group
        check_groups(together, setup.batch_size, setup.team.size)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(setup.seed)
            self._drawing: Network = self.make_generator()
            self._judging = self.make_discriminator()
        self.networks = {"generator": self._drawing, "discriminator": self._judging}
        for network in self.networks.values():
            lay_out(network).to(setup.device)
        self._average: Average[Network] = Average(
            self._drawing, steps_of(config.ema_images, setup.batch_size)
        )
        betas = (0.0, config.beta2)
        # Adam's rate and betas allow for the additional steps of lazy penalties.
        self._lazy = {
            name: lazy_adam(1.0, betas, every) if every else (1.0, betas)
            for name, every in self.lazy().items()
        }
        self._optimisers = {
            name: torch.optim.Adam(network.parameters(), betas=self._lazy[name][1], fused=True)
            for name, network in self.networks.items()
        }
        self._augmenter = Augmenter(config, setup.batch_size, setup.team)
        self._sampler = StyleSampler(setup.team, setup.device, config.mixing)

    @abstractmethod
    def make_generator(self) -> Network:
        """The untrained generator."""

    @abstractmethod
    def make_discriminator(self) -> nn.Module:
        """The untrained discriminator."""

    @abstractmethod
    def r1_gamma(self) -> float:
        """Weight of R1 in this step."""

    @abstractmethod
    def synthesize(self, codes: Tensor, noise: torch.Generator, count: int) -> Tensor:
        """Pictures (N, C, H, W) of codes (N, num_codes, w_dim) with fresh noise; N is the share of `count`."""

    @abstractmethod
    def judge(self, images: Tensor, condition: Tensor | None) -> Tensor:
        """Scores (N,) of pictures as `synthesize` draws them."""

    def codes_in_use(self) -> int:
        """How many of the generator's codes change its picture."""
        return self._drawing.capabilities.num_codes

    def lazy(self) -> dict[str, int]:
        """Steps between two lazy penalties of each network; 0 where it has none."""
        return {"generator": 0, "discriminator": self.config.r1_every}

    def prepare(self, batch: Batch, step: int) -> tuple[Tensor, Tensor | None]:
        """Real pictures (N, C, H, W) of this step as `synthesize` draws them, and their class weights."""
        return batch.images, None

    def train_step(self, batch: Batch, step: int, noise: torch.Generator) -> dict[str, float]:
        """See `System.train_step`."""
        config = self.config
        rates = {
            "generator": config.learning_rate,
            "discriminator": config.discriminator_learning_rate or config.learning_rate,
        }
        factor = config.factor(step, self.setup.steps)
        for name, optimiser in self._optimisers.items():
            set_rate(optimiser, factor * rates[name] * self._lazy[name][0])
        images, condition = self.prepare(batch, step)
        images = images.contiguous(memory_format=torch.channels_last)
        wanted = condition
        if condition is not None and config.mode_seeking:
            first, second = partners(len(images), config.group)
            wanted = condition.index_copy(0, second.to(condition.device), condition[first])
        drawn, losses = self._move_generator(images, condition, wanted, step, noise)
        losses |= self._move_discriminator(images, drawn, condition, wanted, step, noise)
        losses |= self.penalise(images, condition, step, noise)
        self._average.update(self._drawing, step)
        return losses

    def penalise(
        self, images: Tensor, condition: Tensor | None, step: int, noise: torch.Generator
    ) -> dict[str, float]:
        """The lazy penalties that are due in this step: R1 on augmented pictures."""
        lazy = lazy_weight(step, self.config.r1_every) * self.r1_gamma()
        if not lazy:
            return {}
        images = images.detach().requires_grad_()
        scores = self.score(self._augmented(images, noise), condition, precise=True)
        penalty = squared_gradient(scores, images).mean()
        self.optimise("discriminator", 0.5 * lazy * penalty, step)
        return {"r1": penalty.item()}

    def draw_batch(
        self, count: int, condition: Tensor | None, noise: torch.Generator, *, precise: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Pictures (N, C, H, W), and the codes they were drawn from; N is this process's share of `count`."""
        codes = self._sampler.codes(self._drawing, noise, count, condition, self.codes_in_use())
        with self._autocast(precise):
            drawn = self.synthesize(codes, noise, count)
        return drawn.float(), codes

    def score(self, images: Tensor, condition: Tensor | None, *, precise: bool = False) -> Tensor:
        """Scores (N,), float32."""
        with self._autocast(precise):
            return self.judge(images, condition).float()

    def optimise(self, name: str, loss: Tensor, step: int) -> float:
        """Move one network down the gradient of its loss; returns the norm of the gradient."""
        check_finite("loss", {name: loss}, step)
        self._optimisers[name].zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = settle(name, self.networks[name], self.setup.team, step)
        self._optimisers[name].step()
        return norm

    def generator(self) -> Generator:
        """See `System.generator`."""
        network: Generator = self._average.network
        return network

    def state_dict(self) -> dict[str, Any]:
        """See `System.state_dict`."""
        return {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "average": self._average.network.state_dict(),
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self._optimisers.items()},
            "augmentation": self._augmenter.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See `System.load_state_dict`."""
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
            self._optimisers[name].load_state_dict(state["optimisers"][name])
        self._average.network.load_state_dict(state["average"])
        self._augmenter.load_state_dict(state["augmentation"])

    def _move_generator(
        self,
        images: Tensor,
        condition: Tensor | None,
        wanted: Tensor | None,
        step: int,
        noise: torch.Generator,
    ) -> tuple[Tensor, dict[str, float]]:
        count = len(images) * self.setup.team.size
        drawn, codes = self.draw_batch(count, wanted, noise)
        check_finite("output", {"codes": codes, "pictures": drawn}, step)
        drawn = as_seen(drawn)
        self._sampler.follow_mean(self._drawing.mapping, codes, count)
        self._judging.requires_grad_(False)
        fake = self.score(self._augmented(drawn, noise), wanted)
        real = None
        if compares_pairs(self.config.objective):
            real = self.score(self._augmented(images, noise), condition)
        loss, losses = generator_loss(self.config.objective, fake, real), {}
        if self.config.mode_seeking and len(drawn) > 1:
            w = codes.detach().flatten(1)  # else the mapping network would draw the codes together
            first, second = partners(len(drawn), self.config.group)
            apart = mode_seeking(drawn[first], drawn[second], w[first], w[second], self.setup.team)
            loss = loss + self.config.mode_seeking * apart
            losses["mode_seeking"] = apart.item()
        norm = self.optimise("generator", loss, step)
        self._judging.requires_grad_(True)
        return drawn.detach(), losses | {"generator": loss.item(), "norm/generator": norm}

    def _move_discriminator(
        self,
        images: Tensor,
        drawn: Tensor,
        condition: Tensor | None,
        wanted: Tensor | None,
        step: int,
        noise: torch.Generator,
    ) -> dict[str, float]:
        objective, augmenter = self.config.objective, self._augmenter
        real = self.score(self._augmented(images, noise), condition)
        fake = self.score(self._augmented(drawn, noise), wanted)
        loss = discriminator_loss(objective, real, fake)
        norm = self.optimise("discriminator", loss, step)
        augment = {"augment": augmenter.p} if augmenter.adapts else {}
        augmenter.follow(real, boundary(objective, real, fake))
        return augment | {
            "discriminator": loss.item(),
            "real": real.mean().item(),
            "fake": fake.mean().item(),
            "norm/discriminator": norm,
        }

    def _augmented(self, images: Tensor, noise: torch.Generator) -> Tensor:
        numbers = self._augmenter.numbers(noise, self.setup.device)
        if numbers is not None:  # of a smaller batch, the rows that `smaller` keeps
            numbers = numbers[:: len(numbers) // len(images)]
        return self._augmenter(images, numbers)

    def _autocast(self, precise: bool) -> torch.autocast:
        return autocast(self.setup.device, "float32" if precise else self.config.precision)
