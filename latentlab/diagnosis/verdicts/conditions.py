"""Whether classes, captions and originals are heeded."""

from __future__ import annotations

import math

import numpy as np

from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.evidence import Evidence, listed

POOR_CLASS, WRONG_CLASS = 0.5, 0.5
POOR_CAPTION = 0.2
HIDDEN, HIDDEN_TIMES = 0.04, 3.0


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
        title=f"Some classes have collapsed: {listed(names)}.",
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
