"""Presets of CycleGAN. They need two folders: `--data A,B`, or a folder that holds A and B."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, TwoFoldersSource
from trainers.systems.cyclegan import CycleGANTraining

CYCLEGAN_256 = RunConfig(
    name="cyclegan-256",
    summary="CycleGAN as published, at 256 px. For a GPU.",
    system="cyclegan",
    settings=CycleGANTraining(width=64, residuals=9, precision="auto"),
    data=DataSettings(source=TwoFoldersSource(), resolution=256, colour="rgb", mirror=True),
    loop=LoopSettings(steps=200_000, batch_size=1),
)

CYCLEGAN_64 = RunConfig(
    name="cyclegan-64",
    summary="A smaller CycleGAN at 64 px, for a few hundred pictures of each kind. A GPU, or a night.",
    system="cyclegan",
    settings=CycleGANTraining(discriminator_levels=2, precision="auto"),
    data=DataSettings(source=TwoFoldersSource(), resolution=64, colour="rgb", mirror=True),
    loop=LoopSettings(steps=40_000, batch_size=4),
)

EMOJI_FLAGS_32 = RunConfig(
    name="emoji-flags-32",
    summary="Waving flags to flat ones and back at 32 px, from emoji of two makers: twenty minutes on one core.",
    system="cyclegan",
    about=About(
        title="Flags",
        description=(
            "Google's waving flags as Twitter's flat ones. A CycleGAN that has never seen a pair; fine emblems "
            "blur."
        ),
        data=(
            "Flags of emoji-datasource-google 16.0 (Noto Emoji, Apache-2.0) and emoji-datasource-twitter 16.0 "
            "(Twemoji, CC BY 4.0, Copyright Twitter, Inc and other contributors), sorted out by trainers.emoji."
        ),
        licence="CC BY 4.0, with the attribution above",
    ),
    settings=CycleGANTraining(
        width=24,
        residuals=4,
        halvings=1,
        norm="none",
        discriminator_width=32,
        discriminator_levels=2,
        swap_colours=True,
        partners=True,
        r1_gamma=5.0,
        learning_rate=3e-4,
        precision="auto",
    ),
    data=DataSettings(source=TwoFoldersSource(), resolution=32, colour="rgb", held_out=0.125),
    loop=LoopSettings(steps=8_000, batch_size=4, checkpoint_every=500, sample_every=500),
)

PRESETS = (CYCLEGAN_256, CYCLEGAN_64, EMOJI_FLAGS_32)
