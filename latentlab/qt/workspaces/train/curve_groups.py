"""Which curves belong on one plot, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from latentlab.qt.widgets.curves.series import Series
from latentlab.qt.workspaces.train.shown_run import ShownRun

LOSSES, SCORES, GRADIENTS, MEASURES, SPEED = "losses", "scores", "gradients", "measures", "speed"
MEMORY, CODE, LIKELIHOOD = "memory", "code", "likelihood"

_TITLES = {
    LOSSES: str(QT_TRANSLATE_NOOP("Curves", "Losses")),
    LIKELIHOOD: str(QT_TRANSLATE_NOOP("Curves", "Likelihood")),
    SCORES: str(QT_TRANSLATE_NOOP("Curves", "D scores")),
    GRADIENTS: str(QT_TRANSLATE_NOOP("Curves", "Gradients")),
    MEASURES: str(QT_TRANSLATE_NOOP("Curves", "Measures")),
    CODE: str(QT_TRANSLATE_NOOP("Curves", "Code")),
    SPEED: str(QT_TRANSLATE_NOOP("Curves", "Speed")),
    MEMORY: str(QT_TRANSLATE_NOOP("Curves", "Memory")),
}
_SCORES = frozenset({"real", "fake", "wrong", "augment", "accuracy"})
_NATS = frozenset({"similarity", "reconstruction", "elbo", "kl"})
"""Summed over a picture: tens of thousands of nats, which flatten what a discriminator's losses do beside them."""
_NAMES = {
    "generator": str(QT_TRANSLATE_NOOP("Curves", "Generator")),
    "discriminator": str(QT_TRANSLATE_NOOP("Curves", "Discriminator")),
    "encoder": str(QT_TRANSLATE_NOOP("Curves", "Encoder")),
    "loss": str(QT_TRANSLATE_NOOP("Curves", "Loss")),
    "reconstruction": str(QT_TRANSLATE_NOOP("Curves", "Reconstruction")),
    "real": str(QT_TRANSLATE_NOOP("Curves", "Real")),
    "fake": str(QT_TRANSLATE_NOOP("Curves", "Generated")),
    "wrong": str(QT_TRANSLATE_NOOP("Curves", "Wrong caption")),
    "augment": str(QT_TRANSLATE_NOOP("Curves", "Augmentation")),
    "r1": "R1",
    "r2": "R2",
    "kl": "KL",
    "elbo": "ELBO",
    "path_length": str(QT_TRANSLATE_NOOP("Curves", "Path length")),
    "gradient_penalty": str(QT_TRANSLATE_NOOP("Curves", "Gradient penalty")),
    "cycle": str(QT_TRANSLATE_NOOP("Curves", "Cycle")),
    "images_per_second": str(QT_TRANSLATE_NOOP("Curves", "Images a second")),
    "bytes": str(QT_TRANSLATE_NOOP("Curves", "Bytes")),
    "identity": str(QT_TRANSLATE_NOOP("Curves", "Identity")),
}


def group_of(name: str, *, adversarial: bool) -> str:
    """The plot that a loss belongs on, in a run with or without a discriminator."""
    if name.startswith("norm/"):
        return GRADIENTS
    if adversarial and name in _NATS:
        return LIKELIHOOD
    return SCORES if name in _SCORES else LOSSES


def title(group: str) -> str:
    """Of a plot, for people."""
    return QCoreApplication.translate("Curves", _TITLES[group])


def name_of(name: str) -> str:
    """Of a curve, for people."""
    own = name.removeprefix("norm/")
    if own in _NAMES:
        return QCoreApplication.translate("Curves", _NAMES[own])
    return own.replace("_", " ").capitalize()


def curves_of(run: ShownRun, group: str) -> Mapping[str, Series]:
    """The curves of one plot by name, in the order in which the run named them."""
    if group == MEASURES:
        return run.measures
    if group == SPEED:
        return {"images_per_second": run.speed} if len(run.speed) else {}
    if group == MEMORY:
        known = len(run.memory) and run.memory.bounds(0, float("inf")) is not None
        return {"bytes": run.memory} if known else {}
    adversarial = "discriminator" in run.losses
    return {
        name: series
        for name, series in run.losses.items()
        if group_of(name, adversarial=adversarial) == group
    }


def groups_of(run: ShownRun) -> Sequence[str]:
    """The plots that have something to show; losses always."""
    return [
        group
        for group in _TITLES
        if group == LOSSES or curves_of(run, group) or (group == CODE and run.codes)
    ]
