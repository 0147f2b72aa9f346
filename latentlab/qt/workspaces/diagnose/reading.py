"""From a result's folder to what pages show. Called in the job thread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Result
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.mosaic import Group
from latentlab.qt.widgets.pair_strip import AlikePair
from latentlab.qt.workspaces.diagnose import reading_codes, reading_latents, regions, wording
from latentlab.qt.workspaces.diagnose.arrays import bin_names, pictures, whole
from latentlab.qt.workspaces.diagnose.views import (
    BinsView,
    MapView,
    Membership,
    NeverView,
    PairsView,
    ScoresView,
    TimeView,
    Views,
)
from latentlab.qt.workspaces.diagnose.wording import tr

_MOST_NEVER = 240
_LEAST_REGION = 3


def read(folder: Path) -> Views:
    """Everything that a result's folder has at this moment.

    Raises:
        DiagnosisError: there is no result yet, or it is damaged.
    """
    result = Result.open(folder)
    views = Views(
        result=result,
        bins=_bins(result),
        map=_map(result),
        scores=_scores(result),
        never=_never(result),
        pairs=_pairs(result),
        time=_time(result),
        members=_members(result),
        verdicts=wording.verdicts(result),
        measures=wording.measures(result),
        headlines=wording.headlines(result),
        real=pictures(result, "real_pictures"),
        generated=pictures(result, "generated_pictures"),
        real_names=whole(result, "real_names"),
    )
    return replace(views, **reading_latents.read(result), **reading_codes.read(result))


def _bins(result: Result) -> BinsView | None:
    z, real = whole(result, "bin_z"), whole(result, "bin_real")
    generated = whole(result, "bin_generated")
    if z is None or real is None or generated is None:
        return None
    starved = whole(result, "bin_starved")
    last = np.nan_to_num(z[:, -1])
    order = np.argsort(-last, kind="stable")
    few = np.flatnonzero(starved) if starved is not None else np.empty(0, np.int64)
    rare = np.isin(order, few)
    order = np.concatenate([order[~rare], order[rare]])  # what the bracket points to lies together
    return BinsView(
        z=z[order],
        order=tuple(order.tolist()),
        real=real,
        generated=generated,
        steps=result.steps or (0,),
        starved=tuple(few.tolist()),
        names=bin_names(result),
    )


def _map(result: Result) -> MapView | None:
    points = result.array("real_points") is not None
    real = whole(result, "real_points" if points else "real_map")
    generated = whole(result, "generated_points" if points else "generated_map")
    if real is None:
        return None
    drawn = generated if generated is not None else np.empty((0, 2))
    extent = regions.extent_of(real) if not points else regions.extent_of(real, drawn)
    covered = whole(result, "real_covered")
    outlined = []
    if covered is not None:
        missed = np.flatnonzero(~covered)
        least = min(_LEAST_REGION, len(missed))
        for one in regions.around(real[missed], extent, among=real[covered]):
            if len(one.members) >= least:
                members = tuple(missed[list(one.members)].tolist())
                outlined.append(regions.Outlined(one.lines, members))
    note = (
        tr("The plane that the points lie in")
        if points
        else tr("Frozen axes; seen by {0}").format(result.seen_by)
    )
    over_time = whole(result, "time_map")
    if over_time is not None and len(over_time) != len(result.steps):
        over_time = None  # between two of its steps
    return MapView(
        real=real,
        generated=drawn,
        extent=extent,
        contours=tuple(regions.contours(drawn, extent)),
        regions=tuple(outlined),
        over_time=over_time,
        steps=result.steps,
        is_points=points,
        note=note,
    )


def _scores(result: Result) -> ScoresView | None:
    train, generated = whole(result, "scores_train"), whole(result, "scores_generated")
    if train is None or generated is None:
        return None
    held_out = whole(result, "scores_held_out")
    notice, tone = wording.worst(result, "scores_train", "scores_held_out")
    return ScoresView(train, held_out if held_out is not None else np.empty(0), generated, notice, tone)


def _never(result: Result) -> NeverView | None:
    items, clusters = whole(result, "never_drawn"), whole(result, "never_cluster")
    if items is None:
        return None
    covered = result.array("real_covered")
    total = len(items) if covered is None else int((~covered).sum())
    real_bins, names = whole(result, "real_bin"), whole(result, "bin_name")
    labels = clusters if clusters is not None else np.zeros(len(items), np.int64)
    groups = []
    room = _MOST_NEVER
    for place, label in enumerate(dict.fromkeys(labels.tolist())):
        members = items[labels == label]
        common = _common_name(members, real_bins, names)
        title = tr("{0}: {1} pictures").format(
            common or tr("Group {0}").format(place + 1), format_number(len(members), 0)
        )
        shown = members[: max(room, 0)]
        room -= len(shown)
        groups.append(Group(title, tuple(shown.tolist())))
    return NeverView(tuple(group for group in groups if group.keys), total)


def _common_name(
    members: NDArray[np.int64], real_bins: NDArray[np.int64] | None, names: NDArray[np.str_] | None
) -> str:
    """What most of these pictures are called by the bins they lie in."""
    if real_bins is None or names is None:
        return ""
    called = [str(names[number]) for number in real_bins[members].tolist() if names[number]]
    if not called:
        return ""
    most = max(set(called), key=called.count)
    return most if called.count(most) * 2 > len(members) else ""


def _pairs(result: Result) -> PairsView | None:
    pairs, apart = whole(result, "pairs"), whole(result, "pair_distance")
    nearest, to_nearest = whole(result, "pair_real"), whole(result, "pair_real_distance")
    if pairs is None or apart is None or nearest is None or to_nearest is None:
        return None
    copies = whole(result, "pair_copy")
    shown = tuple(
        AlikePair(
            int(first),
            int(second),
            float(apart[row]),
            int(nearest[row]),
            float(to_nearest[row]),
            bool(copies[row]) if copies is not None else False,
        )
        for row, (first, second) in enumerate(pairs)
    )
    notice, tone = wording.worst(result, "pair_copy", "generated_copy", "pair_same", "generated_repeated")
    support = result.figures.get("support")
    text = ""
    if support is not None:
        span = wording.interval(support)
        words = tr("about {0} distinct pictures").format(wording.number(support.value))
        if support.value == float("inf"):
            words = tr("distinct pictures:")
        text = f"{words} ({span})" if span and support.value != float("inf") else f"{words} {span}".strip()
    return PairsView(shown, text, notice, tone)


def _time(result: Result) -> TimeView | None:
    curves = []
    for name, title in (
        ("time_coverage", tr("coverage")),
        ("time_precision", tr("precision")),
        ("time_variety", tr("variety beside data")),
    ):
        values = whole(result, name)
        if values is not None and len(values) == len(result.steps):
            curves.append((title, values))
    if len(result.steps) < 2 or not curves:
        return None
    return TimeView(np.array(result.steps, np.float64), tuple(curves))


def _members(result: Result) -> Membership:
    found = {
        field: values
        for field, name in (
            ("real_bins", "real_bin"),
            ("generated_bins", "generated_bin"),
            ("real_classes", "real_class"),
            ("generated_classes", "generated_class"),
        )
        if (values := whole(result, name)) is not None
    }
    return Membership(**found)
