"""Presets of StyleGAN."""

from __future__ import annotations

from trainers.config import LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource
from trainers.presets.stylegan2 import PEEPS
from trainers.systems.stylegan import StyleGANTraining

STYLEGAN_64 = RunConfig(
    name="stylegan-64",
    summary="StyleGAN of 2019, grown from 8 to 64 px. For a GPU, or a night.",
    system="stylegan",
    about=PEEPS,
    settings=StyleGANTraining(channel_base=4096, channel_max=256, precision="auto"),
    data=DataSettings(source=DrawnSource(style="open-peeps", count=16_000), resolution=64, colour="rgb"),
    loop=LoopSettings(steps=40_000, batch_size=32),
)

STYLEGAN_32 = RunConfig(
    name="stylegan-32",
    summary="A small StyleGAN, grown from 4 to 32 px: about half an hour on two cores.",
    system="stylegan",
    about=PEEPS,
    settings=StyleGANTraining(
        z_dim=64,
        w_dim=64,
        mapping_layers=4,
        channel_base=1024,
        channel_max=96,
        start_resolution=4,
        precision="auto",
    ),
    data=DataSettings(source=DrawnSource(style="open-peeps", count=16_000), resolution=32, colour="rgb"),
    loop=LoopSettings(steps=8_000, batch_size=32),
)

PRESETS = (STYLEGAN_64, STYLEGAN_32)
