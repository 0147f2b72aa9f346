"""StyleGAN (Karras et al. 2019, arXiv:1812.04948), grown from small pictures to large ones.

Growing is Progressive GAN's (arXiv:1710.10196, section 2): each doubling is faded in, then trained for a while.
A model that is saved on the way draws at the resolution reached so far.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import TrainingError
from latentlab.models.generator import Generator
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan import StyleGAN, StyleGANConfig
from latentlab.models.stylegan2 import default_channels
from trainers.batch import Batch
from trainers.networks.stylegan import GrowingDiscriminator
from trainers.settings import setting
from trainers.systems.style_based import StyleSettings, StyleSystem
from trainers.systems.system import Setup


class StyleGANTraining(StyleSettings):
    """Hyper-parameters of StyleGAN."""

    mapping_layers: int = setting(8, "Layers from z to w.", group="Network", least=1, most=16)
    start_resolution: int = setting(
        8, "Side of the first pictures; 4, 8, 16 ...", unit="pixels", group="Growing", least=4, most=1024
    )
    growing: float = setting(
        0.5,
        "Share of the steps after which the whole network has grown in; 0 trains it whole from the start.",
        group="Growing",
        least=0,
        most=1,
    )
    whole_batches: int = setting(
        0,
        "Largest side of pictures that are seen in whole batches; each doubling beyond it halves the batch. "
        "0: all are.",
        unit="pixels",
        group="Growing",
        least=0,
        most=4096,
    )
    r1_gamma: float = setting(
        1.0,
        "Weight of the penalty on the discriminator's slope at real pictures: higher is steadier and blurrier.",
        group="Game",
        least=0,
    )
    r1_every: int = setting(
        4,
        "Compute the penalty in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )
    learning_rate: float = setting(1.5e-3, "Of the generator.", group="Optimiser", above=0, most=1)


class Growth(NamedTuple):
    """How far a network has grown."""

    level: int
    """Of the last block in use: 0 draws 4 px, 1 draws 8 px ..."""
    alpha: float
    """Share of that block, 0 ... 1."""

    @property
    def resolution(self) -> int:
        """Side of the pictures."""
        return 4 << self.level


def growth(step: int, steps: int, first: int, last: int, growing: float) -> Growth:
    """How far a network has grown at a step.

    Args:
        step: from 0.
        steps: of the whole run.
        first: level of the first pictures.
        last: level of the whole network.
        growing: share of the steps after which all of it is there. The first level and every doubling, and the
            time that a level has between two doublings, take equal parts of it.
    """
    phases = 2 * (last - first)
    position = phases if step >= growing * steps else phases * step / (growing * steps)
    phase = math.floor(position)
    if phase >= phases:
        return Growth(last, 1.0)
    if phase % 2:
        return Growth(first + (phase + 1) // 2, position - phase)
    return Growth(first + phase // 2, 1.0)


class StyleGANSystem(StyleSystem[StyleGAN]):
    """A style-based generator and a discriminator that grow together."""

    name: ClassVar[str] = "stylegan"
    Config: ClassVar[type[StyleGANTraining]] = StyleGANTraining
    config: StyleGANTraining

    def __init__(self, config: StyleGANTraining, setup: Setup) -> None:
        """See `StyleSystem.__init__`.

        Raises:
            TrainingError: growing cannot start or end where the settings say.
        """
        if config.start_resolution & (config.start_resolution - 1) or (
            config.start_resolution > setup.shape.resolution
        ):
            raise TrainingError(
                f"Growing cannot start at {config.start_resolution} pixels: choose 4, 8, 16 ... up to the "
                f"{setup.shape.resolution} of the pictures."
            )
        if setup.batch_size % (
            self._divisor(config, setup.shape.resolution) * config.group * setup.team.size
        ):
            raise TrainingError(
                f"A batch of {setup.batch_size} cannot be halved that often in groups of {config.group}: choose "
                "a larger batch, or whole batches at larger pictures."
            )
        super().__init__(config, setup)
        self._growth = self._growth_at(0)

    def make_generator(self) -> StyleGAN:
        """The whole generator."""
        config, shape = self.config, self.setup.shape
        network = StyleGANConfig(
            shape.resolution,
            self._channels(),
            z_dim=config.z_dim,
            w_dim=config.w_dim,
            image_channels=shape.channels,
            mapping=MappingConfig(num_layers=config.mapping_layers),
        )
        return StyleGAN(network)

    def make_discriminator(self) -> nn.Module:
        """The whole discriminator."""
        return GrowingDiscriminator(self._channels(), self.setup.shape.channels, group=self.config.group)

    def r1_gamma(self) -> float:
        """See `StyleSystem.r1_gamma`."""
        return self.config.r1_gamma

    def prepare(self, batch: Batch, step: int) -> tuple[Tensor, Tensor | None]:
        """Grow, and make the pictures as small and as few as this step wants them."""
        self._growth = self._growth_at(step)
        divisor = self._divisor(self.config, self._growth.resolution)
        return self._seen(batch.images[::divisor]), None

    def synthesize(self, codes: Tensor, noise: torch.Generator, count: int) -> Tensor:
        """See `StyleSystem.synthesize`."""
        level, alpha = self._growth
        maps = self._sampler.maps(self._drawing, noise, count, level + 1)
        return self._drawing.synthesize_grown(codes, level, alpha, maps)

    def judge(self, images: Tensor, condition: Tensor | None) -> Tensor:
        """See `StyleSystem.judge`."""
        scores: Tensor = self._judging(images, *self._growth)
        return scores

    def codes_in_use(self) -> int:
        """See `StyleSystem.codes_in_use`: two to a resolution."""
        return 2 * (self._growth.level + 1)

    def generator(self) -> Generator:
        """The average of the recent weights; while it grows, a copy of what has grown."""
        network: StyleGAN = self._average.network
        if self._growth == self._growth_at(self.setup.steps):
            return network
        return network.grown(*self._growth)

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor | None:
        """See `System.scores`; pictures are made as small as the network draws them so far."""
        return self.score(self._seen(batch.images), None)

    def state_dict(self) -> dict[str, Any]:
        """See `System.state_dict`."""
        return super().state_dict() | {"growth": tuple(self._growth)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See `System.load_state_dict`."""
        super().load_state_dict(state)
        self._growth = Growth(*state["growth"])

    def _seen(self, images: Tensor) -> Tensor:
        """Pictures (N, C, H, W) of the data at this step's resolution, faded in as generated ones are."""
        factor = max(1, images.shape[3] // self._growth.resolution)
        small = functional.avg_pool2d(images, factor) if factor > 1 else images
        if self._growth.alpha == 1:
            return small
        coarse = functional.interpolate(functional.avg_pool2d(small, 2), scale_factor=2, mode="nearest")
        return torch.lerp(coarse, small, self._growth.alpha)

    def _growth_at(self, step: int) -> Growth:
        config, setup = self.config, self.setup
        first, last = (int(math.log2(side)) - 2 for side in (config.start_resolution, setup.shape.resolution))
        return growth(step, setup.steps, first, last, config.growing)

    @staticmethod
    def _divisor(config: StyleGANTraining, resolution: int) -> int:
        """How much smaller than the batch of the data a step's batch is at a resolution."""
        return max(1, resolution // config.whole_batches) if config.whole_batches else 1

    def _channels(self) -> tuple[int, ...]:
        return default_channels(
            self.setup.shape.resolution, self.config.channel_base, self.config.channel_max
        )
