"""A long catalogue of directions: name, share of the variance, what it does to this picture, a button to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent
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
_STAR = 20
_SHARE = 46
_BAR = 56
_STRIP = 30
_STRIP_GAP = 6
_MOST_HEIGHT = 6 * (Size.ROW + _STRIP + _STRIP_GAP)
_SETTLE_MS = 40
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ListedDirection:
    """One line of the catalogue."""

    key: str
    """Empty for a heading."""
    name: str
    explained: float | None = None
    """Share of the variance, 0 ... 1, where it is known."""
    in_use: bool = False
    starred: bool = False
    detail: str = ""
    """How it was found, for the tooltip."""


class DirectionList(QListView):
    """`add_requested` and `remove_requested` come from the button at the end of a line, or from Enter."""

    add_requested = Signal(str)
    remove_requested = Signal(str)
    star_toggled = Signal(str)
    rename_requested = Signal(str, QPoint)
    menu_requested = Signal(str, QPoint)
    sight_changed = Signal()
    """Other lines are in sight (`keys_in_sight`): they want their pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = _Lines(self)
        self._all: list[ListedDirection] = []
        self._words = ""
        self.setModel(self._lines)
        self.setItemDelegate(_Delegate(self._lines, self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.setAccessibleName(self.tr("Directions"))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.sight_changed)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._look_again())

    def set_directions(self, directions: Sequence[ListedDirection]) -> None:
        """All lines in order; a heading stays only as long as a line below it is found."""
        if list(directions) != self._all:
            self._all = list(directions)
            self._show_found()

    def set_filter(self, words: str) -> None:
        """Show only what has all these words in its name."""
        self._words = words
        self._show_found()

    def set_pictures(self, pictures: Mapping[str, Sequence[QPixmap]]) -> None:
        """Filmstrips of some lines."""
        self._lines.pictures.update({key: list(strip) for key, strip in pictures.items()})
        self.viewport().update()

    def shown(self) -> list[ListedDirection]:
        """The lines that the search found, without headings."""
        return [line for line in self._lines.lines if line.key]

    def keys_in_sight(self) -> list[str]:
        """The directions that are at least partly in sight."""
        area = self.viewport().rect()
        first, last = self.indexAt(area.topLeft()), self.indexAt(area.bottomLeft())
        start = first.row() if first.isValid() else 0
        end = last.row() + 1 if last.isValid() else len(self._lines.lines)
        return [line.key for line in self._lines.lines[start:end] if line.key]

    def _show_found(self) -> None:
        words = self._words.casefold().split()
        here = self.currentIndex().data(_ITEM) if self.currentIndex().isValid() else None
        found: list[ListedDirection] = []
        for line in self._all:
            if not line.key:
                if found and not found[-1].key:
                    found.pop()
                found.append(line)
            elif all(word in line.name.casefold() for word in words):
                found.append(line)
        if found and not found[-1].key:
            found.pop()
        top = self.verticalScrollBar().value()
        self._lines.replace(found)
        keys = [line.key for line in found]
        if here is not None and here.key in keys:
            self.setCurrentIndex(self._lines.index(keys.index(here.key)))
        self.verticalScrollBar().setValue(top)
        self.updateGeometry()
        self._look_again()

    def _look_again(self) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def sizeHint(self) -> QSize:
        wanted = sum(_height(line) for line in self._lines.lines[:40])
        return QSize(Size.INSPECTOR, min(max(wanted, Size.ROW), _MOST_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), _MOST_HEIGHT))

    def toggle(self, line: ListedDirection) -> None:
        """Ask for a direction, or for an end of its use."""
        (self.remove_requested if line.in_use else self.add_requested).emit(line.key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        line = index.data(_ITEM) if index.isValid() else None
        if line is not None and line.key and event.button() == Qt.MouseButton.LeftButton:
            if button_rect(self.visualRect(index)).contains(event.position().toPoint()):
                self.toggle(line)
            elif star_rect(self.visualRect(index)).contains(event.position().toPoint()):
                self.star_toggled.emit(line.key)
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        spot = event.position().toPoint()
        if not index.isValid() or not index.data(_ITEM).key:
            return
        box = self.visualRect(index)
        if not button_rect(box).contains(spot) and not star_rect(box).contains(spot):
            self.toggle(index.data(_ITEM))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        line = index.data(_ITEM) if index.isValid() else None
        if line is None or not line.key:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle(line)
        elif event.key() == Qt.Key.Key_F2:
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.rename_requested.emit(line.key, corner)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_F2)
            if mine:
                event.accept()
                return True
        return super().event(event)

    def _on_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid() and index.data(_ITEM).key:
            self.setCurrentIndex(index)
            self.menu_requested.emit(index.data(_ITEM).key, self.viewport().mapToGlobal(position))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_again()


def button_rect(line: QRect) -> QRect:
    """Where a line's button lies."""
    return QRect(line.right() - _BUTTON - 6, line.top() + 1, _BUTTON, Size.ROW - 2)


def star_rect(line: QRect) -> QRect:
    """Where a line's star lies."""
    return QRect(line.left() + Size.PADDING - 4, line.top() + 3, _STAR, Size.ROW - 6)


def _height(line: ListedDirection) -> int:
    return Size.ROW + _STRIP + _STRIP_GAP if line.key else Size.ROW


class _Lines(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[ListedDirection] = []
        self.most = 0.0
        """The largest explained share, which fills the bar."""
        self.pictures: dict[str, list[QPixmap]] = {}

    def replace(self, lines: list[ListedDirection]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.most = max((line.explained or 0.0 for line in lines), default=0.0)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        heading = index.isValid() and not self.lines[index.row()].key
        return Qt.ItemFlag.ItemIsEnabled if heading else super().flags(index)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == _ITEM:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.name
        if role == Qt.ItemDataRole.ToolTipRole:
            said = [line.name, line.detail] if line.detail else [line.name]
            if line.explained is not None:
                share = format_number(line.explained * 100, 1, suffix=" %")
                said[0] = self.tr("{0}: {1} of the variance").format(line.name, share)
            return "\n".join(said)
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, lines: _Lines, parent: QObject) -> None:
        super().__init__(parent)
        self._lines = lines

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(120, _height(index.data(_ITEM)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens = current_tokens()
        line: ListedDirection = index.data(_ITEM)
        area: QRect = option.rect
        if not line.key:
            painter.setFont(font(TextRole.HINT))
            box = QRectF(area).adjusted(Size.PADDING, 4, -Size.PADDING, 0)
            paint.text(painter, box, line.name, tokens.text_3)
            return
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(area, tokens.accent_wash)
        elif hovered:
            painter.fillRect(area, tokens.raised)
        bright = hovered or selected
        self._paint_head(painter, QRect(area.left(), area.top(), area.width(), Size.ROW), line, bright=bright)
        top = area.top() + Size.ROW
        self._paint_strip(
            painter, QRectF(area.left() + Size.PADDING, top, area.width() - 2 * Size.PADDING, _STRIP), line
        )

    def _paint_head(self, painter: QPainter, area: QRect, line: ListedDirection, *, bright: bool) -> None:
        tokens = current_tokens()
        button = button_rect(area)
        right = float(button.left() - 6)
        painter.setFont(font(TextRole.HINT))
        if line.explained is not None:
            share = QRectF(right - _SHARE, area.top(), _SHARE, area.height())
            text = format_number(line.explained * 100, 1, suffix=" %")
            colour = tokens.text_2 if bright else tokens.text_3
            paint.text(painter, share, text, colour, Qt.AlignmentFlag.AlignRight)
            bar = QRectF(share.left() - _BAR - 6, area.center().y() - 1, _BAR, 4)
            paint.rounded(painter, bar, 2, tokens.groove)
            length = bar.width() * line.explained / self._lines.most if self._lines.most else 0.0
            paint.rounded(painter, QRectF(bar.left(), bar.top(), length, bar.height()), 2, tokens.fill)
            right = bar.left() - 8
        left = float(area.left() + Size.PADDING)
        if line.starred or bright:
            colour = tokens.accent_text if line.starred else tokens.text_3
            paint_icon(painter, star_rect(area), "star-on" if line.starred else "star", colour, 13)
        left += _STAR
        painter.setFont(font(TextRole.BODY))
        name = QRectF(left, area.top(), right - left, area.height())
        paint.text(painter, name, line.name, tokens.text if bright else tokens.text_2)
        colour = tokens.accent_text if line.in_use else tokens.text if bright else tokens.text_3
        paint_icon(painter, button, "check" if line.in_use else "plus", colour, 14)

    def _paint_strip(self, painter: QPainter, strip: QRectF, line: ListedDirection) -> None:
        """Five pictures side by side, or where they will be."""
        tokens = current_tokens()
        pictures = self._lines.pictures.get(line.key, [])
        count = len(pictures) or 5
        for place in range(count):
            left = strip.left() + round(place * strip.width() / count)
            end = strip.left() + round((place + 1) * strip.width() / count) - (1 if place < count - 1 else 0)
            cell = QRectF(left, strip.top(), end - left, strip.height())
            if pictures:
                paint.cover(painter, cell, pictures[place])
            else:
                painter.fillRect(cell, tokens.control)
