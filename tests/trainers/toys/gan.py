"""Toys of the vanilla GAN."""

from __future__ import annotations

from tests.trainers.toys import Toy
from trainers.data import DataSettings, PointsSource, SmallDigitsSource
from trainers.systems.gan import GANTraining

_POINTS = DataSettings(source=PointsSource(task="ring", count=400, labels=True))
_DIGITS = DataSettings(source=SmallDigitsSource(), resolution=8)

TOYS = (
    Toy(
        "gan",
        GANTraining(z_dim=2, hidden=(16, 16), discriminator_hidden=(16, 16), frequency=3.0, last_gamma=0.1),
        _POINTS,
    ),
    Toy(
        "gan",
        GANTraining(
            z_dim=4,
            hidden=(16,),
            discriminator_hidden=(16,),
            objective="hinge",
            spectral_norm=True,
            pack=2,
            mode_seeking=0.01,
            penalty_every=2,
        ),
        _DIGITS,
        "packed",
    ),
    Toy(
        "gan",
        GANTraining(
            z_dim=4,
            hidden=(16,),
            discriminator_hidden=(16,),
            objective="wasserstein",
            r1_gamma=0.0,
            r2_gamma=0.0,
            gradient_penalty=10.0,
            generator_every=2,
        ),
        _DIGITS,
        "wasserstein",
    ),
)
