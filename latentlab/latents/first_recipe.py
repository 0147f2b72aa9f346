"""What a model draws before anybody has said anything."""

from __future__ import annotations

from latentlab.latents.recipe import Recipe
from latentlab.models.capabilities import Capabilities


def first_recipe(can: Capabilities) -> Recipe:
    """Seed 0, and a caption that the model knows, for without one it draws anything."""
    return Recipe(caption=can.caption_examples[0] if can.caption_examples else "")
