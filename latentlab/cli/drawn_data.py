"""As much as a diagnosis needs of a set that is drawn: training draws ten times as many."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trainers.data import Dataset, DataSettings
    from trainers.data.dataset import Items
    from trainers.data.settings import DrawnSource, RenderedDigitsSource

Tell = Callable[[str, float], None]
"""Is told what is being done, and the share done."""

_UNSEEN = 0.2
"""Share of the items that training has never seen."""


def few(settings: DataSettings, most: int) -> DataSettings:
    """The same set; of one that is drawn only the first `most` items."""
    source = _drawn(settings)
    if source is None or source.count <= most:
        return settings
    return _changed(settings, source, count=most)


def seen_and_unseen(settings: DataSettings, most: int, tell: Tell) -> Dataset:
    """Items that a preset trained on and, held out, others of the same kind; all of a set that is not drawn.

    Args:
        settings: of the preset.
        most: items in all; about a fifth of them are drawn anew from another seed.
        tell: called as it goes on.
    """
    from trainers.data.dataset import Items

    source, unseen = _drawn(settings), max(2, round(_UNSEEN * most))
    seen = math.ceil(max(2, most - unseen) / (1 - settings.held_out))
    if source is None or source.count <= seen:
        return opened(settings, tell)
    known = opened(
        _changed(settings, source, count=seen), lambda text, share: tell(text, share * (1 - _UNSEEN))
    )
    fresh = opened(
        _changed(settings, source, count=unseen, seed=source.seed + 1),
        lambda text, share: tell(text, 1 - _UNSEEN + share * _UNSEEN),
    )
    one, two = known.stored, fresh.stored
    assert one is not None
    assert two is not None
    stored = replace(
        one,
        pixels=np.concatenate([one.pixels, two.pixels]),
        names=[*one.names, *(f"unseen {name}" for name in two.names)],
        sizes=[*one.sizes, *two.sizes],
        labels=[*one.labels, *two.labels],
        captions=[*one.captions, *two.captions],
        digests=[*one.digests, *two.digests],
    )
    numbers = {name: number for number, name in enumerate(known.shape.class_names)}
    labels = np.array([numbers.get(label or "", 0) for label in stored.labels], np.int64) if numbers else None
    captions = [caption or "" for caption in stored.captions] if any(stored.captions) else []
    fit = [row for row, label in enumerate(two.labels) if not numbers or label in numbers]

    def items(rows: NDArray[np.int64]) -> Items:
        return Items(stored.pixels, rows, labels, captions)

    return replace(
        known,
        train=items(known.train.rows),
        held_out=items(len(one.names) + np.array(fit, np.int64)),
        source=f"{known.source.rstrip('.')}, and {len(fit):,} that training has never seen.",
        stored=stored,
        labels=labels,
    )


def opened(settings: DataSettings, tell: Tell) -> Dataset:
    """A set, prepared first where it is not."""
    from trainers.data import open_data, prepare

    for share, text in prepare(settings, 1):
        tell(text, share)
    return open_data(settings)


def _drawn(settings: DataSettings) -> DrawnSource | RenderedDigitsSource | None:
    """The source of a set whose first items are the same however many are drawn; None for any other."""
    from trainers.data.settings import DrawnSource, RenderedDigitsSource

    return settings.source if isinstance(settings.source, DrawnSource | RenderedDigitsSource) else None


def _changed(
    settings: DataSettings, source: DrawnSource | RenderedDigitsSource, **changes: int
) -> DataSettings:
    return settings.model_copy(update={"source": source.model_copy(update=changes)})
