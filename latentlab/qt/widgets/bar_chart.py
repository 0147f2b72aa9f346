"""Bars beside each other, each with a mark and an interval; one can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import own_keys, paint
from .ticks import tick_text, ticks

_LEFT = 40.0
_FOOT = 16.0
_TOP = 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    """Another value to compare with, drawn as a line across the bar."""
    quiet: bool = False
    """It does not count: drawn grey."""
    alarming: bool = False
    """It is what one should see first: drawn in the colour of warnings."""
    tooltip: str = ""


class BarChart(QWidget):
    """Click or Left and Right choose a bar."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._line: tuple[float, str] | None = None
        self._most = 1.0
        self._current = -1
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 100)

    def sizeHint(self) -> QSize:
        return QSize(420, 180)

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self._bars

    def set_bars(self, bars: Sequence[Bar], line: tuple[float, str] | None = None) -> None:
        """Show these; `line` is a level across all, with its name."""
        self._bars, self._line = tuple(bars), line
        tops = [value for bar in bars for value in (bar.value, bar.high, bar.mark) if value is not None]
        self._most = max([*tops, line[0] if line else 0.0, 1e-9]) * 1.05
        self._current = min(self._current, len(self._bars) - 1)
        self.update()

    def current(self) -> int:
        """The chosen bar; -1 for none."""
        return self._current

    def set_current(self, number: int) -> None:
        """Show a bar chosen; emits nothing."""
        self._current = number
        self.update()

    def box(self, number: int) -> QRectF:
        """The whole column of a bar."""
        width = (self.width() - _LEFT - 4) / max(len(self._bars), 1)
        return QRectF(_LEFT + number * width, _TOP, width, self.height() - _TOP - _FOOT)

    def _at(self, position: QPointF) -> int:
        return next((n for n in range(len(self._bars)) if self.box(n).contains(position)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            super().keyPressEvent(event)
        else:
            self._choose(min(max(self._current + step, 0), len(self._bars) - 1))

    def _choose(self, number: int) -> None:
        if number >= 0 and number != self._current:
            self._current = number
            self.chosen.emit(number)
            self.update()

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, own_keys.ALONG):
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._bars[number].tooltip if number >= 0 else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._bars:
            return
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.CAPTION))
        base, height = self.height() - _FOOT, self.height() - _TOP - _FOOT
        marks, spacing = ticks(0.0, self._most, max(int(height // 34), 2))
        for value in marks:
            tick = round(base - value / self._most * height)
            painter.fillRect(QRectF(_LEFT, tick, self.width() - _LEFT, 1), tokens.line)
            area = QRectF(0, tick - 7, _LEFT - 6, 14)
            paint.text(painter, area, tick_text(value, spacing), tokens.text_3, Qt.AlignmentFlag.AlignRight)
        for number, bar in enumerate(self._bars):
            self._paint_bar(painter, number, bar)
        if self._line is not None:
            level, name = self._line
            y = base - level / self._most * height
            painter.setPen(QPen(tokens.ok, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(_LEFT, y), QPointF(self.width(), y))
            box = QRectF(_LEFT, y - 14, self.width() - _LEFT - 4, 13)
            paint.text(painter, box, name, tokens.ok, Qt.AlignmentFlag.AlignRight)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 2, tokens)

    def _paint_bar(self, painter: QPainter, number: int, bar: Bar) -> None:
        tokens = current_tokens()
        column = self.box(number)
        base, height = column.bottom(), column.height()
        gap = min(column.width() * 0.2, 8.0)
        left, width = column.left() + gap / 2, max(column.width() - gap, 1.0)
        colour = QColor(tokens.warning if bar.alarming else tokens.fill if bar.quiet else tokens.series[0])
        if number == self._current:
            painter.fillRect(column.adjusted(0, -4, 0, 0), tokens.raised)
        elif number == self._hovered:
            colour = colour.lighter(115)
        top = base - bar.value / self._most * height
        painter.fillRect(QRectF(left, top, width, max(base - top, 1.0)), colour)
        if bar.low is not None and bar.high is not None:
            middle = left + width / 2
            painter.setPen(QPen(tokens.text, 1))
            painter.drawLine(
                QPointF(middle, base - bar.low / self._most * height),
                QPointF(middle, base - bar.high / self._most * height),
            )
        if bar.mark is not None:
            y = base - bar.mark / self._most * height
            painter.fillRect(QRectF(left - 1, y - 1, width + 2, 2), tokens.ok)
        room = painter.fontMetrics().horizontalAdvance(bar.name) + 4
        every = max(1, -int(-room // column.width()))
        if number % every == 0 or number == self._current:
            area = QRectF(column.center().x() - 40, base + 2, 80, 13)
            clear = number == self._current
            paint.text(
                painter,
                area,
                bar.name,
                tokens.text if clear else tokens.text_3,
                Qt.AlignmentFlag.AlignHCenter,
            )
