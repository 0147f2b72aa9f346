"""A long catalogue of directions: name, share of the variance, and a button to take one into use."""

from __future__ import annotations

from collections.abc import Sequence
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
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint

_ITEM = Qt.ItemDataRole.UserRole
_BUTTON = 24
_SHARE = 46
_BAR = 72
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ListedDirection:
    """One line of the catalogue."""

    key: str
    name: str
    explained: float | None = None
    """Share of the variance, 0 ... 1, where it is known."""
    in_use: bool = False


class DirectionList(QListView):
    """`add_requested` and `remove_requested` come from the button at the end of a line, or from Enter."""

    add_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = _Lines(self)
        self._all: list[ListedDirection] = []
        self._words = ""
        self.setModel(self._lines)
        self.setItemDelegate(_Delegate(self._lines, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Directions"))

    def set_directions(self, directions: Sequence[ListedDirection]) -> None:
        self._all = list(directions)
        self._show_found()

    def set_filter(self, words: str) -> None:
        """Show only what has all these words in its name."""
        self._words = words
        self._show_found()

    def shown(self) -> list[ListedDirection]:
        return list(self._lines.lines)

    def _show_found(self) -> None:
        words = self._words.casefold().split()
        here = self.currentIndex().data(_ITEM) if self.currentIndex().isValid() else None
        found = [line for line in self._all if all(word in line.name.casefold() for word in words)]
        self._lines.replace(found)
        keys = [line.key for line in found]
        if here is not None and here.key in keys:
            self.setCurrentIndex(self._lines.index(keys.index(here.key)))

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, min(max(self._lines.rowCount(), 1), 10) * Size.ROW)

    def toggle(self, line: ListedDirection) -> None:
        """Ask for a direction, or for an end of its use."""
        (self.remove_requested if line.in_use else self.add_requested).emit(line.key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and button_rect(self.visualRect(index)).contains(event.position().toPoint()):
            self.toggle(index.data(_ITEM))
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not button_rect(self.visualRect(index)).contains(event.position().toPoint()):
            self.toggle(index.data(_ITEM))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self.toggle(index.data(_ITEM))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if mine:
                event.accept()
                return True
        return super().event(event)


def button_rect(line: QRect) -> QRect:
    """Where a line's button lies."""
    return QRect(line.right() - _BUTTON - 6, line.top() + 1, _BUTTON, line.height() - 2)


class _Lines(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[ListedDirection] = []
        self.most = 0.0
        """The largest explained share, which fills the bar."""

    def replace(self, lines: list[ListedDirection]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.most = max((line.explained or 0.0 for line in lines), default=0.0)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == _ITEM:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.name
        if role == Qt.ItemDataRole.ToolTipRole:
            if line.explained is None:
                return line.name
            share = format_number(line.explained * 100, 1, suffix=" %")
            return self.tr("{0}: {1} of the variance").format(line.name, share)
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, lines: _Lines, parent: QObject) -> None:
        super().__init__(parent)
        self._lines = lines

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(120, Size.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens = current_tokens()
        line: ListedDirection = index.data(_ITEM)
        area: QRect = option.rect
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(area, tokens.accent_wash)
        elif hovered:
            painter.fillRect(area, tokens.raised)
        button = button_rect(area)
        right = float(button.left() - 6)
        painter.setFont(font(TextRole.HINT))
        if line.explained is not None:
            share = QRectF(right - _SHARE, area.top(), _SHARE, area.height())
            text = format_number(line.explained * 100, 1, suffix=" %")
            bright = hovered or selected
            paint.text(
                painter, share, text, tokens.text_2 if bright else tokens.text_3, Qt.AlignmentFlag.AlignRight
            )
            bar = QRectF(share.left() - _BAR - 6, area.center().y() - 1, _BAR, 4)
            paint.rounded(painter, bar, 2, tokens.groove)
            length = bar.width() * line.explained / self._lines.most if self._lines.most else 0.0
            paint.rounded(painter, QRectF(bar.left(), bar.top(), length, bar.height()), 2, tokens.fill)
            right = bar.left() - 8
        painter.setFont(font(TextRole.BODY))
        name = QRectF(
            area.left() + Size.PADDING, area.top(), right - area.left() - Size.PADDING, area.height()
        )
        paint.text(painter, name, line.name, tokens.text if hovered or selected else tokens.text_2)
        colour = tokens.accent_text if line.in_use else tokens.text if hovered else tokens.text_3
        paint_icon(painter, button, "check" if line.in_use else "plus", colour, 14)
