"""Names, colours and newest values of curves; a click hides a curve or shows it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.glossary import show_tip
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint

_LINE = 12
_ROW = 20
_GAP = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve of the legend."""

    key: str
    name: str
    colour: QColor
    value: str
    visible: bool = True


class Legend(QWidget):
    """All entries, in one line from the right or in as many as the width asks for."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._places: list[tuple[QRect, Entry]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, shown or not."""
        return self._entries

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)
        self.setAccessibleName(", ".join(f"{entry.name} {entry.value}" for entry in entries))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(entry) for entry in self._entries), _ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(max((self._width(entry) for entry in self._entries), default=0), _ROW)

    def heightForWidth(self, width: int) -> int:
        return _ROW * len(self._lines(width))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, entry in self._places:
            if place.contains(event.position().toPoint()):
                self.toggled.emit(entry.key)

    def term_at(self, position: QPoint) -> str:
        """Which curve's name lies there."""
        return next((entry.key for place, entry in self._places if place.contains(position)), "")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(self, event)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(TextRole.HINT))
        self._places = []
        for number, line in enumerate(self._lines(self.width())):
            x = max(0, self.width() - sum(self._width(entry) for entry in line))
            for entry in line:
                place = QRect(x, number * _ROW, self._width(entry) - _GAP, _ROW)
                self._places.append((place, entry))
                self._paint_entry(painter, place, entry)
                x += self._width(entry)

    def _paint_entry(self, painter: QPainter, place: QRect, entry: Entry) -> None:
        tokens = current_tokens()
        colour = entry.colour if entry.visible else tokens.text_off
        painter.fillRect(place.left(), place.top() + 9, _LINE, 2, colour)
        length = painter.fontMetrics().horizontalAdvance(entry.name) + 2
        name = QRect(place.left() + _LINE + 5, place.top(), length, _ROW)
        paint.text(painter, name, entry.name, tokens.text_2 if entry.visible else tokens.text_off)
        value = QRect(name.right() + 4, place.top(), place.right() - name.right(), _ROW)
        paint.text(painter, value, entry.value, tokens.text if entry.visible else tokens.text_off)

    def _lines(self, width: int) -> list[list[Entry]]:
        """Which entries stand beside each other; at least one line."""
        lines: list[list[Entry]] = [[]]
        taken = 0
        for entry in self._entries:
            own = self._width(entry)
            if lines[-1] and taken + own > width + _GAP:
                lines.append([])
                taken = 0
            lines[-1].append(entry)
            taken += own
        return lines

    def _width(self, entry: Entry) -> int:
        metrics = QFontMetrics(font(TextRole.HINT))
        return (
            _LINE + 11 + metrics.horizontalAdvance(entry.name) + metrics.horizontalAdvance(entry.value) + _GAP
        )
