"""Runs that wait for their turn: in their order, which a hand changes by dragging."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.runs.queue import Waiting

_KEY = Qt.ItemDataRole.UserRole
_ROW = 24
_MOST_ROWS = 6


class QueueList(QWidget):
    """Hidden where nothing waits. Dragging, or Alt with the arrow keys, moves; Delete takes out."""

    moved = Signal(str, int)
    """Key of what waits, and its new place from 0."""
    removed = Signal(str)
    held = Signal(bool)
    """Start nothing that waits, or start again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: tuple[Waiting, ...] = ()
        self._title = QLabel()
        self._title.setFont(font(TextRole.TITLE))
        self.hold = IconButton("pause", self.tr("Hold the queue: start nothing more"), checked_icon="play")
        self.hold.setCheckable(True)
        self.hold.clicked.connect(self.held)
        self.remove = IconButton("close", self.tr("Take the chosen one out of the queue"))
        self.remove.clicked.connect(self._on_remove)
        self.view = QListWidget()
        self.view.setProperty("plain", "true")
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.view.setAccessibleName(self.tr("Runs that wait"))
        self.view.model().rowsMoved.connect(self._on_moved)
        for keys, act in (
            ("Alt+Up", lambda: self._shift(-1)),
            ("Alt+Down", lambda: self._shift(1)),
            (QKeySequence.StandardKey.Delete, self._on_remove),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 4, 6, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self.hold)
        head.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.view)
        self.show_waiting((), held=False)

    @property
    def names(self) -> list[str]:
        """What is listed, in order."""
        return [self.view.item(row).text() for row in range(self.view.count())]

    def show_waiting(self, waiting: Sequence[Waiting], *, held: bool) -> None:
        """Show what waits; the chosen one stays chosen."""
        self.setVisible(bool(waiting))
        self.hold.setChecked(held)
        self._title.setText(self.tr("Held, {0} waiting") if held else self.tr("{0} waiting"))
        self._title.setText(self._title.text().format(len(waiting)))
        if tuple(waiting) == self._waiting:
            return
        self._waiting = tuple(waiting)
        chosen = self.view.currentItem()
        key = chosen.data(_KEY) if chosen is not None else None
        self.view.clear()
        for one in waiting:
            item = QListWidgetItem(one.order.folder.name)
            item.setData(_KEY, one.key)
            item.setToolTip(" ".join(one.order.arguments))
            self.view.addItem(item)
            if one.key == key:
                self.view.setCurrentItem(item)
        self.view.setFixedHeight(_ROW * min(len(waiting), _MOST_ROWS) + 6)

    def _shift(self, by: int) -> None:
        row = self.view.currentRow()
        if row >= 0 and 0 <= row + by < self.view.count():
            self.moved.emit(self.view.item(row).data(_KEY), row + by)

    def _on_moved(self, parent: QModelIndex, start: int, end: int, target: QModelIndex, row: int) -> None:
        place = row if row < start else row - 1
        self.moved.emit(self.view.item(place).data(_KEY), place)

    def _on_remove(self) -> None:
        item = self.view.currentItem() or (self.view.item(0) if self.view.count() == 1 else None)
        if item is not None:
            self.removed.emit(item.data(_KEY))
