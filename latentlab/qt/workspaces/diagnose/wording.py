"""Figures of a result in words, and where they lie between bad and good."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from latentlab.diagnosis.result import Figure, Result, Verdict
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.workspaces.diagnose.header import Headline
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import MeasureView, VerdictView

TONES = {"good": "ok", "note": "", "warning": "warning", "serious": "error"}
_FIRST = ("coverage", "bins_differ", "precision", "variety")
"""Keys of figures that are headlines where they are there."""
_MOST = 4
PAGES = {
    "bin": "overview",
    "real": "overview",
    "generated": "overview",
    "never": "overview",
    "pair": "overview",
    "held": "overview",
    "scores": "overview",
    "time": "overview",
    "class": "classes",
    "caption": "captions",
    "truncation": "latent",
    "basin": "latent",
    "walk": "latent",
    "direction": "latent",
    "code": "encoder",
    "traversal": "encoder",
    "reconstruction": "encoder",
    "translation": "translation",
    "cycle": "translation",
    "identity": "translation",
}
"""Which page shows an array, by the first word of its name."""


def tr(text: str) -> str:
    """Words of this workspace that no widget owns."""
    return QCoreApplication.translate("Diagnose", text)


def bin_text(names: Sequence[str], number: int) -> str:
    """A bin in words: what its pictures have in common and its number, or its number alone."""
    text = tr("bin {0}").format(number + 1)
    name = names[number] if number < len(names) else ""
    return f"{name} ({text})" if name else text


def number(value: float, like: float | None = None) -> str:
    """A value in about three figures; whole numbers stay whole. `like` sets the decimals."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(like if like is not None and math.isfinite(like) and like else value)
    if float(value).is_integer() and 10 <= size < 1000:
        return format_number(value, 0)
    if size >= 100:
        return format_number(round(value, 1 - math.floor(math.log10(size)) + 1), 0)
    decimals = 1 if size >= 10 else 2 if size >= 0.095 or not value else 3
    if 0 < size < 0.0005:
        decimals = min(6, 1 - math.floor(math.log10(size)))
    return format_number(value, decimals)


def interval(figure: Figure) -> str:
    """The interval of a figure: "0.53 – 0.59"; "" where there is none."""
    if math.isnan(figure.low) and math.isnan(figure.high):
        return ""
    if math.isinf(figure.high):
        return tr("at least {0}").format(number(figure.low))
    if math.isfinite(figure.of):
        return f"{format_number(figure.low, 0)} – {format_number(figure.high, 0)}"
    return f"{number(figure.low, figure.value)} – {number(figure.high, figure.value)}"


def data_of(figure: Figure) -> str:
    """The same figure for the data; "" where it is not known."""
    if not math.isfinite(figure.data):
        return ""
    if math.isfinite(figure.of) and figure.data.is_integer():
        return format_number(figure.data, 0)
    return number(figure.data, figure.value if figure.value else None)


def told(figure: Figure) -> str:
    """A figure in one line: "Coverage 0.56 (0.53 – 0.59), data 0.95"."""
    value = _value(figure)
    span = interval(figure)
    text = f"{figure.name} {value}{f' ({span})' if span else ''}"
    return text + (tr(", data {0}").format(data_of(figure)) if data_of(figure) else "")


def _value(figure: Figure) -> str:
    whole = math.isfinite(figure.of)
    text = format_number(figure.value, 0) if whole else number(figure.value)
    if whole:
        text += tr(" of {0}").format(format_number(figure.of, 0))
    return f"{text} {figure.unit}".strip()


def headlines(result: Result) -> tuple[Headline, ...]:
    """The figures that stand beside the verdict."""
    first = [result.figures[key] for key in _FIRST if key in result.figures]
    others = [figure for figure in result.figures.values() if figure not in first]
    return tuple(_headline(figure) for figure in [*first, *others][:_MOST])


def _headline(figure: Figure) -> Headline:
    whole = math.isfinite(figure.of)
    span = interval(figure)
    note = span
    if whole:
        note = tr("of {0}").format(format_number(figure.of, 0)) + (f", {span}" if span else "")
    scale = _scale(figure)
    return Headline(
        key=figure.key,
        name=tr("Bins that differ") if figure.key == "bins_differ" else figure.name,
        value=format_number(figure.value, 0) if whole else number(figure.value),
        note=note,
        tooltip="\n".join(part for part in (figure.meaning, figure.term, figure.bias) if part),
        place=figure.value / scale,
        low=figure.low / scale,
        high=figure.high / scale,
        target=figure.data / scale,
    )


def _scale(figure: Figure) -> float:
    """The right end of the line that a figure is shown on."""
    if math.isfinite(figure.of) and figure.of > 0:
        return figure.of
    parts = [value for value in (figure.value, figure.high, figure.data) if math.isfinite(value)]
    most = max([abs(part) for part in parts], default=1.0)
    return 1.0 if most <= 1.0 else most * 1.15


def measures(result: Result) -> tuple[MeasureView, ...]:
    """Every figure, group by group."""
    groups = {
        "variety": tr("Variety"),
        "fidelity": tr("Fidelity"),
        "repetition": tr("Repetition"),
        "copying": tr("Copying"),
        "discriminator": tr("Discriminator"),
        "latent": tr("Latent space"),
        "code": tr("Code"),
        "translation": tr("Translation"),
    }
    order = list(groups)
    found = sorted(
        result.figures.values(),
        key=lambda figure: order.index(figure.group) if figure.group in groups else len(order),
    )
    return tuple(
        MeasureView(
            key=figure.key,
            group=groups.get(figure.group, figure.group),
            name=figure.name,
            figure=_value(figure),
            interval=interval(figure),
            data=data_of(figure),
            meaning=" ".join(part for part in (figure.meaning, figure.bias) if part),
            tooltip=figure.term,
        )
        for figure in found
    )


def verdicts(result: Result) -> tuple[VerdictView, ...]:
    """Every verdict with its evidence in words."""
    pairs = result.array("pairs")
    return tuple(_verdict(verdict, result, pairs) for verdict in result.verdicts)


def _verdict(verdict: Verdict, result: Result, pairs: np.ndarray | None) -> VerdictView:
    generated = verdict.generated
    if pairs is not None and verdict.pairs:
        of_pairs = pairs[[pair for pair in verdict.pairs if pair < len(pairs)]].ravel().tolist()
        generated = tuple(dict.fromkeys([*generated, *of_pairs]))
    shown = [name for name in verdict.arrays if name in result.names]
    return VerdictView(
        key=verdict.key,
        tone=TONES[verdict.severity],
        title=verdict.title,
        text=verdict.text,
        evidence=tuple(told(result.figures[key]) for key in verdict.figures if key in result.figures),
        rule=verdict.rule,
        remedy=verdict.remedy,
        change=tuple(verdict.change.items()),
        roll_back=verdict.roll_back,
        page=PAGES.get(shown[0].split("_")[0], "overview") if shown else "",
        chosen=Chosen(
            verdict.title if verdict.bins or verdict.real or generated or verdict.classes else "",
            verdict.real,
            generated,
            verdict.bins,
            verdict.classes,
        ),
    )


def worst(result: Result, *arrays: str) -> tuple[str, str]:
    """What the gravest verdict about one of these arrays says, and its tone; "" where there is none."""
    for verdict in result.verdicts:
        if verdict.severity != "good" and set(arrays) & set(verdict.arrays):
            return verdict.text, TONES[verdict.severity] or "ok"
    return "", "ok"


def how(result: Result) -> str:
    """How it was measured, in one line."""
    samples = result.array("generated_seed")
    parts = [
        tr("{0} samples against {1} training and {2} held-out items").format(
            format_number(0 if samples is None else len(samples), 0),
            format_number(result.against.train, 0),
            format_number(result.against.held_out, 0),
        ),
        tr("seen by {0}").format(result.seen_by),
        tr("95 % intervals"),
        tr("{0} s").format(format_number(result.seconds, 0)),
        time.strftime("%d.%m. %H:%M", time.localtime(result.created)),
    ]
    return ", ".join(parts)
