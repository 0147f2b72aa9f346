"""Toys of the text-to-image GAN."""

from __future__ import annotations

from pathlib import Path

from tests.trainers.toys import Toy
from trainers.data import DataSettings, TableSource
from trainers.systems.text_to_image import TextToImageSettings

SHAPES = Path(__file__).parents[2] / "data" / "shapes" / "captions.csv"
"""Circles and squares in three colours, 16 px."""

DATA = DataSettings(source=TableSource(path=str(SHAPES)), resolution=16)
SETTINGS = TextToImageSettings(
    z_dim=4,
    width=8,
    max_width=16,
    discriminator_width=8,
    word_dim=6,
    hidden=8,
    caption_dim=8,
    withheld=0.2,
    shortened=0.3,
    penalty_every=2,
)

TOYS = (
    Toy("text_to_image", SETTINGS, DATA),
    Toy(
        "text_to_image",
        SETTINGS.model_copy(update={"objective": "hinge", "augment": "ada"}),
        DATA,
        "ada",
    ),
)
