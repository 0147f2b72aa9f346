"""Everything that can be done, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import fuzzy, paint
from .chip import paint_key
from .search_field import SearchField

_ITEM = Qt.ItemDataRole.UserRole
_WIDTH = 520
_LINE = 30
_MOST_LINES = 10
_TOP = 60
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do by name."""

    text: str
    run: Callable[[], None]
    shortcut: str = ""
    icon: str = ""
    group: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    command: Command
    places: tuple[int, ...]


def rank(commands: Sequence[Command], query: str) -> list[Command]:
    """The commands that fit, best first; all of them in their order for an empty query."""
    return [found.command for found in _found(commands, query)]


def _found(commands: Sequence[Command], query: str) -> list[_Found]:
    if not query.strip():
        return [_Found(command, ()) for command in commands]
    scored = []
    for order, command in enumerate(commands):
        direct = fuzzy.match(query, command.text)
        if direct is not None:
            scored.append((-direct[0], order, _Found(command, direct[1])))
        elif (with_group := fuzzy.match(query, f"{command.group} {command.text}")) is not None:
            scored.append((-with_group[0] / 2, order, _Found(command, ())))
    return [found for _, _, found in sorted(scored, key=lambda entry: entry[:2])]


class CommandPalette(QFrame):
    """Lies over its parent until something is chosen, Esc is pressed or the focus goes elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("pane", "overlay")
        self.setAccessibleName(self.tr("Command palette"))
        self._commands: list[Command] = []
        self._typed: Callable[[str], list[Command]] = lambda text: []
        self._search = SearchField(self.tr("Type what you want to do"), self)
        self._search.setFixedHeight(_LINE)
        self._search.textChanged.connect(self._on_text_changed)
        self._search.installEventFilter(self)
        self._lines = _Lines(self)
        self._list = QListView(self)
        self._list.setModel(self._lines)
        self._list.setItemDelegate(_Delegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Commands found"))
        self._list.clicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        self.hide()

    def set_commands(self, commands: Sequence[Command]) -> None:
        self._commands = list(commands)
        if self.isVisible():
            self._on_text_changed(self._search.text())

    def set_typed(self, typed: Callable[[str], list[Command]]) -> None:
        """What a text itself means, such as a number: these stand before what merely fits it."""
        self._typed = typed

    def open_palette(self, text: str = "") -> None:
        self._search.setText(text)
        self._on_text_changed(text)
        self.show()
        self.raise_()
        self._search.setFocus()

    def close_palette(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def found(self) -> list[Command]:
        return [line.command for line in self._lines.lines]

    def _on_text_changed(self, text: str) -> None:
        meant = [_Found(command, ()) for command in self._typed(text)]
        self._lines.replace([*meant, *_found(self._commands, text)])
        if self._lines.lines:
            self._list.setCurrentIndex(self._lines.index(0))
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        count = min(max(len(self._lines.lines), 1), _MOST_LINES)
        self._list.setFixedHeight(count * _LINE)
        width = min(_WIDTH, parent.width() - 40)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((parent.width() - width) // 2, min(_TOP, parent.height() // 8))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        command: Command = index.data(_ITEM).command
        if command.enabled:
            self.close_palette()
            command.run()

    def _on_clicked(self, index: QModelIndex) -> None:
        self._run(index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                count = max(len(self._lines.lines), 1)
                row = (self._list.currentIndex().row() + step) % count
                self._list.setCurrentIndex(self._lines.index(row))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentIndex())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
        return super().eventFilter(watched, event)


class _Lines(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[_Found] = []

    def replace(self, lines: list[_Found]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == _ITEM:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return line.command.text
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(100, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens = current_tokens()
        found: _Found = index.data(_ITEM)
        command = found.command
        area: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            paint.rounded(painter, QRectF(area), 4, tokens.accent_wash)
        elif state & QStyle.StateFlag.State_MouseOver:
            paint.rounded(painter, QRectF(area), 4, tokens.raised)
        plain = tokens.text if selected else tokens.text_2
        colour = plain if command.enabled else tokens.text_off
        if command.icon:
            paint_icon(
                painter, QRectF(area.left() + 6, area.top(), 20, area.height()), command.icon, colour, 16
            )
        right = float(area.right() - 8)
        if command.shortcut:
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            right = paint_key(painter, right, area.center().y() + 1, keys.replace("+", " "), tokens) - 8
        painter.setFont(option.font)
        metrics = painter.fontMetrics()
        x = float(area.left() + 34)
        for place, letter in enumerate(command.text):
            width = metrics.horizontalAdvance(letter)
            if x + width > right:
                break
            marked = tokens.accent_text if place in found.places and command.enabled else colour
            paint.text(painter, QRectF(x, area.top(), width + 1, area.height()), letter, marked)
            x += width
        if command.group and x + 40 < right:
            group = QRectF(x + 12, area.top(), right - x - 12, area.height())
            muted = tokens.text_2 if selected else tokens.text_3
            paint.text(painter, group, command.group, muted, Qt.AlignmentFlag.AlignRight)
