"""All runs side by side: what differs between them, how they ended, and their curves over each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QSignalBlocker,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from latentlab.errors import RunError
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.workspaces.train.desk import LIVE, RunDesk
from latentlab.qt.workspaces.train.durations import bytes_text, duration_text
from latentlab.qt.workspaces.train.run_curves import RunCurves
from latentlab.qt.workspaces.train.runs_pane import about, state_colour, state_text
from latentlab.qt.workspaces.train.setting_words import setting_text
from latentlab.runs.hyper_parameters import HyperParameter, value_at
from latentlab.runs.summary import RunSummary, differing

_SORT = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class RunsBrowser(QWidget):
    """A table of runs, and below it the curves of those that are chosen."""

    back_wanted = Signal()
    opened = Signal(object)
    """Path of a run that shall be shown."""
    notes_wanted = Signal(object)
    """Path of a run whose tags and note shall be written."""
    again_wanted = Signal(object)
    """Path of a run that shall be done again."""

    def __init__(self, desk: RunDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self._desk = desk
        self._jobs = JobThread(self)
        self._seen: tuple[Any, ...] = ()
        self._wanted: tuple[Path, ...] = ()
        self.model = _Table(self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.model)
        self.search = SearchField(self.tr("Search all that is known"))
        self.search.setMinimumWidth(240)
        self.search.textChanged.connect(self._sorted.set_words)
        self.table = QTableView()
        self.curves = RunCurves(self._jobs)
        self.back = Button(self.tr("Back to the run"), icon_name="chevron-left", role="quiet", small=True)
        self.open = Button(self.tr("Show"), role="outline", small=True)
        self.notes = Button(self.tr("Tags and note…"), role="outline", small=True)
        self.again = Button(self.tr("Do again…"), role="outline", small=True)
        self.delete = Button(self.tr("Delete"), role="danger", small=True)
        self.undo = Button(self.tr("Undo delete"), role="outline", small=True)
        self.empty = Button(self.tr("Empty the trash"), role="outline", small=True)
        self._title = QLabel()
        self._title.setFont(font(TextRole.TITLE))
        self._set_up_table()
        self._lay_out()
        self.back.clicked.connect(self.back_wanted)
        self.open.clicked.connect(partial(self._with_one, self.opened))
        self.notes.clicked.connect(partial(self._with_one, self.notes_wanted))
        self.again.clicked.connect(partial(self._with_one, self.again_wanted))
        self.delete.clicked.connect(lambda: desk.delete(self.chosen))
        self.undo.clicked.connect(desk.undo_delete)
        self.empty.clicked.connect(desk.empty_trash)
        desk.listed.connect(self._on_listed)

    @property
    def chosen(self) -> list[Path]:
        """The runs that are chosen, from the top."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})
        return [self._summary(row).info.path for row in rows]

    def choose(self, runs: Sequence[Path]) -> None:
        """Choose these and no others, as soon as they are listed."""
        self._wanted = tuple(runs)
        self._select(runs)
        self._on_chosen()

    def stop(self) -> None:
        """End the thread. A table must not ask a model that is being taken apart with the window."""
        self._jobs.stop()
        self._desk.listed.disconnect(self._on_listed)
        self.table.selectionModel().selectionChanged.disconnect(self._on_chosen)
        self.table.setModel(None)

    def showEvent(self, event: object) -> None:
        self._seen = ()
        self._on_listed()

    def _summary(self, row: int) -> RunSummary:
        return self.model.runs[self._sorted.mapToSource(self._sorted.index(row, 0)).row()]

    def _set_up_table(self) -> None:
        self.table.setModel(self._sorted)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setAccessibleName(self.tr("All runs"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.doubleClicked.connect(lambda _: self._with_one(self.opened))
        self.table.selectionModel().selectionChanged.connect(self._on_chosen)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(6, 6, Size.PADDING, 6)
        head.setSpacing(6)
        head.addWidget(self.back)
        head.addWidget(self._title)
        head.addStretch(1)
        for widget in (self.search, self.open, self.notes, self.again, self.delete, self.undo, self.empty):
            head.addWidget(widget)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.curves)
        split.setSizes([380, 420])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(split, 1)
        self._on_chosen()

    def _on_listed(self) -> None:
        listing = self._desk.listing
        count = len(listing.trashed)
        self.undo.setVisible(self._desk.can_undo_delete)
        self.empty.setVisible(bool(count))
        self.empty.setText(self.tr("Empty the trash ({0})").format(count))
        seen = tuple((info.path, info.step, info.state, info.notes) for info in listing.runs)
        if seen != self._seen and self.isVisible():
            self._seen = seen
            self._jobs.submit(partial(_summaries, [info.path for info in listing.runs]), self._on_read)

    def _on_read(self, runs: list[RunSummary]) -> None:
        chosen = self.chosen or self._wanted
        self.model.show_runs(runs)
        self.choose(chosen)
        total = sum(summary.bytes for summary in runs)
        words = self.tr("1 run, {1}") if len(runs) == 1 else self.tr("{0} runs, {1}")
        self._title.setText(words.format(len(runs), bytes_text(total)))

    def _on_chosen(self) -> None:
        chosen = self.chosen
        for button in (self.open, self.notes, self.again):
            button.setEnabled(len(chosen) == 1)
        self.delete.setEnabled(bool(chosen))
        self._compare(chosen)
        live = [info.path for info in self._desk.listing.live]
        self.curves.show_runs(chosen, live)

    def _compare(self, chosen: Sequence[Path]) -> None:
        if self.model.compare(chosen):
            self.table.resizeColumnsToContents()
            self._select(chosen)  # a table that is new has nothing chosen

    def _select(self, runs: Sequence[Path]) -> None:
        """Choose these and no others; nothing is reported."""
        selection = self.table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        with QSignalBlocker(selection):
            selection.clearSelection()
            for row in range(self._sorted.rowCount()):
                if self._summary(row).info.path in runs:
                    selection.select(self._sorted.index(row, 0), flags)
        self.table.viewport().update()

    def _with_one(self, signal: Any) -> None:
        if chosen := self.chosen:
            signal.emit(chosen[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    title: str
    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], Any]
    """What it is sorted by: a number or a text."""
    tip: str = ""
    is_number: bool = True
    hint: Callable[[RunSummary], str] = lambda run: ""
    """More about its text."""


class _Table(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        self._columns: list[_Column] = self._own_columns()

    def show_runs(self, runs: list[RunSummary]) -> None:
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def compare(self, runs: Sequence[Path]) -> bool:
        """Have columns for what differs between these, or between all where they are fewer than two.

        Returns:
            whether there are other columns now.
        """
        chosen = [summary for summary in self.runs if summary.info.path in runs]
        compared = chosen if len(chosen) > 1 else self.runs
        measures = list(dict.fromkeys(name for summary in compared for name in summary.measures))
        columns = [
            *self._own_columns(),
            *(_measure(name) for name in measures),
            *(_setting(one) for one in differing(compared)),
        ]
        if [column.title for column in columns] == [column.title for column in self._columns]:
            return False
        self.beginResetModel()
        self._columns = columns
        self.endResetModel()
        return True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[section].is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._columns[section].tip if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        summary, column = self.runs[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(summary)
        if role == _SORT:
            return column.key(summary)
        if role == Qt.ItemDataRole.ToolTipRole:
            return summary.failure or column.hint(summary) or column.text(summary) or None
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return _dot(state_colour(summary.info.state, current_tokens()))
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _own_columns(self) -> list[_Column]:
        def steps(run: RunSummary) -> str:
            info = run.info
            return f"{format_number(info.step, 0)} / {format_number(info.steps, 0)}" if info.steps else "–"

        return [
            _Column(
                self.tr("Run"),
                lambda run: run.info.path.name,
                lambda run: run.info.path.name,
                is_number=False,
            ),
            _Column(
                self.tr("State"),
                lambda run: state_text(run.info.state),
                lambda run: (run.info.state not in LIVE, -run.info.changed),
                is_number=False,
            ),
            _Column(self.tr("Preset"), lambda run: run.info.name, lambda run: run.info.name, is_number=False),
            _Column(self.tr("Steps"), steps, lambda run: run.info.step),
            _Column(
                self.tr("Trained"), lambda run: duration_text(run.seconds), lambda run: _last(run.seconds)
            ),
            _Column(
                self.tr("Disk"), lambda run: bytes_text(run.bytes), lambda run: run.bytes, hint=self._disk
            ),
            _Column(
                self.tr("Tags"),
                lambda run: ", ".join(run.notes.tags),
                lambda run: ", ".join(run.notes.tags),
                is_number=False,
            ),
            _Column(self.tr("Note"), lambda run: run.notes.text, lambda run: run.notes.text, is_number=False),
        ]

    def _disk(self, run: RunSummary) -> str:
        return self.tr(
            "{0} checkpoints to resume from, and models of earlier ones for the theatre: {1}\n"
            "The settings “Keep” and “Keep models” say how many are kept."
        ).format(run.info.checkpoints, bytes_text(run.models_bytes))


class _Sorted(QSortFilterProxyModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setSortRole(_SORT)
        self._words: list[str] = []

    def set_words(self, text: str) -> None:
        """Show the runs that have all these words alone."""
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: AnyIndex) -> bool:
        table = self.sourceModel()
        assert isinstance(table, _Table)
        summary = table.runs[row]
        if not self._words:
            return True
        said = f"{about(summary.info)} {summary.config}".casefold()
        return all(word in said for word in self._words)

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        one, other = (self.sourceModel().data(index, _SORT) for index in (left, right))
        try:
            return bool(one < other)
        except TypeError:
            return str(one) < str(other)


def _dot(colour: QColor) -> QPixmap:
    """A dot as the list of runs has it."""
    pixmap = QPixmap(16, 16)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint.dot(painter, QPointF(8, 8), 7, colour)
    painter.end()
    return pixmap


def _measure(name: str) -> _Column:
    def value(run: RunSummary) -> float:
        return run.measures.get(name, math.nan)

    return _Column(
        name.replace("_", " ").capitalize(),
        lambda run: value_text(value(run)),
        lambda run: _last(value(run)),
        "The last measure on held-out items",
    )


def _setting(one: HyperParameter) -> _Column:
    def value(run: RunSummary) -> Any:
        return value_at(run.config, one.path)

    def text(run: RunSummary) -> str:
        found = value(run)
        is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
        return "–" if found is None else setting_text(found) if is_number else str(found)

    return _Column(
        one.name,
        text,
        lambda run: math.inf if value(run) is None else value(run),
        f"{one.sentence}\n{one.path}",
        one.kind in ("whole", "number"),
    )


def _last(value: float) -> float:
    """What is not known is sorted behind all that is."""
    return value if math.isfinite(value) else math.inf


def _summaries(runs: Sequence[Path]) -> list[RunSummary]:
    found = []
    for run in runs:
        try:
            found.append(RunSummary.read(run))
        except (RunError, OSError):
            continue  # it was deleted meanwhile
    return found
