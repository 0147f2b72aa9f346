"""A plot as a file: PNG, SVG, or its figures as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from latentlab.atomic import write_atomically
from latentlab.errors import ExportError
from latentlab.qt.widgets.curves.item import Trace
from latentlab.qt.widgets.curves.plot import CurvePlot

_SCALE = 2
"""Pixels of a PNG for one on the screen."""


def save_plot(plot: CurvePlot, path: Path) -> None:
    """Write what a plot shows; the ending of `path` says how: .png, .svg or .csv.

    Raises:
        ExportError: the ending is none of these, or the file cannot be written.
    """
    kinds = {".png": _png, ".svg": _svg, ".csv": _csv}
    make = kinds.get(path.suffix.lower())
    if make is None:
        raise ExportError(f"{path.name}: a plot can be saved as .png, .svg or .csv.")
    try:
        write_atomically(path, make(plot))
    except OSError as error:
        raise ExportError(
            f"{path} cannot be written ({error.strerror or error}): choose another folder, or free some room."
        ) from error


def as_table(traces: Sequence[Trace]) -> str:
    """Curves as CSV: a row per step, a column per curve, empty where a curve has no value."""
    shown = [trace for trace in traces if trace.visible]
    steps = np.unique(np.concatenate([trace.series.x for trace in shown])) if shown else np.empty(0)
    columns = np.full((len(shown), len(steps)), np.nan)
    for number, trace in enumerate(shown):
        columns[number, np.searchsorted(steps, trace.series.x)] = trace.series.y
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *(trace.name for trace in shown)])
    for step, values in zip(steps.tolist(), columns.T.tolist(), strict=True):
        writer.writerow(
            [f"{step:g}" if step % 1 else int(step), *("" if v != v else repr(v) for v in values)]
        )
    return text.getvalue()


def _csv(plot: CurvePlot) -> bytes:
    return as_table(plot.traces).encode()


def _png(plot: CurvePlot) -> bytes:
    image = QImage(plot.size() * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    painter = QPainter(image)
    plot.draw(painter, vector=False)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub asks for bytes, which it refuses
    return bytes(buffer.data().data())


def _svg(plot: CurvePlot) -> bytes:
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(plot.width(), plot.height()))
    generator.setViewBox(plot.rect())
    generator.setTitle("LatentLab")
    painter = QPainter(generator)
    plot.draw(painter, vector=True)
    painter.end()
    return bytes(buffer.data().data())
