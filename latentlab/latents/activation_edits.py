"""What can be done to a block's features, in words and numbers, and lists of such edits. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from latentlab.latents.recipe import ActivationEdit, Recipe

Operation = Literal["scale", "ablate", "noise", "rotate", "shift_x", "shift_y", "blur"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What the number of an operation means, and how a slider shows it."""

    name: str
    """For artists: "Silence"."""
    meaning: str
    low: float
    high: float
    neutral: float
    """Where the edit changes nothing."""
    first: float
    """What a new edit begins with: enough to be seen."""
    step: float = 0.01
    decimals: int = 2
    moves: bool = False
    """Needs features that have a place: not those of a fully connected block."""
    unit: str = ""
    """Stands behind the number."""


AMOUNTS: dict[Operation, Amount] = {
    "scale": Amount("Strengthen", "factor on the features", -2.0, 4.0, 1.0, 1.5),
    "ablate": Amount("Silence", "share taken away", 0.0, 1.0, 0.0, 1.0),
    "noise": Amount("Add noise", "in standard deviations of the channel", 0.0, 4.0, 0.0, 0.5),
    "rotate": Amount("Turn", "degrees counter-clockwise", -180.0, 180.0, 0.0, 15.0, 1.0, 0, True, "°"),
    "shift_x": Amount("Move right", "in picture widths", -1.0, 1.0, 0.0, 0.1, moves=True),
    "shift_y": Amount("Move down", "in picture heights", -1.0, 1.0, 0.0, 0.1, moves=True),
    "blur": Amount("Soften", "standard deviation in pixels of the features", 0.0, 8.0, 0.0, 1.0, moves=True),
}
"""Every operation, in the order in which it is offered (Broad et al. 2021, arXiv:2005.12420, section 3)."""


def added(recipe: Recipe, block: str, operation: Operation, channels: Iterable[int] = ()) -> Recipe:
    """The recipe with one more edit at the end of its list."""
    edit = ActivationEdit(block, operation, AMOUNTS[operation].first, tuple(sorted(set(channels))))
    return replace(recipe, edits=(*recipe.edits, edit))


def removed(recipe: Recipe, place: int) -> Recipe:
    """The recipe without one of its edits."""
    return replace(recipe, edits=(*recipe.edits[:place], *recipe.edits[place + 1 :]))


def moved(recipe: Recipe, place: int, to: int) -> Recipe:
    """The recipe with one of its edits at another place of the list. Edits of one block act in their order."""
    edits = list(recipe.edits)
    edits.insert(min(max(to, 0), len(edits) - 1), edits.pop(place))
    return replace(recipe, edits=tuple(edits))


def changed(recipe: Recipe, place: int, **values: object) -> Recipe:
    """The recipe with other values (amount, channels, seed, muted) of one of its edits."""
    edit = replace(recipe.edits[place], **values)  # type: ignore[arg-type]  # fields of ActivationEdit
    return replace(recipe, edits=(*recipe.edits[:place], edit, *recipe.edits[place + 1 :]))


def channels_in_words(channels: Iterable[int]) -> str:
    """Channel numbers in short: "3, 5–9, 12"."""
    numbers = sorted(set(channels))
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
