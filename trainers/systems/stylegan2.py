"""StyleGAN2 (Karras et al. 2020, arXiv:1912.04958), for little data with ADA (arXiv:2006.06676) or DiffAugment."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from latentlab.errors import TrainingError
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config, default_channels
from trainers.batch import Batch
from trainers.networks.stylegan2 import LightDiscriminator, StyleGAN2Discriminator
from trainers.regularisers import lazy_weight, path_lengths
from trainers.settings import setting
from trainers.systems.style_based import StyleSettings, StyleSystem
from trainers.systems.system import Setup

_PATH_DECAY = 0.99
"""Of the mean path length, per step that measures it."""


class StyleGAN2Training(StyleSettings):
    """Hyper-parameters of StyleGAN2; the defaults suit 64 pixels."""

    mapping_layers: int = setting(
        2, "Layers from z to w; 2 for small pictures, 8 in the paper.", group="Network", least=1, most=16
    )
    light_discriminator: bool = setting(
        False,
        "Judge with one strided convolution a resolution in place of the paper's residual blocks: much "
        "quicker, for simple pictures and processors without a GPU. It wants a learning rate of its own, some "
        "6e-4.",
        group="Network",
    )
    conditional: bool = setting(
        False, "Learn what the classes of the data look like; needs data with classes.", group="Network"
    )
    r1_gamma: float | None = setting(
        None,
        "Weight of the penalty on the discriminator's slope at real pictures: higher is steadier and blurrier. "
        "Empty for .0002 resolution² / batch size.",
        group="Game",
        least=0,
    )
    path_weight: float = setting(
        2.0, "Weight of the path length penalty, which makes w smooth; 0 for none.", group="Game", least=0
    )
    path_every: int = setting(
        8,
        "Compute it in every n-th step alone, n times as strong.",
        unit="steps",
        group="Game",
        least=1,
        most=64,
    )


class StyleGAN2System(StyleSystem[StyleGAN2]):
    """A skip generator and a residual discriminator, or a light one."""

    name: ClassVar[str] = "stylegan2"
    Config: ClassVar[type[StyleGAN2Training]] = StyleGAN2Training
    config: StyleGAN2Training

    def __init__(self, config: StyleGAN2Training, setup: Setup) -> None:
        """See `StyleSystem.__init__`.

        Raises:
            TrainingError: classes are wanted but the data have none.
        """
        names = setup.shape.class_names
        if config.conditional and len(names) < 2:
            raise TrainingError(
                "A conditional model needs data with at least two classes: a folder for each, or a list of "
                "labels."
            )
        self._num_classes = len(names) if config.conditional else 0
        self._path_mean = torch.zeros((), device=setup.device)
        super().__init__(config, setup)

    def make_generator(self) -> StyleGAN2:
        """The skip generator."""
        config, shape = self.config, self.setup.shape
        architecture = StyleGAN2Config(
            shape.resolution,
            self._channels(),
            z_dim=config.z_dim,
            w_dim=config.w_dim,
            c_dim=self._num_classes,
            image_channels=shape.channels,
            mapping=MappingConfig(num_layers=config.mapping_layers),
        )
        network = StyleGAN2(architecture)
        if self._num_classes:
            network.name_classes(shape.class_names)
        return network

    def make_discriminator(self) -> nn.Module:
        """The untrained discriminator."""
        network = LightDiscriminator if self.config.light_discriminator else StyleGAN2Discriminator
        return network(
            self._channels(),
            self.setup.shape.channels,
            num_classes=self._num_classes,
            group=self.config.group,
        )

    def r1_gamma(self) -> float:
        """The chosen one, or the rule of thumb of StyleGAN2-ADA (appendix C)."""
        chosen, setup = self.config.r1_gamma, self.setup
        return 0.0002 * setup.shape.resolution**2 / setup.batch_size if chosen is None else chosen

    def lazy(self) -> dict[str, int]:
        """With the path length penalty."""
        return super().lazy() | {"generator": self.config.path_every if self.config.path_weight else 0}

    def prepare(self, batch: Batch, step: int) -> tuple[Tensor, Tensor | None]:
        """See `StyleSystem.prepare`."""
        return batch.images, self._classes(batch.labels)

    def synthesize(self, codes: Tensor, noise: torch.Generator, count: int) -> Tensor:
        """See `StyleSystem.synthesize`."""
        return self._drawing.synthesize(codes, self._sampler.maps(self._drawing, noise, count))

    def judge(self, images: Tensor, condition: Tensor | None) -> Tensor:
        """See `StyleSystem.judge`."""
        scores: Tensor = self._judging(images, condition)
        return scores

    def penalise(
        self, images: Tensor, condition: Tensor | None, step: int, noise: torch.Generator
    ) -> dict[str, float]:
        """Path length regularisation (section 3.2) on half a batch (appendix B), and R1."""
        weight = self.config.path_weight * lazy_weight(step, self.config.path_every)
        found = self._shorten_paths(weight, step, noise) if weight else {}
        return found | super().penalise(images, condition, step, noise)

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor | None:
        """See `System.scores`; pictures are not augmented."""
        return self.score(batch.images, self._classes(batch.labels))

    def state_dict(self) -> dict[str, Any]:
        """See `System.state_dict`."""
        return super().state_dict() | {"path_mean": self._path_mean}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See `System.load_state_dict`."""
        super().load_state_dict(state)
        self._path_mean = state["path_mean"].to(self.setup.device)

    def _shorten_paths(self, weight: float, step: int, noise: torch.Generator) -> dict[str, float]:
        team = self.setup.team
        count = max(1, self.setup.batch_size // 2 // team.size) * team.size
        labels = torch.randint(max(1, self._num_classes), (count,), generator=noise)
        drawn, codes = self.draw_batch(count, self._classes(team.part(labels)), noise, precise=True)
        lengths = path_lengths(drawn, codes, self._sampler.normal(noise, count, *drawn.shape[1:]))
        with torch.no_grad():
            self._path_mean = torch.lerp(team.mean(lengths.mean()), self._path_mean, _PATH_DECAY)
        penalty = (lengths - self._path_mean).square().mean()
        self.optimise("generator", weight * penalty, step)
        return {"path_length": penalty.item()}

    def _classes(self, labels: Tensor | None) -> Tensor | None:
        """Class weights (N, K); None for a model without classes."""
        if not self._num_classes or labels is None:
            return None
        return nn.functional.one_hot(labels, self._num_classes).float().to(self.setup.device)

    def _channels(self) -> tuple[int, ...]:
        return default_channels(
            self.setup.shape.resolution, self.config.channel_base, self.config.channel_max
        )
