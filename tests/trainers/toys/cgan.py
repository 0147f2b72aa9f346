"""Toys of the conditional GAN."""

from __future__ import annotations

from tests.trainers.toys import Toy
from trainers.data import DataSettings, SmallDigitsSource
from trainers.systems.cgan import CGANTraining

TOYS = (
    Toy(
        "cgan",
        CGANTraining(z_dim=4, width=4, max_width=8, embedding=3, mode_seeking=0.01),
        DataSettings(source=SmallDigitsSource(), resolution=16, fit="stretch"),
    ),
    Toy(
        "cgan",
        CGANTraining(form="layered", z_dim=4, width=4, max_width=8, embedding=3),
        DataSettings(source=SmallDigitsSource(), resolution=16, fit="stretch"),
        "layered",
    ),
)
