"""Curves of several runs over each other: two plots that zoom together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.run_reading import LogReader
from latentlab.qt.threads.run_record import RunRecord
from latentlab.qt.widgets.combo_box import ComboBox
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.curves.plot import CurvePlot
from latentlab.qt.widgets.curves.series import Series
from latentlab.qt.workspaces.train import curve_groups
from latentlab.qt.workspaces.train.legend import Entry, Legend
from latentlab.runs import RunFollower

_AGAIN_MS = 3000
"""Between looks at runs that are being trained."""
_MOST = 8
"""Runs over each other: as many as there are colours."""
_SMOOTH = 17.0
translate = QCoreApplication.translate


class RunCurves(QWidget):
    """Each plot shows one figure of every run; a colour is a run."""

    def __init__(self, jobs: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._runs: tuple[Path, ...] = ()
        self._live: frozenset[Path] = frozenset()
        self._records: dict[Path, RunRecord] = {}
        self.legend = Legend()
        self.plots = (_Half(self), _Half(self))
        self._hint = QLabel(self.tr("Choose runs above to see their curves over each other."))
        self._hint.setProperty("tone", "3")
        self._clock = QTimer(self, interval=_AGAIN_MS)
        self._clock.timeout.connect(self._read_live)
        halves = QHBoxLayout()
        halves.setSpacing(0)
        for one, other in (self.plots, self.plots[::-1]):
            halves.addWidget(one, 1)
            one.plot.set_smoothing(_SMOOTH)
            one.plot.view_changed.connect(other.plot.show_steps)
            one.figure.activated.connect(partial(self._show_curves, one))
            one.plot.hovered.connect(partial(self._show_values, one))
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 6, Size.PADDING, 0)
        head.addWidget(self._hint)
        head.addWidget(self.legend, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(halves, 1)
        layout.addStretch(0)

    def show_runs(self, runs: Sequence[Path], live: Sequence[Path]) -> None:
        """Show the curves of these runs; those of `live` go on growing."""
        self._runs, self._live = tuple(runs[:_MOST]), frozenset(live)
        self._records = {run: record for run, record in self._records.items() if run in self._runs}
        for run in self._runs:
            if run not in self._records:
                self._read(run)
        self._show()

    def showEvent(self, event: object) -> None:
        self._clock.start()

    def hideEvent(self, event: object) -> None:
        self._clock.stop()

    def _read_live(self) -> None:
        for run in self._runs:
            if run in self._live:
                self._read(run)

    def _read(self, run: Path) -> None:
        self._jobs.submit(partial(read_record, run), partial(self._on_read, run))

    def _on_read(self, run: Path, record: RunRecord) -> None:
        if run in self._runs:
            self._records[run] = record
            self._show()

    def _show(self) -> None:
        self._hint.setVisible(not self._runs)
        names = list(dict.fromkeys(name for record in self._records.values() for name, _ in _figures(record)))
        for place, half in enumerate(self.plots):
            half.setVisible(bool(self._runs))
            half.offer(names, place)
            self._show_curves(half)
        self._show_values(self.plots[0], None)

    def _show_curves(self, half: _Half, _: int = 0) -> None:
        for trace in half.plot.traces:
            half.plot.remove(trace.key)
        end = 1.0
        for place, run in enumerate(self._runs):
            record = self._records.get(run)
            series = dict(_figures(record)).get(half.figure.currentText()) if record is not None else None
            if series is not None and len(series):
                half.plot.add(str(run), run.name, series, place)
                end = max(end, float(series.x[-1]))
        half.plot.set_end(end)

    def _show_values(self, half: _Half, step: object) -> None:
        """Name every run that one of the plots shows, with its value in `half`."""
        tokens = current_tokens()
        entries: dict[str, Entry] = {}
        for one in (half, *(other for other in self.plots if other is not half)):
            for trace in one.plot.traces:
                at = trace.series.nearest(step) if isinstance(step, float) else None
                value = at[1] if at is not None else float(trace.series.y[-1])
                text = value_text(value) if one is half else "–"
                entries.setdefault(trace.key, Entry(trace.key, trace.name, trace.colour(tokens), text))
        self.legend.set_entries([entries[str(run)] for run in self._runs if str(run) in entries])


class _Half(QWidget):
    """A plot, and which figure it shows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.plot = CurvePlot()
        self.figure = ComboBox()
        self.figure.setFixedWidth(220)
        self.figure.setAccessibleName(self.tr("Figure"))
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 4, Size.PADDING, 0)
        head.addWidget(self.figure)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)

    def offer(self, names: Sequence[str], place: int) -> None:
        """Let one of these be chosen; the `place`-th one at first."""
        before = self.figure.currentText()
        if [self.figure.itemText(row) for row in range(self.figure.count())] == list(names):
            return
        self.figure.clear()
        self.figure.addItems(list(names))
        if before in names:
            self.figure.setCurrentText(before)
        elif names:
            self.figure.setCurrentIndex(min(place, len(names) - 1))


def read_record(run: Path) -> RunRecord:
    """Everything of a run; not for the window's thread.

    Raises:
        OSError: it cannot be read.
    """
    record, reader, follower = RunRecord(), LogReader(), RunFollower(run)
    while not follower.caught_up:
        reader.add(follower.poll_lines())
    for stretch in reader.take():
        record.take(stretch)
    return record


def _figures(record: RunRecord) -> Iterator[tuple[str, Series]]:
    """Measures first: they are what runs are compared by."""
    for name, series in record.measures.items():
        yield translate("Curves", "held out: {0}").format(curve_groups.name_of(name)), series
    for name, series in record.losses.items():
        is_norm = name.startswith("norm/")
        pattern = translate("Curves", "gradient: {0}") if is_norm else "{0}"
        yield pattern.format(curve_groups.name_of(name)), series
    yield translate("Curves", "Images a second"), record.speed
