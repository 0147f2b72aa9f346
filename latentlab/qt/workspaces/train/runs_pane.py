"""The runs there are, the newest first: what each is, how far, and whether it lives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, Tokens, current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.workspaces.train.queue_list import QueueList
from latentlab.runs import RunInfo, RunState

_ITEM = 64
AnyIndex = QModelIndex | QPersistentModelIndex


class RunsPane(QWidget):
    """A list of runs with its header, a search, and what waits for its turn."""

    chosen = Signal(object)
    """Path of the run that shall be shown."""
    new_wanted = Signal()
    open_wanted = Signal()
    """A run's folder elsewhere shall be opened."""
    compare_wanted = Signal()
    menu_wanted = Signal(object, QPoint)
    """Path of a run, and where on the screen."""
    delete_wanted = Signal(object)
    """Path of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "panel")
        self.setFixedWidth(212)
        self._model = _Runs(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_RunDelegate(self.view))
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName(self.tr("Runs"))
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._on_delete)
        self.search = SearchField(self.tr("Search names, tags, notes"))
        self.search.textChanged.connect(self._filter)
        self.search.hide()
        self.queue = QueueList()
        self._all: tuple[RunInfo, ...] = ()
        self._shown: Path | None = None
        self._hint = QLabel(self.tr("Runs keep going when this window closes."))
        self._hint.setWordWrap(True)
        self._hint.setProperty("tone", "3")
        self._hint.setContentsMargins(Size.PADDING, 8, Size.PADDING, Size.PADDING)
        title = QLabel(self.tr("Runs"))
        title.setFont(font(TextRole.TITLE))
        self.finder = IconButton("filter", self.tr("Search the runs"))
        self.finder.setCheckable(True)
        self.finder.toggled.connect(self._on_find)
        compare = IconButton("grid", self.tr("All runs: compare, note, delete"))
        compare.clicked.connect(self.compare_wanted)
        open_ = IconButton("folder", self.tr("Open a run's folder"))
        open_.clicked.connect(self.open_wanted)
        new = IconButton("plus", self.tr("New run"))
        new.clicked.connect(self.new_wanted)
        header = QHBoxLayout()
        header.setContentsMargins(Size.PADDING, 4, 6, 4)
        header.addWidget(title, 1)
        for button in (self.finder, compare, open_, new):
            header.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.queue)
        layout.addWidget(self._hint)

    @property
    def runs(self) -> tuple[RunInfo, ...]:
        """As they are listed."""
        return self._model.runs

    def set_runs(self, runs: Sequence[RunInfo], shown: Path | None) -> None:
        """List these; the shown one stays chosen, and nothing is reported."""
        self._all, self._shown = tuple(runs), shown
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        runs = [info for info in self._all if all(word in about(info) for word in words)]
        shown, selection = self._shown, self.view.selectionModel()
        selection.blockSignals(True)
        self._model.replace(tuple(runs))
        row = next((row for row, info in enumerate(runs) if info.path == shown), -1)
        self.view.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())
        selection.blockSignals(False)
        self.view.viewport().update()

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self._shown = self._model.runs[index.row()].path
            self.chosen.emit(self._shown)

    def _on_find(self, wanted: bool) -> None:
        self.search.setVisible(wanted)
        if wanted:
            self.search.setFocus()
        else:
            self.search.clear()

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            run = self._model.runs[index.row()].path
            self.menu_wanted.emit(run, self.view.viewport().mapToGlobal(place))

    def _on_delete(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.delete_wanted.emit(self._model.runs[index.row()].path)


class _Runs(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs: tuple[RunInfo, ...] = ()

    def replace(self, runs: tuple[RunInfo, ...]) -> None:
        if [info.path for info in runs] == [info.path for info in self.runs]:
            self.runs = runs
            self.dataChanged.emit(self.index(0), self.index(max(0, len(runs) - 1)))
            return
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        info = self.runs[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return info
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return info.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            words = [
                str(info.path),
                f"{info.name}, {info.system}",
                ", ".join(info.notes.tags),
                info.notes.text,
            ]
            return "\n".join(word for word in words if word)
        return None


class _RunDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(100, _ITEM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        info = index.data(Qt.ItemDataRole.UserRole)
        assert isinstance(info, RunInfo)
        tokens = current_tokens()
        box = QRect(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, tokens.accent_wash)
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), tokens.accent)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, tokens.raised)
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), tokens.edge)
        paint.dot(painter, QPointF(box.left() + 15, box.top() + 16), 7, state_colour(info.state, tokens))
        row = QRect(box.left() + 25, box.top() + 7, box.width() - 33, 17)
        painter.setFont(font(TextRole.BODY))
        paint.text(painter, row, info.path.name, tokens.text)
        painter.setFont(font(TextRole.HINT))
        steps = f"{format_number(info.step, 0)} / {format_number(info.steps, 0)}" if info.steps else "–"
        state_and_tags = "  ".join((state_text(info.state), *(f"#{tag}" for tag in info.notes.tags)))
        for text in (steps, state_and_tags):
            row.translate(0, 16)
            paint.text(painter, row, text, tokens.text_3)


def about(info: RunInfo) -> str:
    """All words by which a run is found."""
    words = (
        info.path.name,
        info.name,
        info.system,
        state_text(info.state),
        info.notes.text,
        *info.notes.tags,
    )
    return " ".join(words).casefold()


def state_colour(state: RunState | None, tokens: Tokens) -> QColor:
    """The dot of a run; its word stands beside it."""
    if state in (RunState.RUNNING, RunState.PREPARING):
        return tokens.ok
    if state is RunState.PAUSED:
        return tokens.warning
    return tokens.error if state in (RunState.FAILED, RunState.CRASHED) else tokens.text_3


def state_text(state: RunState | None) -> str:
    """What a run does, for people."""
    from PySide6.QtCore import QCoreApplication

    words = {
        RunState.PREPARING: QCoreApplication.translate("Train", "Preparing"),
        RunState.RUNNING: QCoreApplication.translate("Train", "Running"),
        RunState.PAUSED: QCoreApplication.translate("Train", "Paused"),
        RunState.FINISHED: QCoreApplication.translate("Train", "Done"),
        RunState.STOPPED: QCoreApplication.translate("Train", "Stopped"),
        RunState.FAILED: QCoreApplication.translate("Train", "Failed"),
        RunState.CRASHED: QCoreApplication.translate("Train", "Interrupted"),
    }
    return words[state] if state is not None else QCoreApplication.translate("Train", "Not started")
