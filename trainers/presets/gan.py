"""Presets of the vanilla GAN: the two reference tasks of lost modes, and digits."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, PointsSource, RenderedDigitsSource
from trainers.systems.gan import GANTraining

RING = RunConfig(
    name="ring",
    summary="Eight Gaussians on a circle: a few minutes that show whether modes are lost.",
    system="gan",
    about=About(
        title="Ring of eight",
        description="Points in the plane, learned from eight Gaussians on a circle of radius 1 (sigma 0.01).",
        licence="CC0 1.0",
    ),
    settings=GANTraining(
        z_dim=2,
        hidden=(128, 128, 128, 128),
        discriminator_hidden=(128, 128, 128, 128),
        frequency=3.0,
        extent=1.5,
        r1_gamma=0.02,
        r2_gamma=0.02,
        last_gamma=0.025,
        penalty_every=2,
        learning_rate=1e-3,
        steady=0.4,
    ),
    data=DataSettings(source=PointsSource(task="ring", labels=True)),
    loop=LoopSettings(steps=10_000, batch_size=256, threads=1),
)

GRID = RunConfig(
    name="grid",
    summary="Twenty-five Gaussians on a grid: harder than the ring, still minutes.",
    system="gan",
    about=About(
        title="Grid of twenty-five",
        description="Points in the plane, learned from 25 Gaussians two apart on a grid (sigma 0.05).",
        licence="CC0 1.0",
    ),
    settings=GANTraining(
        z_dim=2,
        hidden=(128, 128, 128, 128),
        discriminator_hidden=(128, 128, 128, 128),
        frequency=1.2,
        extent=5.0,
        r1_gamma=0.1,
        r2_gamma=0.1,
        last_gamma=0.05,
        penalty_every=2,
        objective="non_saturating",
        ema_half_life=1000,
        learning_rate=1e-3,
        steady=0.4,
    ),
    data=DataSettings(source=PointsSource(task="grid", labels=True)),
    loop=LoopSettings(steps=24_000, batch_size=256, threads=1),
)

GAN_DIGITS = RunConfig(
    name="gan-digits",
    summary="Digits at 28 px by fully connected networks: minutes on any machine.",
    system="gan",
    about=About(
        title="Digits",
        description="Digits of several typefaces, drawn by fully connected layers: now and then between two.",
        licence="CC0 1.0",
    ),
    settings=GANTraining(
        z_dim=64,
        hidden=(256, 512, 512),
        discriminator_hidden=(512, 512, 256),
        r1_gamma=2.0,
        r2_gamma=2.0,
        penalty_every=2,
        learning_rate=5e-4,
        steady=0.3,
        precision="auto",
    ),
    data=DataSettings(
        source=RenderedDigitsSource(), resolution=28, colour="grey", fit="pad", background="black"
    ),
    loop=LoopSettings(steps=10_000, batch_size=64),
)

PRESETS = (RING, GRID, GAN_DIGITS)
