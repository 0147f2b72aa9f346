"""The figures under the cursor, beside it and never under the hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint

_PADDING = 8
_LINE = 17
_GAP = 14
_MOST = 12
"""Lines; more would hide the plot."""

Line = tuple[str, QColor, str]
"""Name, its colour, value."""


class Readout(QWidget):
    """A title and lines of name and value."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = ""
        self._lines: tuple[Line, ...] = ()
        self.hide()

    @property
    def texts(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Title, and names with values, as they are shown."""
        return self._title, tuple((name, value) for name, _, value in self._lines)

    def show_at(self, place: QPoint, title: str, lines: Sequence[Line], within: QRect) -> None:
        """Show beside `place`, on the side with room, inside `within` (parent's coordinates)."""
        self._title, self._lines = title, tuple(lines[:_MOST])
        metrics = QFontMetrics(font(TextRole.HINT))
        widths = [
            metrics.horizontalAdvance(name) + _GAP + metrics.horizontalAdvance(value)
            for name, _, value in self._lines
        ]
        width = max([metrics.horizontalAdvance(title), *widths], default=0) + 2 * _PADDING + 4
        height = _LINE * (1 + len(self._lines)) + 2 * _PADDING - 4
        x = place.x() + 12 if place.x() + 12 + width <= within.right() else place.x() - 12 - width
        y = min(max(within.top() + 4, place.y() - height // 2), within.bottom() - height)
        self.setGeometry(max(within.left(), x), max(within.top(), y), width, height)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        paint.rounded(painter, QRectF(self.rect()), 6.0, tokens.raised, tokens.line_strong)
        painter.setFont(font(TextRole.HINT))
        row = QRect(_PADDING, _PADDING - 2, self.width() - 2 * _PADDING, _LINE)
        paint.text(painter, row, self._title, tokens.text)
        for name, colour, value in self._lines:
            row.translate(0, _LINE)
            paint.text(painter, row, name, colour)
            paint.text(painter, row, value, tokens.text, Qt.AlignmentFlag.AlignRight)
