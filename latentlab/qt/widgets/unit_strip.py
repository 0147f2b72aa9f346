"""Layers in a row: which come from the side and which from the top, with two handles between three groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint

_CELL = 30.0
_CAPTION = 16
_MARGIN = 3.0
_GAP = 1.0
_HANDLE = 6.0
_GRIP = 6.0


@dataclass(frozen=True, slots=True)
class StripUnit:
    """One layer, or one part of a code."""

    weight: float
    """Of what it takes: 0 keeps the side's own."""
    caption: str = ""
    source: str = ""
    """Name of the picture it takes from; "" is the top one."""


class UnitStrip(QWidget):
    """Drag a handle to move a border, click a layer to flip its source, drag up and down in it for in between."""

    flipped = Signal(int)
    weight_changing = Signal(int, float)
    weight_changed = Signal(int, float)
    borders_changing = Signal(int, int)
    """First unit of the middle and of the fine group."""
    borders_changed = Signal(int, int)
    menu_requested = Signal(int, QPoint)
    looked_at = Signal(object)
    """Unit under the pointer, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units: list[StripUnit] = []
        self._borders = (0, 0)
        self._hovered: int | None = None
        self._handle: int | None = None
        self._pressed: tuple[int, QPointF] | None = None
        self._moved = False
        self._focused = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(round(_CELL + _CAPTION + 2 * _MARGIN))
        self.setAccessibleName(self.tr("Layers"))

    def sizeHint(self) -> QSize:
        return QSize(600, self.height())

    def set_units(self, units: Sequence[StripUnit], borders: tuple[int, int]) -> None:
        """Show what every layer takes; emits nothing."""
        self._units, self._borders = list(units), borders
        self._focused = min(self._focused, max(len(units) - 1, 0))
        self.update()

    def unit_rect(self, index: int) -> QRectF:
        """Where a layer lies."""
        pitch = (self.width() - 2 * _MARGIN) / max(len(self._units), 1)
        return QRectF(_MARGIN + index * pitch + _GAP / 2, _MARGIN, pitch - _GAP, _CELL)

    def handle_x(self, which: int) -> float:
        """Where a handle stands: 0 before the middle group, 1 before the fine one."""
        pitch = (self.width() - 2 * _MARGIN) / max(len(self._units), 1)
        return _MARGIN + self._borders[which] * pitch

    def _captioned(self) -> list[tuple[int, int]]:
        """First and last layer below which one caption stands."""
        starts = [index for index, unit in enumerate(self._units) if unit.caption]
        return [(start, end - 1) for start, end in pairwise([*starts, len(self._units)])]

    def _handle_at(self, position: QPointF) -> int | None:
        if not self._units or not _MARGIN - 4 <= position.y() <= _MARGIN + _CELL + 4:
            return None
        near = [which for which in (0, 1) if abs(position.x() - self.handle_x(which)) <= _GRIP]
        if len(near) == 2 and self._borders[0] == self._borders[1]:  # they lie together: the free way decides
            return 1 if position.x() >= self.handle_x(1) else 0
        return near[0] if near else None

    def _unit_at(self, position: QPointF) -> int | None:
        for index in range(len(self._units)):
            rect = self.unit_rect(index)
            if (
                rect.left() <= position.x() <= rect.right() + _GAP
                and rect.top() <= position.y() <= rect.bottom()
            ):
                return index
        return None

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._moved = False
        self._handle = self._handle_at(event.position())
        unit = self._unit_at(event.position())
        if self._handle is None and unit is not None:
            self._pressed = (unit, event.position())
            self._focused = unit

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._handle is not None:
            self._drag_handle(event.position().x())
        elif self._pressed is not None:
            self._drag_unit(event.position())
        else:
            on_handle = self._handle_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SplitHCursor if on_handle else Qt.CursorShape.ArrowCursor)
            self._look_at(None if on_handle else self._unit_at(event.position()))

    def _drag_handle(self, x: float) -> None:
        assert self._handle is not None
        pitch = (self.width() - 2 * _MARGIN) / max(len(self._units), 1)
        place = min(max(round((x - _MARGIN) / pitch), 0), len(self._units))
        middle, fine = self._borders
        after = (min(place, fine), fine) if self._handle == 0 else (middle, max(place, middle))
        if after != self._borders:
            self._borders = after
            self._moved = True
            self.borders_changing.emit(*after)
            self.update()

    def _drag_unit(self, position: QPointF) -> None:
        assert self._pressed is not None
        unit, start = self._pressed
        if not self._moved and abs(position.y() - start.y()) < 4:
            return
        self._moved = True
        rect = self.unit_rect(unit)
        weight = min(max((rect.bottom() - position.y()) / rect.height(), 0.0), 1.0)
        self.weight_changing.emit(unit, round(weight, 2))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._handle is not None and self._moved:
            self.borders_changed.emit(*self._borders)
        elif self._pressed is not None and self._moved:
            unit = self._pressed[0]
            self.weight_changed.emit(unit, self._units[unit].weight)
        elif self._pressed is not None:
            self.flipped.emit(self._pressed[0])
        self._handle, self._pressed = None, None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        unit = self._unit_at(QPointF(event.pos()))
        if unit is not None:
            self.menu_requested.emit(unit, event.globalPos())

    def _look_at(self, unit: int | None) -> None:
        if unit != self._hovered:
            self._hovered = unit
            self.looked_at.emit(unit)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        nudge = {Qt.Key.Key_Up: 0.1, Qt.Key.Key_Down: -0.1}.get(Qt.Key(event.key()))
        if not self._units:
            super().keyPressEvent(event)
        elif step is not None:
            self._focused = min(max(self._focused + step, 0), len(self._units) - 1)
            self.update()
        elif nudge is not None:
            weight = min(max(self._units[self._focused].weight + nudge, 0.0), 1.0)
            self.weight_changed.emit(self._focused, round(weight, 2))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.flipped.emit(self._focused)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._look_at(None)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space)
            if event.key() in arrows and not event.modifiers():
                event.accept()
                return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, position: QPointF) -> str:
        if self._handle_at(position) is not None:
            return self.tr("Drag: where coarse, middle and fine meet")
        unit = self._unit_at(position)
        if unit is None:
            return ""
        shown = self._units[unit]
        source = shown.source or self.tr("the top picture")
        return self.tr(
            "Layer {0}: {1:.0%} from {2}. Click flips it, dragging up and down sets how much, a right click "
            "chooses another picture"
        ).format(unit, shown.weight, source)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.BODY))
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        for index, unit in enumerate(self._units):
            self._paint_unit(painter, index, unit)
        painter.setFont(font(TextRole.CAPTION))
        for first, last in self._captioned():
            area = QRectF(self.unit_rect(first).topLeft(), self.unit_rect(last).bottomRight())
            area = QRectF(area.left(), area.bottom() + 1, area.width(), _CAPTION)
            text = self._units[first].caption
            paint.text(painter, area, text, tokens.text_3, Qt.AlignmentFlag.AlignHCenter)
        for which in (0, 1):
            x = self.handle_x(which)
            box = QRectF(x - _HANDLE / 2, _MARGIN - 2, _HANDLE, _CELL + 4)
            paint.rounded(painter, box, 2, tokens.handle)
            painter.fillRect(QRectF(x - 1.5, box.center().y() - 5, 1, 10), tokens.text_off)
            painter.fillRect(QRectF(x + 0.5, box.center().y() - 5, 1, 10), tokens.text_off)

    def _paint_unit(self, painter: QPainter, index: int, unit: StripUnit) -> None:
        tokens = current_tokens()
        rect = self.unit_rect(index)
        kept = QColor(tokens.line_strong)
        taken = _mixed(tokens.accent, tokens.window, 0.58)
        if unit.source:
            taken = _mixed(tokens.series[6], tokens.window, 0.6)
        paint.rounded(painter, rect, 2, kept)
        if unit.weight > 0:
            filled = QRectF(rect)
            filled.setTop(rect.bottom() - rect.height() * unit.weight)
            paint.rounded(painter, filled, 2, taken)
        if index == self._hovered:
            paint.rounded(painter, rect, 2, None, tokens.text_3)
        if self.hasFocus() and index == self._focused:
            paint.focus_ring(painter, rect.adjusted(1, 1, -1, -1), 2, tokens)
        bright = tokens.text
        text = str(index) if unit.weight in (0.0, 1.0) else f"{unit.weight:.0%}"
        if rect.width() > painter.fontMetrics().horizontalAdvance(text):
            paint.text(painter, rect, text, bright, Qt.AlignmentFlag.AlignHCenter)


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of the first colour over the second."""
    return QColor(
        round(one.red() * share + other.red() * (1 - share)),
        round(one.green() * share + other.green() * (1 - share)),
        round(one.blue() * share + other.blue() * (1 - share)),
    )
