"""What the latent space is good for."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.evidence import Evidence, rows

SILENT_CODE, IDLE = 0.5, 0.25
"""Nats of the whole code; share of its dimensions that is in use."""
FLAT = 0.1


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
        dimensions=tuple(rows(evidence, "direction_dead")),
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
