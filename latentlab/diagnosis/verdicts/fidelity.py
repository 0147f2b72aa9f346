"""Samples that lie where no data lie, or are made differently."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.appearance import LOOKS
from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.evidence import Evidence, listed, precision_beside

SOFT, HARD = 0.6, 1.7
UNLIKE, ALIEN = 0.7, 0.3
"""Precision, of that of held-out data. Of alien samples, which region is nearest says nothing."""

APART = 0.9
"""Area under the ROC curve of something simple about pictures, above which it tells samples from data."""
VISIBLE = {"ground": 1.0}
VISIBLE_ELSE = 4.0
"""Steps of 8 bits by which medians must differ."""


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
    share = precision_beside(evidence)
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


def made_differently(evidence: Evidence) -> Verdict | None:
    """Samples that something simple gives away, whatever they show."""
    names, apart = evidence.arrays.get("look_name"), evidence.arrays.get("look_apart")
    if names is None or apart is None:
        return None
    real, drawn = evidence.arrays["look_real"][:, 1], evidence.arrays["look_generated"][:, 1]
    needed = np.array([VISIBLE.get(str(name), VISIBLE_ELSE) for name in names])
    chosen = np.flatnonzero(
        (np.abs(apart[:, 1:] - 0.5).min(1) >= APART - 0.5) & (np.abs(drawn - real) >= needed)
    )
    chosen = chosen[np.argsort(-np.abs(apart[chosen, 0] - 0.5), kind="stable")]
    if not len(chosen):
        return None
    more = drawn > real
    words = [LOOKS[str(names[row])][0 if more[row] else 1] for row in chosen]
    parts = [
        f"{words[number][0].upper()}{words[number][1:]}: {drawn[row]:.1f} of 255 in the middle, of the data "
        f"{real[row]:.1f}; this alone tells {max(apart[row, 0], 1 - apart[row, 0]):.0%} of pairs apart."
        for number, row in enumerate(chosen)
    ]
    photo = evidence.meaning("photo_precision")
    return Verdict(
        key="made_differently",
        severity="warning",
        title=f"Samples differ from the data in how they are made: {listed(words)}.",
        text=" ".join([*parts, photo]).strip(),
        rule=f"The interval of the share of pairs that one simple figure tells apart is above {APART:.0%}, and "
        f"medians differ by {VISIBLE_ELSE:.0f} of 255, or {VISIBLE['ground']:.0f} where it is about even ground.",
        figures=("looks_apart", "photo_precision", "frechet"),
        arrays=("generated_pictures", "real_pictures"),
        remedy="Look at samples at 400 %. Train longer, with a smaller learning rate at the end, or average the "
        "weights for longer.",
    )
