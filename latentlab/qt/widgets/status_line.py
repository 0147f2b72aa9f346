"""The line at the foot of the window: what the machine does, and what the hand may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .chip import paint_key

_GAP = 16
_INSET = 12


@dataclass(frozen=True, slots=True)
class StatusItem:
    """`value` is written brighter than what stands before and after it."""

    value: str = ""
    before: str = ""
    after: str = ""
    tooltip: str = ""

    def text(self) -> str:
        return " ".join(part for part in (self.before, self.value, self.after) if part)


class StatusLine(QWidget):
    """Items at the left after a dot; hints at the right, where `backticks` make a key cap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = ""
        self._items: tuple[StatusItem, ...] = ()
        self._hints: tuple[str, ...] = ()
        self._places: list[tuple[QRectF, str]] = []
        self.setFont(font(TextRole.HINT))
        self.setFixedHeight(Size.STATUS)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, Size.STATUS)

    def set_tone(self, tone: str) -> None:
        """Colour of the dot: "ok", "warning", "error", or "" for grey."""
        self._tone = tone
        self.update()

    def set_items(self, items: Sequence[StatusItem]) -> None:
        """From left to right; the first stands behind the dot."""
        self._items = tuple(items)
        self.setAccessibleName(", ".join(item.text() for item in self._items))
        self.update()

    def set_hints(self, hints: Sequence[str]) -> None:
        """Right-aligned texts, in reading order."""
        self._hints = tuple(hints)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            here = QPointF(event.pos())
            text = next((tooltip for rect, tooltip in self._places if rect.contains(here)), "")
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRectF(0, 0, self.width(), 1), tokens.edge)
        middle = (self.height() + 1) / 2
        colour = getattr(tokens, self._tone) if self._tone else tokens.text_3
        paint.dot(painter, QPointF(_INSET + 3, middle), 6, colour)
        right = self._paint_items(painter, _INSET + 12)
        self._paint_hints(painter, right + _GAP)

    def _paint_items(self, painter: QPainter, left: float) -> float:
        tokens = current_tokens()
        painter.setFont(self.font())
        metrics = painter.fontMetrics()
        space = metrics.horizontalAdvance(" ")
        self._places = []
        x = left
        for item in self._items:
            start = x
            for part, colour in (
                (item.before, tokens.text_3),
                (item.value, tokens.text_2),
                (item.after, tokens.text_3),
            ):
                if part:
                    width = metrics.horizontalAdvance(part)
                    paint.text(painter, QRectF(x, 1, width + 1, self.height() - 1), part, colour)
                    x += width + space
            self._places.append((QRectF(start, 0, x - start, self.height()), item.tooltip or item.text()))
            x += _GAP - space
        return x

    def _paint_hints(self, painter: QPainter, left: float) -> None:
        """From the right end; a hint that would run into the items is left out."""
        tokens = current_tokens()
        metrics = self.fontMetrics()
        right = float(self.width() - _INSET)
        for hint in reversed(self._hints):
            parts = hint.split("`")
            room = sum(metrics.horizontalAdvance(part) + 8 for part in parts)
            if right - room < left:
                return
            for index in range(len(parts) - 1, -1, -1):
                if index % 2:
                    right = paint_key(painter, right - 4, (self.height() + 1) / 2, parts[index], tokens) - 4
                    continue
                painter.setFont(self.font())
                text = parts[index].strip()
                width = metrics.horizontalAdvance(text)
                paint.text(
                    painter, QRectF(right - width, 1, width + 1, self.height() - 1), text, tokens.text_3
                )
                right -= width
            right -= _GAP
