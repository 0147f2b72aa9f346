"""Toys of StyleGAN2."""

from __future__ import annotations

from tests.trainers.toys import Toy
from tests.trainers.toys.text_to_image import DATA
from trainers.data import DataSettings, SmallDigitsSource
from trainers.systems.stylegan2 import StyleGAN2Training

SETTINGS = StyleGAN2Training(
    z_dim=4, w_dim=4, channel_base=64, channel_max=8, group=2, path_every=2, r1_every=3, ema_images=20
)
_DIGITS = DataSettings(source=SmallDigitsSource(), resolution=8)

TOYS = (
    Toy(
        "stylegan2",
        SETTINGS.model_copy(update={"light_discriminator": True, "path_weight": 0.0}),
        DATA,
        "light",
    ),
    Toy(
        "stylegan2",
        SETTINGS.model_copy(update={"conditional": True, "mode_seeking": 0.1}),
        _DIGITS,
        "classes",
    ),
    Toy(
        "stylegan2",
        SETTINGS.model_copy(update={"augment": "ada", "ada_images": 50, "ada_target": 0.0}),
        DATA,
        "ada",
    ),
)
