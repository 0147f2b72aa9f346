"""What a model draws before anybody has said anything."""

from __future__ import annotations

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.capabilities import Capabilities


def first_recipe(can: Capabilities, seed: int = 0) -> Recipe:
    """A seed alone, and the beginning of a caption that the model knows.

    Without a caption it draws anything; of a whole one every picture would be much the same.
    """
    caption = can.caption_examples[0].partition(",")[0] if can.caption_examples else ""
    return Recipe(SeedSource(seed), caption=caption)
