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
        r1_gamma=1.0,
        r2_gamma=1.0,
        penalty_every=4,
        learning_rate=2e-3,
        steady=0.3,
        ema_half_life=200,
        precision="auto",
    ),
    data=DataSettings(
        source=RenderedDigitsSource(), resolution=32, colour="grey", fit="pad", background="black"
    ),
    loop=LoopSettings(steps=3_000, batch_size=64),
)

PRESETS = (CGAN_DIGITS,)
