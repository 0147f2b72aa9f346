"""What pages show of the latent space, of classes and of captions. Called in the job thread."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentlab.diagnosis.result import Result
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.workspaces.diagnose import wording
from latentlab.qt.workspaces.diagnose.arrays import bin_names, pictures, whole
from latentlab.qt.workspaces.diagnose.views import (
    BasinView,
    CaptionsView,
    ClassesView,
    DirectionsView,
    TraitsView,
    TruncationView,
    WalkView,
)
from latentlab.qt.workspaces.diagnose.wording import tr


def read(result: Result) -> dict[str, Any]:
    """Fields of `Views` by name."""
    return {
        "basins": _basins(result),
        "walk": _walk(result),
        "truncation": _truncation(result),
        "directions": _directions(result),
        "classes": _classes(result),
        "captions": _captions(result),
        "traits": _traits(result),
    }


def _basins(result: Result) -> BasinView | None:
    bins, seeds = whole(result, "basin_bin"), whole(result, "basin_seeds")
    if bins is None or seeds is None:
        return None
    counts = np.bincount(bins.ravel())
    order = np.argsort(-counts, kind="stable")
    shares = tuple((int(number), float(counts[number] / bins.size)) for number in order if counts[number])
    names = tuple(tr("seed {0}").format(format_number(int(seed), 0)) for seed in seeds)
    axes = ("z 1", "z 2") if result.subject.z_dim == 2 else (names[1], names[2])
    return BasinView(bins, axes, shares, pictures(result, "basin_pictures"), bin_names(result))


def _walk(result: Result) -> WalkView | None:
    places, values = whole(result, "walk_places"), whole(result, "walk_values")
    if places is None or values is None:
        return None
    notice, tone = wording.worst(result, "walk_values")
    return WalkView(places, values, pictures(result, "walk_pictures"), notice, tone)


def _truncation(result: Result) -> TruncationView | None:
    psi = whole(result, "truncation_psi")
    if psi is None:
        return None
    curves = tuple(
        (title, *values.T)
        for name, title in (
            ("truncation_variety", tr("variety beside data")),
            ("truncation_coverage", tr("coverage")),
            ("truncation_precision", tr("precision")),
        )
        if (values := whole(result, name)) is not None
    )
    notice, _ = wording.worst(result, "truncation_variety", "truncation_coverage")
    return TruncationView(psi, curves, notice)


def _directions(result: Result) -> DirectionsView | None:
    effect, dead = whole(result, "direction_effect"), whole(result, "direction_dead")
    if effect is None:
        return None
    notice, tone = wording.worst(result, "direction_dead", "direction_effect")
    return DirectionsView(effect, dead if dead is not None else np.zeros(len(effect), bool), notice, tone)


def _classes(result: Result) -> ClassesView | None:
    names = result.class_names
    if len(names) < 2:
        return None
    columns, values = [], []
    for name, title in (
        ("class_variety", tr("variety")),
        ("class_coverage", tr("coverage")),
        ("class_accuracy", tr("drawn as asked")),
    ):
        found = whole(result, name)
        if found is not None and len(found) == len(names):
            columns.append(title)
            values.append(found)
    if not columns:
        return None
    asked = whole(result, "generated_class")
    members = tuple(
        tuple(np.flatnonzero(asked == number).tolist()) if asked is not None else ()
        for number in range(len(names))
    )
    texts = tuple(
        tuple(
            f"{wording.number(value)} ({wording.number(low)} – {wording.number(high)})"
            for value, low, high in (found[row] for found in values)
        )
        for row in range(len(names))
    )
    notice, tone = wording.worst(result, "class_variety", "class_coverage", "class_accuracy", "class_seen")
    return ClassesView(
        names=names,
        columns=tuple(columns),
        values=np.stack([found[:, 0] for found in values], 1),
        texts=texts,
        members=members,
        confusion=whole(result, "class_confusion"),
        notice=notice,
        tone=tone,
    )


def _traits(result: Result) -> TraitsView | None:
    names, real = whole(result, "trait_name"), whole(result, "trait_real")
    generated, lost = whole(result, "trait_generated"), whole(result, "trait_lost")
    if names is None or real is None or generated is None or not len(names):
        return None
    gone = lost if lost is not None else np.zeros(len(names), bool)
    first = np.sort(
        np.unique(names, return_index=True)[1]
    )  # a class whose captions say its name is one thing
    return TraitsView(tuple(str(name) for name in names[first]), real[first], generated[first], gone[first])


def _captions(result: Result) -> CaptionsView | None:
    texts, spread = whole(result, "caption_text"), whole(result, "caption_spread")
    if texts is None or spread is None:
        return None
    notice, tone = wording.worst(result, "caption_spread")
    return CaptionsView(
        tuple(str(text) for text in texts), spread, pictures(result, "caption_pictures"), notice, tone
    )
