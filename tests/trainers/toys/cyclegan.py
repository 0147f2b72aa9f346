"""A toy of CycleGAN, with a pool that is full after two steps."""

from __future__ import annotations

from tests.trainers.toys import Toy
from tests.trainers.toys.text_to_image import SHAPES
from trainers.data import DataSettings, TwoFoldersSource
from trainers.systems.cyclegan import CycleGANTraining

SETTINGS = CycleGANTraining(
    width=4,
    residuals=1,
    discriminator_width=4,
    discriminator_levels=1,
    pool=6,
    ema_half_life=4,
    swap_colours=True,
    r1_gamma=1.0,
    penalty_every=2,
    augment="ada",
    ada_images=50,
)
_SHAPES = str(SHAPES.parent)

TOYS = (
    Toy(
        "cyclegan",
        SETTINGS,
        DataSettings(source=TwoFoldersSource(path=_SHAPES, target=_SHAPES), resolution=16),
    ),
)
