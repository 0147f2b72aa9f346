"""From what a hand took hold of to everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.scatter_data import Caught
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import Views
from latentlab.qt.workspaces.diagnose.wording import bin_text, tr


def of_bins(views: Views, bins: Sequence[int]) -> Chosen:
    """All pictures of these bins."""
    if not bins:
        return Chosen()
    names = views.bins.names if views.bins is not None else ()
    text = bin_text(names, bins[0]) if len(bins) == 1 else tr("{0} bins").format(len(bins))
    return Chosen(
        text[:1].upper() + text[1:],
        _where(views.members.real_bins, bins),
        _where(views.members.generated_bins, bins),
        tuple(bins),
    )


def of_pictures(views: Views, real: Sequence[int], generated: Sequence[int], text: str = "") -> Chosen:
    """These pictures, and the bins and classes they lie in."""
    if not real and not generated:
        return Chosen()
    count = len(real) + len(generated)
    words = tr("1 picture") if count == 1 else tr("{0} pictures").format(format_number(count, 0))
    members = views.members
    return Chosen(
        text or words,
        tuple(real),
        tuple(generated),
        _named(members.real_bins, real, members.generated_bins, generated),
        _named(members.real_classes, real, members.generated_classes, generated),
    )


def of_caught(views: Views, caught: Caught) -> Chosen:
    """What was drawn around on the map."""
    return of_pictures(views, caught.real, caught.generated)


def of_pair(views: Views, number: int) -> Chosen:
    """A pair of samples with its nearest training picture."""
    if views.pairs is None or not 0 <= number < len(views.pairs.pairs):
        return Chosen()
    pair = views.pairs.pairs[number]
    text = tr("Pair {0}").format(number + 1)
    return of_pictures(views, (pair.nearest,), (pair.first, pair.second), text)


def of_classes(views: Views, classes: Sequence[int]) -> Chosen:
    """All pictures of these classes."""
    if not classes or views.classes is None:
        return Chosen()
    members = views.members
    chosen = of_pictures(
        views,
        _where(members.real_classes, classes),
        _where(members.generated_classes, classes),
        ", ".join(views.classes.names[number] for number in classes),
    )
    return Chosen(chosen.text, chosen.real, chosen.generated, chosen.bins, tuple(classes))


def of_label(views: Views, label: str) -> Chosen:
    """Training pictures with a label."""
    names = views.result.class_names
    if label not in names:
        return Chosen()
    chosen = of_pictures(views, _where(views.members.real_classes, (names.index(label),)), (), label)
    return Chosen(chosen.text, chosen.real, (), chosen.bins, chosen.classes)


def describer(views: Views, *, real: bool) -> Callable[[int], str]:
    """What a tooltip says of a picture of the data, or of a sample."""
    members = views.members
    bins = members.real_bins if real else members.generated_bins
    classes = members.real_classes if real else members.generated_classes
    names = views.bins.names if views.bins is not None else ()

    def describe(index: int) -> str:
        parts = []
        if real and views.real_names is not None and index < len(views.real_names):
            parts.append(str(views.real_names[index]))
        elif not real:
            parts.append(tr("sample {0}").format(index))
        if index < len(bins):
            number = int(bins[index])
            parts.append(bin_text(names, number))
        if index < len(classes) and views.classes is not None:
            parts.append(views.classes.names[int(classes[index])])
        return ", ".join(parts)

    return describe


def _where(labels: NDArray[np.integer], wanted: Sequence[int]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(np.isin(labels, np.asarray(wanted))).tolist())


def _named(
    first: NDArray[np.integer], at: Sequence[int], second: NDArray[np.integer], also: Sequence[int]
) -> tuple[int, ...]:
    """Labels that occur at these places."""
    found = {int(first[index]) for index in at if index < len(first)}
    found |= {int(second[index]) for index in also if index < len(second)}
    return tuple(sorted(found))
