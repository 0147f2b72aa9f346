"""Presets of the conditional GAN."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, RenderedDigitsSource
from trainers.systems.cgan import CGANTraining

CGAN_DIGITS = RunConfig(
    name="cgan-digits",
    summary="The ten digits by their label at 32 px: about ten minutes on two cores.",
    system="cgan",
    about=About(
        title="Digits by class", description="The digits 0 to 9, each on demand and in endless variants."
    ),
    settings=CGANTraining(
        z_dim=32,
        width=16,
        max_width=64,
        embedding=32,
        r1_gamma=3.0,
        r2_gamma=3.0,
        penalty_every=4,
        learning_rate=1e-3,
        steady=0.2,
        ema_half_life=300,
        precision="auto",
    ),
    data=DataSettings(
        source=RenderedDigitsSource(), resolution=32, colour="grey", fit="pad", background="black"
    ),
    loop=LoopSettings(steps=8_000, batch_size=32),
)

PRESETS = (CGAN_DIGITS,)
