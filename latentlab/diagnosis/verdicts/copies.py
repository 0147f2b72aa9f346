"""What is drawn more than once, or is a training picture."""

from __future__ import annotations

from latentlab.diagnosis.result import Verdict
from latentlab.diagnosis.verdicts.evidence import Evidence, rows

REPEATED, MUCH_REPEATED = 0.01, 0.1
COPIED, MUCH_COPIED = 0.03, 0.15
MEMORISES, TELLS_APART = 0.3, 0.6


def repetition(evidence: Evidence) -> Verdict | None:
    """Different latents, the same picture."""
    low, usual = evidence.low("repeated"), evidence.data("repeated")
    if not low > max(REPEATED, 4 * usual):
        return None
    return Verdict(
        key="repetition",
        severity="serious" if low > MUCH_REPEATED else "warning",
        title="It draws the same pictures again and again.",
        text=f"{evidence.meaning('repeated')} {evidence.meaning('support')}",
        rule=f"The lower end of the share of repeated samples is above {REPEATED:.0%} and four times that of the "
        f"data; serious above {MUCH_REPEATED:.0%}.",
        figures=("repeated", "support"),
        arrays=("pairs", "generated_repeated"),
        remedy=evidence.remedy(
            "Raise the weight of R1 and R2, or add a mode-seeking term.",
            "Lower beta or give free bits, so that the code says more.",
        ),
        change=evidence.changes("mode_collapse"),
        generated=tuple(rows(evidence, "generated_repeated")),
        pairs=tuple(rows(evidence, "pair_same")),
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
        generated=tuple(rows(evidence, "generated_copy")),
        pairs=tuple(rows(evidence, "pair_copy")),
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
