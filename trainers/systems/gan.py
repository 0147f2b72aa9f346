"""The vanilla GAN (Goodfellow et al. 2014, arXiv:1406.2661): fully connected networks, on pictures or on points.

On points it is the reference task for lost modes: `latentlab.models.points` draws the plane that it learned.
"""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

from latentlab.diagnosis.modes import count_modes
from latentlab.models.generator import Generator
from latentlab.models.mlp_gan import MLPGAN, mlp_gan
from latentlab.models.points import Points, PointsConfig
from trainers.batch import Batch
from trainers.networks.mlp import MLPDiscriminator
from trainers.objectives.adversarial import only_differences_count
from trainers.settings import setting
from trainers.systems.adversarial import AdversarialSettings, AdversarialSystem

_SAMPLES = 2500


class GANTraining(AdversarialSettings):
    """Hyper-parameters of the vanilla GAN."""

    z_dim: int = setting(64, "Numbers of a latent code.", group="Network", least=2, most=4096)
    hidden: tuple[int, ...] = setting(
        (256, 512, 512), "Widths of the generator's hidden layers.", group="Network"
    )
    discriminator_hidden: tuple[int, ...] = setting(
        (512, 512, 256), "Widths of the discriminator's hidden layers.", group="Network"
    )
    frequency: float = setting(
        0.0,
        "Above 0, the discriminator is shown sines and cosines of its input too, and tells finer detail apart.",
        unit="radians per unit",
        group="Network",
        least=0,
    )
    extent: float = setting(
        1.5,
        "How far from the middle the picture of the plane reaches; points only.",
        group="Network",
        above=0,
    )


class GANSystem(AdversarialSystem):
    """A fully connected GAN in training."""

    name = "gan"
    Config: ClassVar[type[GANTraining]] = GANTraining
    config: GANTraining

    def make_generator(self) -> Generator:
        shape, config = self.setup.shape, self.config
        if shape.kind == "points":
            return Points(PointsConfig(config.hidden, config.z_dim, extent=config.extent))
        return MLPGAN(
            mlp_gan(
                shape.resolution,
                z_dim=config.z_dim,
                image_channels=shape.channels,
                hidden=config.hidden,
                batch_norm=False,
                tanh=False,
            )
        )

    def make_discriminator(self) -> nn.Module:
        shape, config = self.setup.shape, self.config
        numbers = 2 if shape.kind == "points" else shape.channels * shape.resolution**2
        return MLPDiscriminator(
            config.pack * numbers,
            config.discriminator_hidden,
            bias=not only_differences_count(config.objective),
            frequency=config.frequency,
        )

    def paint(self, generator: Generator, z: Tensor, classes: Tensor | None) -> Tensor:
        if isinstance(generator, Points):
            return generator.points(z)
        return super().paint(generator, z, classes)

    @torch.no_grad()
    def measure(self, batch: Batch, noise: torch.Generator) -> dict[str, float]:
        """Of points whose Gaussian is known as their label: the modes that were found; else as every GAN."""
        names = self.setup.shape.class_names
        if self.setup.shape.kind != "points" or batch.labels is None or len(names) < 2:
            return super().measure(batch, noise)
        centres, sigma = _gaussians(batch.images, batch.labels, len(names))
        z = torch.randn(_SAMPLES, self.config.z_dim, generator=noise).to(self.setup.device)
        points = self.paint(self.generator(), z, None).cpu().double().numpy()
        found = count_modes(points, centres.cpu().double().numpy(), sigma)
        return {
            "modes": float(found.captured),
            "balanced_modes": float(found.balanced),
            "high_quality": found.high_quality,
            "reverse_kl": found.reverse_kl if math.isfinite(found.reverse_kl) else math.log(len(names)),
        }

    def measures_in_words(self, measures: dict[str, float]) -> tuple[tuple[str, str], ...]:
        """See `System.measures_in_words`."""
        if "balanced_modes" not in measures:
            return super().measures_in_words(measures)
        return (
            ("Balanced modes", f"{measures['balanced_modes']:.0f} of {len(self.setup.shape.class_names)}"),
            ("Samples of high quality", f"{measures['high_quality']:.1%}"),
            ("Reverse KL of the modes", f"{measures['reverse_kl']:.4f} nats"),
        )


def _gaussians(points: Tensor, labels: Tensor, count: int) -> tuple[Tensor, float]:
    """Centres (count, 2) and common standard deviation of labelled points (N, 2)."""
    member = nn.functional.one_hot(labels, count).to(points)
    centres = (member.T @ points) / member.sum(0).clamp_min(1)[:, None]
    away = points - centres[labels]
    freedom = max(1, 2 * (len(points) - count))
    return centres, float((away.square().sum() / freedom).sqrt())
