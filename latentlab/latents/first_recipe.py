"""What a model draws before anybody has said anything."""

from __future__ import annotations

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.capabilities import Capabilities


def first_recipe(can: Capabilities, seed: int = 0) -> Recipe:
    """A seed alone, and a caption that the model knows, for without one it draws anything."""
    return Recipe(SeedSource(seed), caption=can.caption_examples[0] if can.caption_examples else "")
