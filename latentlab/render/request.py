"""What the renderer is asked for. Imports no torch, so that a window can ask before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.latents.recipe import Recipe


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One wish for a picture."""

    recipe: Recipe
    dragging: bool = False
    """A hand is on a control: one preview sized to the budget is wanted, and nothing after it."""
    budget_ms: float = 50.0
    """How long the first picture may take. While dragging: 16 for a fast hand, up to 50 for a slow one."""
    aside: bool = False
    """For a thumbnail or the like: what the next previews must differ from, and what is said about speed, stays
    with the pictures on the canvas."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the status line says about speed."""

    last_ms: float = 0.0
    """Milliseconds of the last picture, from the start of its request."""
    fps: float = 0.0
    """Pictures per second over the last second; 0 when none was asked for."""
