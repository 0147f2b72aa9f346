"""What is drawn too rarely: lost modes, little variety."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.evidence import Evidence, listed, precision_beside, rows
from latentlab.diagnosis.verdicts.fidelity import ALIEN

LOST, MUCH_LOST = 0.015, 0.1
"""Share of the data in regions that are hardly ever drawn."""
STARVED = 0.15
"""Share of all regions that is drawn too rarely."""
POOR, COLLAPSED = 0.8, 0.4
"""Variety beside the data."""
UNCOVERED = 0.6
"""Coverage, of what a perfect generator has."""


def lost_modes(evidence: Evidence) -> Verdict | None:
    """Regions or named things of the data that are hardly ever drawn."""
    share = evidence.value("lost_share")
    lost = rows(evidence, "bin_lost")
    traits = _lost_traits(evidence)
    if not traits and (not share >= LOST or precision_beside(evidence) < ALIEN):
        return None
    count = len(evidence.arrays["bin_lost"])
    starved = int(evidence.value("bins_starved"))
    within = _names_of(evidence, lost)
    what = f": {listed(traits)}" if traits else f", within: {listed(within)}" if within else ""
    text = f"{starved} of {count} regions of the data are starved, {len(lost)} of them are hardly ever drawn"
    text += f" ({share:.0%} of the data)." if share == share else "."
    when, back = _lost_when(evidence, lost)
    members = np.isin(evidence.arrays["real_bin"], lost)
    return Verdict(
        key="lost_modes",
        severity="serious" if share >= MUCH_LOST or traits else "warning",
        title=f"Part of the data is never drawn{what}.",
        text=f"{text} {when}".strip(),
        rule=f"At least {LOST:.1%} of the data lies in regions that are significantly starved (false discoveries "
        "5 %) and have at most a tenth of their share, or a label or caption word surely has less than "
        f"a third of its share; serious from {MUCH_LOST:.0%} on, or when something named is lost.",
        figures=("lost_share", "bins_starved", "bins_differ", "coverage", "traits_lost"),
        arrays=("never_drawn", "bin_z", "trait_generated", "real_map"),
        remedy=evidence.remedy(
            "Train on with R1 and R2 and a relativistic loss, or go back to before it was lost.",
            "Train on with a lower beta, so that the code tells rare pictures apart.",
        ),
        change=evidence.changes("mode_collapse"),
        roll_back=back,
        bins=tuple(lost),
        real=tuple(np.flatnonzero(members)[:500].tolist()),
        classes=tuple(evidence.class_names.index(name) for name in traits if name in evidence.class_names),
    )


def starved_regions(evidence: Evidence) -> Verdict | None:
    """Many regions drawn too rarely, though not lost."""
    found = evidence.figures.get("bins_starved")
    if found is None or found.value < STARVED * found.of or precision_beside(evidence) < ALIEN:
        return None
    if lost_modes(evidence) is not None:
        return None
    starved = rows(evidence, "bin_starved")
    named = _names_of(evidence, starved)
    return Verdict(
        key="starved_regions",
        severity="warning",
        title="Parts of the data are drawn too rarely" + (f": {listed(named)}." if named else "."),
        text=f"{found.value:.0f} of {found.of:.0f} regions have less than their share.",
        rule=f"At least {STARVED:.0%} of the regions are significantly below their share (false discoveries 5 %).",
        figures=("bins_starved", "bins_differ", "bins_divergence"),
        arrays=("bin_z", "real_map"),
        remedy="Train longer, or with more variety in the loss.",
        change=evidence.changes("mode_collapse"),
        bins=tuple(starved),
    )


def little_variety(evidence: Evidence) -> Verdict | None:
    """Samples vary less than the data."""
    high = evidence.high("variety")
    if not high < POOR:
        return None
    grave = high < COLLAPSED
    return Verdict(
        key="little_variety",
        severity="serious" if grave else "warning",
        title="The generator has collapsed: samples hardly differ."
        if grave
        else "Samples vary less than the data.",
        text=evidence.meaning("variety"),
        rule=f"The upper end of the ratio of Vendi scores is below {POOR}; serious below {COLLAPSED}.",
        figures=("variety", "support", "coverage"),
        arrays=("generated_map", "pairs"),
        remedy=evidence.remedy(
            "Go back to an earlier checkpoint, and train on with R1 and R2.",
            "Train on with a lower beta or free bits, so that the code says more.",
        ),
        change=evidence.changes("mode_collapse"),
        roll_back=_last_varied(evidence),
    )


def little_coverage(evidence: Evidence) -> Verdict | None:
    """Few pictures of the data have a sample nearby."""
    if not evidence.high("coverage") < UNCOVERED * evidence.data("coverage"):
        return None
    return Verdict(
        key="little_coverage",
        severity="warning",
        title="Much of the data has no sample nearby.",
        text=evidence.meaning("coverage"),
        rule=f"The upper end of coverage is below {UNCOVERED} of what a perfect generator has.",
        figures=("coverage", "recall", "precision"),
        arrays=("real_map", "never_drawn"),
        remedy="Look at precision: where it is low too, the model needs more training; where not, more variety.",
        real=tuple(evidence.arrays["never_drawn"].tolist()) if "never_drawn" in evidence.arrays else (),
    )


def _lost_traits(evidence: Evidence) -> list[str]:
    names, lost = evidence.arrays.get("trait_name"), evidence.arrays.get("trait_lost")
    if names is None or lost is None:
        return []
    return [str(name) for name, is_lost in zip(names, lost, strict=True) if is_lost]


def _names_of(evidence: Evidence, bins: Sequence[int]) -> list[str]:
    """What bins are called, the most frequent name first."""
    names, sizes = evidence.arrays.get("bin_name"), evidence.arrays.get("bin_real")
    if names is None or sizes is None:
        return []
    weight: dict[str, int] = {}
    for number in bins:
        if name := str(names[number]):
            weight[name] = weight.get(name, 0) + int(sizes[number])
    return sorted(weight, key=lambda name: -weight[name])


def _lost_when(evidence: Evidence, lost: Sequence[int]) -> tuple[str, int | None]:
    """When lost bins still had a third of their share, in words and as a step to go back to."""
    counts, real = evidence.arrays.get("bin_generated"), evidence.arrays.get("bin_real")
    if counts is None or real is None or len(evidence.steps) < 2 or not len(lost):
        return "", None
    share = counts[list(lost)].sum(0) / counts.sum(0).clip(1)
    usual = real[list(lost)].sum() / real.sum()
    held = np.flatnonzero(share >= usual / 3)
    if not len(held):
        return "No checkpoint ever drew it.", None
    last = int(held[-1])
    if last == len(evidence.steps) - 1:
        return "", None
    text = f"Lost between steps {evidence.steps[last]:,} and {evidence.steps[last + 1]:,}."
    return text, evidence.steps[last]


def _last_varied(evidence: Evidence) -> int | None:
    table = evidence.arrays.get("time_variety")
    if table is None:
        return None
    varied = np.flatnonzero(table[:, 0] >= POOR)
    return evidence.steps[int(varied[-1])] if len(varied) and varied[-1] < len(table) - 1 else None
