"""A figure with its interval, and where it lies between a bad value and that of the data."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint


class HeadlineFigure(QWidget):
    """Name, large figure, interval; below a line from bad to good with the interval and the target on it."""

    clicked = Signal()

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._value, self._note = name, "–", ""
        self._place = self._low = self._high = self._target = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(70)
        self.setMinimumWidth(124)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        metrics, notes = QFontMetrics(font(TextRole.FIGURE)), QFontMetrics(font(TextRole.HINT))
        wide = metrics.horizontalAdvance(self._value) + notes.horizontalAdvance(self._note)
        return QSize(min(max(wide + 36, 136), 200), 70)

    def show_figure(self, name: str, value: str, note: str, tooltip: str) -> None:
        """The words; `note` is the interval."""
        self._name, self._value, self._note = name, value, note
        self.setToolTip(tooltip)
        self.setAccessibleName(f"{name} {value} {note}")
        self.updateGeometry()
        self.update()

    def show_place(self, place: float, low: float, high: float, target: float) -> None:
        """Where the figure, its interval and that of good data lie from 0 (bad) to 1; NaN leaves a part out."""
        self._place, self._low, self._high, self._target = place, low, high, target
        self.update()

    def text(self) -> tuple[str, str, str]:
        """Name, figure and interval, as they are shown."""
        return self._name, self._value, self._note

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        width = self.width() - 14.0
        painter.fillRect(QRectF(0, 4, 1, self.height() - 8), tokens.line)
        left = 14.0
        painter.setFont(font(TextRole.HINT))
        paint.text(painter, QRectF(left, 2, width - 4, 16), self._name, tokens.text_2)
        painter.setFont(font(TextRole.FIGURE))
        figure = painter.fontMetrics().horizontalAdvance(self._value) + 2.0
        paint.text(painter, QRectF(left, 18, width, 30), self._value, tokens.text)
        painter.setFont(font(TextRole.HINT))
        paint.text(painter, QRectF(left + figure + 5, 24, width - figure - 9, 20), self._note, tokens.text_3)
        if math.isfinite(self._place):
            self._paint_place(painter, QRectF(left, 54, width - 14, 9))

    def _paint_place(self, painter: QPainter, box: QRectF) -> None:
        tokens = current_tokens()

        def x(place: float) -> float:
            return box.left() + min(max(place, 0.0), 1.0) * box.width()

        middle = box.center().y()
        painter.setPen(QPen(tokens.line_strong, 2))
        painter.drawLine(int(box.left()), int(middle), int(box.right()), int(middle))
        if math.isfinite(self._target):
            painter.fillRect(QRectF(x(self._target) - 1, box.top(), 2, box.height()), tokens.ok)
        if math.isfinite(self._low) and math.isfinite(self._high):
            low, high = x(self._low), x(self._high)
            painter.fillRect(QRectF(low, middle - 1.5, max(high - low, 2), 3), tokens.text_2)
        painter.fillRect(QRectF(x(self._place) - 1.5, box.top() + 0.5, 3, box.height() - 1), tokens.text)
