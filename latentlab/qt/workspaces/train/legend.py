"""Names, colours and newest values of curves in one line; a click hides a curve or shows it again."""

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
    """Shows as many entries as there is room for, first ones first."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._places: list[tuple[QRect, Entry]] = []
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
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
        return QSize(sum(self._width(entry) for entry in self._entries), 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

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
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.HINT))
        metrics = painter.fontMetrics()
        x = max(0, self.width() - self.sizeHint().width())
        self._places = []
        for entry in self._entries:
            width = self._width(entry)
            if x + width > self.width() + 2:
                break
            place = QRect(x, 0, width - _GAP, self.height())
            self._places.append((place, entry))
            colour = entry.colour if entry.visible else tokens.text_off
            painter.fillRect(x, 9, _LINE, 2, colour)
            name = QRect(x + _LINE + 5, 0, metrics.horizontalAdvance(entry.name) + 2, self.height())
            paint.text(painter, name, entry.name, tokens.text_2 if entry.visible else tokens.text_off)
            value = QRect(name.right() + 4, 0, width, self.height())
            paint.text(painter, value, entry.value, tokens.text if entry.visible else tokens.text_off)
            x += width

    def _width(self, entry: Entry) -> int:
        metrics = QFontMetrics(font(TextRole.HINT))
        return (
            _LINE + 11 + metrics.horizontalAdvance(entry.name) + metrics.horizontalAdvance(entry.value) + _GAP
        )
