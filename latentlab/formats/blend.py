"""Two model files mixed into a third, whose card tells its parents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from latentlab.errors import CheckpointError, ShapeError
from latentlab.formats.native import save_model
from latentlab.formats.report import Card, OpenedModel
from latentlab.models import blending


def blend(
    first: OpenedModel,
    second: OpenedModel,
    weights: Mapping[str, float],
    out: str | os.PathLike[str],
    *,
    name: str = "",
) -> Card:
    """Mix two opened models and save what comes of it.

    Args:
        first: gives the architecture, and whatever no weight names.
        second: of the same architecture.
        weights: share of the second by group (`latentlab.models.blending.groups`), 0 ... 1.
        out: ends in .safetensors.
        name: of the new model; "" makes one of the parents' names.

    Returns:
        The card that was saved with it.

    Raises:
        CheckpointError: the models do not fit together, or `out` cannot be written.
    """
    try:
        generator = blending.blended(first.generator, second.generator, weights)
    except ShapeError as error:
        raise CheckpointError(str(error)) from error
    told = described(weights, blending.groups(first.generator))
    card = Card(
        name=name or f"{first.card.name} × {second.card.name}",
        family=first.card.family,
        description=f"A mixture of {first.card.name} and {second.card.name}. From {second.card.name}: {told}.",
        data=_together(first.card.data, second.card.data),
        licence=_together(first.card.licence, second.card.licence),
        recipe=f"Mixed by LatentLab from {first.fingerprint[:12]} and {second.fingerprint[:12]}",
        measures=(
            ("First parent", f"{first.card.name} ({first.fingerprint})"),
            ("Second parent", f"{second.card.name} ({second.fingerprint})"),
            ("From the second", told),
        ),
        class_names=first.card.class_names,
    )
    parents: list[dict[str, Any]] = [
        {"name": parent.card.name, "fingerprint": parent.fingerprint} for parent in (first, second)
    ]
    save_model(out, generator, card, {"parents": parents, "weights": dict(weights)})
    return card


def described(weights: Mapping[str, float], groups: tuple[str, ...]) -> str:
    """Weights as words: neighbours that take the same are told together."""
    runs: list[tuple[str, str, float]] = []
    for group in groups:
        weight = weights.get(group, 0.0)
        if runs and runs[-1][2] == weight:
            runs[-1] = (runs[-1][0], group, weight)
        else:
            runs.append((group, group, weight))
    told = [
        f"{first if first == last else f'{first} to {last}'} {weight:.0%}"
        for first, last, weight in runs
        if weight
    ]
    return ", ".join(told) or "nothing"


def weights_from_text(text: str, groups: tuple[str, ...]) -> dict[str, float]:
    """Read "b4-b16=0,b32-b64=1", "all=0.5" or "mapping=1".

    Raises:
        CheckpointError: a group does not exist, or what stands behind = is no number from 0 to 1.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        names, _, number = part.partition("=")
        first, _, last = names.partition("-")
        try:
            weight = float(number) if number else 1.0
            start, end = (
                (0, len(groups) - 1) if names == "all" else (groups.index(first), groups.index(last or first))
            )
        except ValueError:
            start, end, weight = 0, -1, -1.0
        if not 0.0 <= weight <= 1.0 or end < start:
            raise CheckpointError(
                f"{part!r} is not a share of blocks: write BLOCK=SHARE or FIRST-LAST=SHARE, with shares from 0 to "
                f"1 and blocks among {', '.join(groups)}, or all=SHARE."
            )
        weights.update(dict.fromkeys(groups[start : end + 1], weight))
    return weights


def _together(one: str, other: str) -> str:
    """Both texts, each once."""
    return "; ".join(dict.fromkeys(text for text in (one, other) if text))
