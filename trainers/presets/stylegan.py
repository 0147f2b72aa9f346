"""Presets of StyleGAN."""

from __future__ import annotations

from trainers.config import LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource
from trainers.presets.stylegan2 import PEEPS
from trainers.presets.text_to_image import PEEPS as FEWER_PEEPS
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

PEEPS_STYLEGAN_64 = RunConfig(
    name="peeps-stylegan-64",
    summary="Drawn faces at 64 px by a StyleGAN that grows from 8 px: an hour and a half on one core.",
    system="stylegan",
    about=PEEPS.model_copy(
        update={
            "title": "Faces, grown",
            "description": "Drawn heads from a network that learned them at 8 px first, then at twice the size, "
            "and again. Every layer has a style of its own, and noise for the finest parts.",
        }
    ),
    settings=StyleGANTraining(
        mapping_layers=4,
        channel_base=1024,
        growing=0.5,
        mixing=0.5,
        mode_seeking=0.1,
        r1_every=8,
        learning_rate=3e-3,
        ema_images=2_000,
        schedule="cosine",
        steady=0.7,
        warm_steps=100,
        precision="auto",
    ),
    data=DataSettings(source=FEWER_PEEPS, resolution=64),
    loop=LoopSettings(steps=14_000, batch_size=16, sample_every=500, checkpoint_every=500),
)

PRESETS = (STYLEGAN_64, STYLEGAN_32, PEEPS_STYLEGAN_64)
