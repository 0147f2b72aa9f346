"""A film strip that is a slider: one picture for each act, and a needle on the one that is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import paint

_SIDE = 48
_GAP = 4
_FOOT = 16
_TOP = 3


@dataclass(frozen=True, slots=True)
class StripItem:
    """One act."""

    label: str
    picture: QImage | None = None
    problem: str = ""
    """Why it has no picture."""


class TheatreStrip(QWidget):
    """Press or drag to see an act; arrows, Home and End do the same. Shift and a press compare with an act.

    Acts that have no room of their own are shared out evenly over the width, so that the strip never scrolls.
    """

    chosen = Signal(int)
    reference_chosen = Signal(int)
    menu_requested = Signal(int, QPoint)  # number of the act, where on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[StripItem, ...] = ()
        self._index = -1
        self._reference = -1
        self.setFixedHeight(_SIDE + _FOOT + _TOP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Acts: arrows go through them"))

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.height())

    def show_items(self, items: Sequence[StripItem], index: int, reference: int) -> None:
        """Show these; -1 for a reference that is not among them."""
        self._items, self._index, self._reference = tuple(items), index, reference
        if 0 <= index < len(self._items):
            self.setAccessibleDescription(self._items[index].label)
        self.update()

    def place_of(self, number: int) -> QRectF:
        """Where an act's picture lies."""
        return QRectF(self._left(number), _TOP, _SIDE, _SIDE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        number = self._nearest(event.position().x())
        if number >= 0 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.reference_chosen.emit(number)
        else:
            self._choose(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.buttons() & Qt.MouseButton.LeftButton and plain:
            self._choose(self._nearest(event.position().x()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        number = self._index if keyboard else self._nearest(event.pos().x())
        at = self.mapToGlobal(self.place_of(number).center().toPoint()) if keyboard else event.globalPos()
        if number >= 0:
            self.menu_requested.emit(number, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._items) - 1
        places = {
            Qt.Key.Key_Left: self._index - 1,
            Qt.Key.Key_Right: self._index + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
        else:
            self._choose(min(max(place, 0), last))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._nearest(event.pos().x())
            if number >= 0:
                item = self._items[number]
                hint = item.problem or self.tr("Shift and a click compare with this one")
                QToolTip.showText(event.globalPos(), f"{item.label}\n{hint}", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        order = [number for number in range(len(self._items)) if number != self._index]
        for number in [*order, *([self._index] if 0 <= self._index < len(self._items) else [])]:
            self._paint_item(painter, number)
        painter.setFont(font(TextRole.CAPTION))
        self._paint_labels(painter)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, tokens)

    def _paint_item(self, painter: QPainter, number: int) -> None:
        tokens = current_tokens()
        item, place = self._items[number], self.place_of(number)
        painter.fillRect(place.adjusted(-1, -1, 1, 1), tokens.window)
        if item.picture is not None and not item.picture.isNull():
            painter.drawImage(place, item.picture, QRectF(item.picture.rect()))
        else:
            painter.fillRect(place, tokens.raised)
            if item.problem:
                paint_icon(painter, place, "warning", tokens.warning, 16)
        if number == self._reference:
            badge = QRectF(place.left() + 3, place.top() + 3, 16, 16)
            paint.rounded(painter, badge, 3, tokens.raised, tokens.line_strong)
            paint_icon(painter, badge, "compare", tokens.accent_text, 12)
        if number == self._index:
            paint.rounded(painter, place.adjusted(-2, -2, 2, 2), 3, None, tokens.accent)

    def _paint_labels(self, painter: QPainter) -> None:
        """The chosen one first, then as many as have room."""
        tokens = current_tokens()
        taken: list[QRectF] = []
        count = len(self._items)
        order = [self._index, 0, count - 1, *range(count)]
        for number in dict.fromkeys(number for number in order if 0 <= number < count):
            label = self._items[number].label
            width = painter.fontMetrics().horizontalAdvance(label) + 6.0
            left = min(max(self.place_of(number).center().x() - width / 2, 0.0), self.width() - width)
            box = QRectF(left, _TOP + _SIDE + 2, width, 13)
            if not any(box.intersects(other) for other in taken):
                taken.append(box.adjusted(-6, 0, 6, 0))
                colour = tokens.text if number == self._index else tokens.text_3
                paint.text(painter, box, label, colour, Qt.AlignmentFlag.AlignHCenter)

    def _left(self, number: int) -> float:
        count = max(len(self._items), 1)
        apart = min(float(_SIDE + _GAP), (self.width() - _SIDE - 4) / max(count - 1, 1))
        return 2 + number * apart

    def _nearest(self, x: float) -> int:
        numbers = range(len(self._items))
        return min(numbers, key=lambda number: abs(self._left(number) + _SIDE / 2 - x), default=-1)

    def _choose(self, number: int) -> None:
        if number != self._index and 0 <= number < len(self._items):
            self.chosen.emit(number)
