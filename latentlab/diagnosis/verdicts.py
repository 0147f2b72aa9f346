"""From figures to conclusions, by explicit rules: each names its limits, rests on figures, and speaks of
nothing else.

A rule looks at the end of an interval that speaks against it, so that few samples make it silent and not
wrong. The limits were set on generators that were broken on purpose and on sound ones (`latentlab bench
diagnosis`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Figure, Severity, Verdict

Change = Mapping[str, bool | int | float | str]

LOST, MUCH_LOST = 0.015, 0.1
"""Share of the data in regions that are hardly ever drawn."""
STARVED = 0.15
"""Share of all regions that is drawn too rarely."""
POOR, COLLAPSED = 0.8, 0.4
"""Variety beside the data."""
REPEATED, MUCH_REPEATED = 0.01, 0.1
COPIED, MUCH_COPIED = 0.03, 0.15
MEMORISES, TELLS_APART = 0.3, 0.6
SOFT, HARD = 0.6, 1.7
UNLIKE, ALIEN = 0.7, 0.3
"""Precision, of that of held-out data. Of alien samples, which region is nearest says nothing."""
UNCOVERED = 0.6
"""Coverage, of what a perfect generator has."""
SILENT_CODE, IDLE = 0.5, 0.25
"""Nats of the whole code; share of its dimensions that is in use."""
POOR_CLASS, WRONG_CLASS = 0.5, 0.5
POOR_CAPTION = 0.2
HIDDEN, HIDDEN_TIMES = 0.04, 3.0
FLAT = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that rules look at."""

    figures: Mapping[str, Figure]
    arrays: Mapping[str, NDArray[Any]]
    steps: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    changes: Callable[[str], Change] = lambda kind: {}
    """Settings that help against a kind of trouble; of a run."""

    def low(self, key: str) -> float:
        """The least that a figure may be; NaN where it was not taken, so that no comparison holds."""
        found = self.figures.get(key)
        return math.nan if found is None else found.value if math.isnan(found.low) else found.low

    def high(self, key: str) -> float:
        """The most that a figure may be."""
        found = self.figures.get(key)
        return math.nan if found is None else found.value if math.isnan(found.high) else found.high

    def value(self, key: str) -> float:
        found = self.figures.get(key)
        return math.nan if found is None else found.value

    def meaning(self, key: str) -> str:
        """What a figure says; nothing where it was not taken."""
        found = self.figures.get(key)
        return "" if found is None else found.meaning

    def data(self, key: str) -> float:
        """The same of the data."""
        found = self.figures.get(key)
        return math.nan if found is None else found.data


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """All verdicts, the gravest first; a good one where nothing speaks against the model."""
    found = [verdict for rule in RULES if (verdict := rule(evidence)) is not None]
    if not any(verdict.severity in ("serious", "warning") for verdict in found):
        found += _sound(evidence)
    order = ("serious", "warning", "note", "good")
    return tuple(sorted(found, key=lambda verdict: order.index(verdict.severity)))


def lost_modes(evidence: Evidence) -> Verdict | None:
    """Regions or named things of the data that are hardly ever drawn."""
    share = evidence.value("lost_share")
    lost = _rows(evidence, "bin_lost")
    traits = _lost_traits(evidence)
    if not traits and (not share >= LOST or _precision(evidence) < ALIEN):
        return None
    count = len(evidence.arrays["bin_lost"])
    starved = int(evidence.value("bins_starved"))
    named = traits or _names_of(evidence, lost)
    what = f": {_listed(named)}" if named else ""
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
        remedy="Train on with R1 and R2 and a relativistic loss, or go back to before it was lost.",
        change=evidence.changes("mode_collapse"),
        roll_back=back,
        bins=tuple(lost),
        real=tuple(np.flatnonzero(members)[:500].tolist()),
        classes=tuple(evidence.class_names.index(name) for name in traits if name in evidence.class_names),
    )


def starved_regions(evidence: Evidence) -> Verdict | None:
    """Many regions drawn too rarely, though not lost."""
    found = evidence.figures.get("bins_starved")
    if found is None or found.value < STARVED * found.of or _precision(evidence) < ALIEN:
        return None
    if lost_modes(evidence) is not None:
        return None
    starved = _rows(evidence, "bin_starved")
    named = _names_of(evidence, starved)
    return Verdict(
        key="starved_regions",
        severity="warning",
        title="Parts of the data are drawn too rarely" + (f": {_listed(named)}." if named else "."),
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
        remedy="Go back to an earlier checkpoint, and train on with R1 and R2.",
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


def repetition(evidence: Evidence) -> Verdict | None:
    """Different latents, the same picture."""
    low, usual = evidence.low("repeated"), evidence.data("repeated")
    if not low > max(REPEATED, 3 * usual):
        return None
    rows = _rows(evidence, "generated_repeated")
    return Verdict(
        key="repetition",
        severity="serious" if low > MUCH_REPEATED else "warning",
        title="It draws the same pictures again and again.",
        text=f"{evidence.meaning('repeated')} {evidence.meaning('support')}",
        rule=f"The lower end of the share of repeated samples is above {REPEATED:.0%} and three times that of the "
        f"data; serious above {MUCH_REPEATED:.0%}.",
        figures=("repeated", "support"),
        arrays=("pairs", "generated_repeated"),
        remedy="Raise the weight of R1 and R2, or add a mode-seeking term.",
        change=evidence.changes("mode_collapse"),
        generated=tuple(rows),
        pairs=tuple(_rows(evidence, "pair_same")),
    )


def copying(evidence: Evidence) -> Verdict | None:
    """Samples that are training pictures."""
    low, usual = evidence.low("copied"), evidence.data("copied")
    if not low > max(COPIED, 3 * usual):
        return None
    return Verdict(
        key="copying",
        severity="serious" if low > MUCH_COPIED else "warning",
        title="It copies training pictures.",
        text=evidence.meaning("copied"),
        rule=f"The lower end of the share of copies is above {COPIED:.0%} and three times what chance "
        f"gives; serious "
        f"above {MUCH_COPIED:.0%}.",
        figures=("copied", "nearest_ratio"),
        arrays=("generated_copy", "generated_nearest", "pair_copy"),
        remedy="Use more pictures, augment them, or stop earlier.",
        change=evidence.changes("memorisation"),
        generated=tuple(_rows(evidence, "generated_copy")),
        pairs=tuple(_rows(evidence, "pair_copy")),
    )


def memorising(evidence: Evidence) -> Verdict | None:
    """A discriminator that knows its training pictures."""
    if not (evidence.low("memorisation") > MEMORISES and evidence.low("told_apart") > TELLS_APART):
        return None
    return Verdict(
        key="memorising",
        severity="warning",
        title="The discriminator memorises: it tells held-out pictures from training pictures.",
        text=evidence.meaning("memorisation"),
        rule=f"The lower ends of the memorisation figure and of the ROC area are above {MEMORISES} and "
        f"{TELLS_APART}.",
        figures=("memorisation", "told_apart"),
        arrays=("scores_train", "scores_held_out", "scores_generated"),
        remedy="Turn augmentation on, raise R1, or use more pictures.",
        change=evidence.changes("memorisation"),
    )


def sharpness(evidence: Evidence) -> Verdict | None:
    """Softer, or noisier, than the data."""
    soft, hard = evidence.high("sharpness") < SOFT, evidence.low("sharpness") > HARD
    if not (soft or hard):
        return None
    return Verdict(
        key="soft" if soft else "noisy",
        severity="warning",
        title="Samples are softer than the data." if soft else "Samples are noisier than the data.",
        text=evidence.meaning("sharpness"),
        rule=f"The upper end of sharpness beside the data is below {SOFT}, or the lower end above {HARD}.",
        figures=("sharpness", "fine_detail"),
        arrays=("generated_pictures", "real_pictures"),
        remedy="A VAE is soft by nature: a smaller beta or a VAE/GAN helps. A GAN needs more training."
        if soft
        else "Look at samples for patterns: train longer, or average the weights for longer.",
    )


def unlike(evidence: Evidence) -> Verdict | None:
    """Samples that lie where no data lie."""
    share = _precision(evidence)
    if not share < UNLIKE:
        return None
    return Verdict(
        key="unlike",
        severity="serious" if share < ALIEN else "warning",
        title="Samples do not look like the data."
        if share < ALIEN
        else "Many samples do not look like the data.",
        text=evidence.meaning("precision"),
        rule=f"The upper end of precision is below {UNLIKE} of that of held-out data; serious "
        f"below {ALIEN}, and then nothing is said about lost regions.",
        figures=("precision", "density", "kernel"),
        arrays=("real_map", "generated_map"),
        remedy="Train longer; in Explore, less diversity (truncation) hides it.",
    )


def collapsed_code(evidence: Evidence) -> Verdict | None:
    """A VAE that ignores its code."""
    used = evidence.figures.get("used_units")
    if used is None:
        return None
    silent = evidence.value("code_kl") < SILENT_CODE
    if not silent and not used.value < IDLE * used.of:
        return None
    idle = np.flatnonzero(evidence.arrays["code_kl"] <= 0.1)
    return Verdict(
        key="collapsed_code",
        severity="serious" if silent else "note",
        title="Posterior collapse: the code says nothing about the picture."
        if silent
        else "Most dimensions of the code are idle.",
        text=f"{used.meaning} {evidence.meaning('code_kl')}",
        rule=f"Serious when the whole code carries less than {SILENT_CODE} nats; a note when less than "
        f"{IDLE:.0%} of the dimensions carry more than 0.1 nats.",
        figures=("used_units", "active_units", "code_kl"),
        arrays=("code_kl", "traversal_pictures"),
        remedy="Lower beta, warm the KL up for longer, or give free bits." if silent else "",
        change=evidence.changes("posterior_collapse") if silent else {},
        dimensions=tuple(idle.tolist()),
    )


def dead_directions(evidence: Evidence) -> Verdict | None:
    """Numbers of z that do nothing; of a VAE's unused dimensions `collapsed_code` speaks."""
    found = evidence.figures.get("dead_directions")
    if found is None or not found.value or "used_units" in evidence.figures:
        return None
    return Verdict(
        key="dead_directions",
        severity="warning" if found.value > found.of / 2 else "note",
        title=f"{found.value:.0f} of {found.of:.0f} latent directions are dead.",
        text=found.meaning,
        rule="A number of z is dead when drawing it anew changes the picture by less than 2 % of an "
        "even part of what "
        "drawing all anew does; a warning when more than half are.",
        figures=("dead_directions",),
        arrays=("direction_effect",),
        remedy="A smaller z would do.",
        dimensions=tuple(_rows(evidence, "direction_dead")),
    )


def flat_places(evidence: Evidence) -> Verdict | None:
    """Places of the latent space where nothing moves."""
    if not evidence.value("flattest") < FLAT:
        return None
    return Verdict(
        key="flat_places",
        severity="note",
        title="There are places in the latent space where the picture hardly moves.",
        text=evidence.meaning("flattest"),
        rule=f"Along a walk the largest singular value of the Jacobian falls below {FLAT} of its median.",
        figures=("flattest",),
        arrays=("walk_values", "walk_pictures"),
    )


def classes(evidence: Evidence) -> Verdict | None:
    """Classes that are drawn as another, or always the same way."""
    variety, right = evidence.arrays.get("class_variety"), evidence.arrays.get("class_accuracy")
    if variety is None or right is None:
        return None
    usual = evidence.data("class_accuracy")
    usual = 1.0 if math.isnan(usual) else usual
    poor = np.flatnonzero(variety[:, 2] < POOR_CLASS)
    wrong = np.flatnonzero(right[:, 2] < WRONG_CLASS * usual)
    chosen = sorted({*poor.tolist(), *wrong.tolist()})
    if not chosen:
        return None
    names = [evidence.class_names[row] if row < len(evidence.class_names) else str(row) for row in chosen]
    parts = []
    if len(wrong):
        parts.append(f"{len(wrong)} are mostly drawn as something else")
    if len(poor):
        parts.append(f"{len(poor)} are drawn with less than half of their variety")
    return Verdict(
        key="classes",
        severity="serious" if len(chosen) > len(variety) / 4 else "warning",
        title=f"Some classes have collapsed: {_listed(names)}.",
        text=f"Of {len(variety)} classes, {' and '.join(parts)}.",
        rule=f"The upper end of a class's variety is below {POOR_CLASS}, or that of its accuracy below "
        f"{WRONG_CLASS} of held-out pictures'.",
        figures=("class_accuracy", "least_class_variety"),
        arrays=("class_variety", "class_accuracy", "class_confusion"),
        remedy="Show these classes more often, or raise the mode-seeking term.",
        change=evidence.changes("mode_collapse"),
        classes=tuple(chosen),
    )


def captions(evidence: Evidence) -> Verdict | None:
    """A text model that draws one picture per caption."""
    usual = evidence.data("caption_spread")
    limit = POOR_CAPTION * (1.0 if math.isnan(usual) else max(usual, 0.5))
    if not evidence.high("caption_spread") < limit:
        return None
    return Verdict(
        key="captions",
        severity="warning",
        title="It draws nearly one picture per caption.",
        text=evidence.meaning("caption_spread"),
        rule=f"The upper end of the variety within a caption is below {POOR_CAPTION} of what the data show.",
        figures=("caption_spread",),
        arrays=("caption_spread", "caption_pictures"),
        remedy="Raise the mode-seeking term.",
        change=evidence.changes("mode_collapse"),
    )


def hidden_message(evidence: Evidence) -> Verdict | None:
    """A translation that carries its original invisibly."""
    added, usual = evidence.value("hidden_message"), evidence.data("hidden_message")
    if not (added > HIDDEN and added > HIDDEN_TIMES * usual):
        return None
    return Verdict(
        key="hidden_message",
        severity="warning",
        title="The translation hides its original in a pattern too faint to see.",
        text=evidence.meaning("hidden_message"),
        rule=f"Faint noise adds more than {HIDDEN} to the error of the way back, and more than "
        f"{HIDDEN_TIMES:.0f} times "
        "what it changes on the way back of real pictures.",
        figures=("hidden_message", "cycle_error"),
        arrays=("translation_back", "translation_usual", "translation_rows"),
        remedy="Add noise to the translation in training, or lower the weight of the cycle.",
    )


RULES: tuple[Callable[[Evidence], Verdict | None], ...] = (
    collapsed_code,
    lost_modes,
    little_variety,
    repetition,
    copying,
    classes,
    captions,
    memorising,
    unlike,
    little_coverage,
    starved_regions,
    sharpness,
    hidden_message,
    dead_directions,
    flat_places,
)
"""In the order in which they are told where they are equally grave."""


def _sound(evidence: Evidence) -> list[Verdict]:
    known = [
        key for key in ("coverage", "bins_differ", "variety", "repeated", "copied") if key in evidence.figures
    ]
    if not known:
        return []
    return [
        Verdict(
            key="sound",
            severity="good",
            title="Nothing is wrong that these measures see.",
            text=evidence.figures[known[0]].meaning,
            rule="No rule gives a warning.",
            figures=tuple(known),
        )
    ]


def _precision(evidence: Evidence) -> float:
    """The most that precision may be, of that of held-out data; NaN where it was not taken."""
    data = evidence.data("precision")
    return evidence.high("precision") / (0.9 if math.isnan(data) else max(data, 1e-9))


def _rows(evidence: Evidence, name: str) -> list[int]:
    found = evidence.arrays.get(name)
    return [] if found is None else [int(row) for row in np.flatnonzero(found)]


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


def _listed(names: Sequence[str], most: int = 4) -> str:
    rest = len(names) - most
    between = "; " if any("," in name for name in names) else ", "
    return between.join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


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


def worst(verdicts: Sequence[Verdict]) -> Severity:
    """The gravest of all."""
    return verdicts[0].severity if verdicts else "good"
