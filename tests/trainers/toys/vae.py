"""Toys of the VAE."""

from __future__ import annotations

from latentlab.models.steps import Activation, Conv, Linear, Reshape, Transposed
from latentlab.models.vae import VAEConfig
from tests.trainers.toys import Toy
from trainers.data import DataSettings, SmallDigitsSource
from trainers.systems.vae import VAETraining

NETWORK = VAEConfig(
    resolution=8,
    z_dim=4,
    layers=(Linear(4, 64), Reshape((16, 2, 2)), Transposed(16, 8), Activation("silu"), Transposed(8, 1)),
    encoder=(Conv(1, 8, 4, stride=2, padding=1), Activation("silu"), Reshape((128,))),
    head=Linear(128, 4),
    image_channels=1,
)

TOYS = (
    Toy(
        "vae",
        VAETraining(
            network=NETWORK,
            details=1.0,
            spread=10.0,
            pyramid_levels=1,
            fit_prior=True,
            warm_steps=2,
            scale=0.5,
        ),
        DataSettings(source=SmallDigitsSource(), resolution=8),
    ),
)
