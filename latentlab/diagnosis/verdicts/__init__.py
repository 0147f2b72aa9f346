"""From figures to conclusions, by explicit rules: each names its limits, rests on figures, and speaks of
nothing else.

A rule looks at the end of an interval that speaks against it, so that few samples make it silent and not
wrong. The limits were set on samples with planted faults (`latentlab bench diagnosis`) and looked at on toys that
were trained, sound ones and broken ones (`latentlab bench verdicts`): with seed 0, five sound VAEs and GANs of
digits get no warning. Two things are made for small pictures: samples repeat when their share is four times that
of the data, whose own 8 x 8 pictures are often equal; and a VAE that was trained in black and white is measured
so. The limits were not tried on text models and translators that were trained to the end.
"""

from __future__ import annotations

from collections.abc import Callable

from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.conditions import captions, classes, hidden_message
from latentlab.diagnosis.verdicts.copies import copying, memorising, repetition
from latentlab.diagnosis.verdicts.evidence import Change, Evidence
from latentlab.diagnosis.verdicts.fidelity import made_differently, sharpness, unlike
from latentlab.diagnosis.verdicts.latents import collapsed_code, dead_directions, flat_places
from latentlab.diagnosis.verdicts.modes import little_coverage, little_variety, lost_modes, starved_regions

__all__ = ["RULES", "Change", "Evidence", "judge"]

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
    made_differently,
    sharpness,
    hidden_message,
    dead_directions,
    flat_places,
)
"""In the order in which they are told where they are equally grave."""


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """All verdicts, the gravest first; a good one where nothing speaks against the model."""
    found = [verdict for rule in RULES if (verdict := rule(evidence)) is not None]
    if not any(verdict.severity in ("serious", "warning") for verdict in found):
        found += _sound(evidence)
    order = ("serious", "warning", "note", "good")
    return tuple(sorted(found, key=lambda verdict: order.index(verdict.severity)))


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
