"""Toys of DCGAN."""

from __future__ import annotations

from tests.trainers.toys import Toy
from trainers.data import DataSettings, SmallDigitsSource
from trainers.systems.dcgan import DCGANTraining

_DIGITS = DataSettings(source=SmallDigitsSource(), resolution=16, fit="stretch")

TOYS = (
    Toy(
        "dcgan",
        DCGANTraining(
            z_dim=4,
            width=4,
            max_width=8,
            objective="non_saturating",  # a sign about 0: about a mean, rounding decides it in untrained networks
            augment="ada",
            ada_images=50,
            ada_target=0.0,
            penalty_every=2,
        ),
        _DIGITS,
        "ada",
    ),
    Toy(
        "dcgan",
        DCGANTraining(
            z_dim=4,
            width=4,
            max_width=8,
            form="classic",
            objective="non_saturating",
            r1_gamma=0.0,
            r2_gamma=0.0,
            augment="diffaugment",
        ),
        _DIGITS,
        "classic",
    ),
)
