"""Toys of StyleGAN. Eight steps grow from 4 to 16 px, the last doubling with half the batch."""

from __future__ import annotations

from tests.trainers.toys import Toy
from tests.trainers.toys.text_to_image import DATA
from trainers.systems.stylegan import StyleGANTraining

SETTINGS = StyleGANTraining(
    z_dim=4,
    w_dim=4,
    channel_base=64,
    channel_max=8,
    mapping_layers=2,
    start_resolution=4,
    growing=0.7,
    whole_batches=8,
    group=1,
    r1_every=3,
    ema_images=20,
    objective="relativistic",
    augment="diffaugment",
)

TOYS = (Toy("stylegan", SETTINGS, DATA),)
