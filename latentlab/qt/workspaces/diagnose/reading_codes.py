"""What pages show of a VAE's code and of a translator. Called in the job thread."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentlab.diagnosis.result import Result
from latentlab.qt.workspaces.diagnose import wording
from latentlab.qt.workspaces.diagnose.arrays import pictures, whole
from latentlab.qt.workspaces.diagnose.views import EncoderView, TranslationView
from latentlab.qt.workspaces.diagnose.wording import tr


def read(result: Result) -> dict[str, Any]:
    """Fields of `Views` by name."""
    return {"encoder": _encoder(result), "translation": _translation(result)}


def _encoder(result: Result) -> EncoderView | None:
    kl, order = whole(result, "code_kl"), whole(result, "code_order")
    variance, mean = whole(result, "code_variance"), whole(result, "code_mean")
    deviation = whole(result, "code_deviation")
    if kl is None or order is None or variance is None or mean is None or deviation is None:
        return None
    steps = whole(result, "code_kl_steps")
    notice, tone = wording.worst(result, "code_kl", "code_variance", "code_mean", "reconstruction_error")
    return EncoderView(
        order=tuple(order.tolist()),
        kl=kl,
        variance=variance,
        mean=mean,
        deviation=deviation,
        histogram=whole(result, "code_histogram"),
        over_time=whole(result, "code_kl_over_time"),
        steps=tuple(steps.tolist()) if steps is not None else (),
        traversals=pictures(result, "traversal_pictures"),
        traversal_values=whole(result, "traversal_values"),
        pairs=pictures(result, "reconstruction_pairs"),
        facts=_facts(result, "code"),
        notice=notice,
        tone=tone,
    )


def _translation(result: Result) -> TranslationView | None:
    noise, back = whole(result, "translation_noise"), whole(result, "translation_back")
    rows = pictures(result, "translation_rows")
    if rows is None and noise is None:
        return None
    curves = []
    if back is not None:
        curves.append((tr("the way back"), back))
    usual = whole(result, "translation_usual")
    if usual is not None:
        curves.append((tr("the same noise in real pictures"), usual))
    notice, tone = wording.worst(result, "translation_back", "cycle_error", "identity_error")
    return TranslationView(
        rows=rows,
        columns=result.columns,
        noise=noise if noise is not None else np.empty(0),
        curves=tuple(curves),
        facts=_facts(result, "translation"),
        notice=notice,
        tone=tone,
    )


def _facts(result: Result, group: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (one.name, f"{one.figure}  {one.interval}".strip(), one.meaning)
        for one in wording.measures(result)
        if result.figures[one.key].group == group
    )
