"""Many short texts in rows and columns, painted: as many labels would take a tenth of a second to lay out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


@dataclass(frozen=True, slots=True)
class Cell:
    """A text."""

    text: str
    tone: str = ""
    """"" for the first colour of text, "2" and "3" for quieter ones."""
    role: TextRole = TextRole.BODY


@dataclass(frozen=True, slots=True)
class Line:
    """A row. One cell alone reaches over all columns."""

    cells: tuple[Cell, ...]
    tooltip: str = ""
    above: int = 0
    """Pixels of air."""


class TextTable(QWidget):
    """Texts that wrap within their columns."""

    def __init__(
        self, columns: Sequence[tuple[int, int]], spacing: int = 5, parent: QWidget | None = None
    ) -> None:
        """Make an empty one.

        Args:
            columns: of each the least width in pixels, and its share of what is left.
            spacing: pixels between rows.
            parent: its owner.
        """
        super().__init__(parent)
        self._columns = tuple(columns)
        self._spacing = spacing
        self.lines: tuple[Line, ...] = ()
        self._laid_out: tuple[int, tuple[QRect, ...]] = (-1, ())
        """A width, and where each row lies at it."""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self.lines = tuple(lines)
        self._laid_out = (-1, ())
        self.setAccessibleName("\n".join(" ".join(cell.text for cell in line.cells) for line in lines))
        self.updateGeometry()
        self.update()

    def place_of(self, row: int) -> QRect:
        """Where a row lies."""
        return self._places(self.width())[row]

    def tip_at(self, at: QPoint) -> str:
        """The tooltip of the row at a place."""
        rows = zip(self.lines, self._places(self.width()), strict=True)
        return next((line.tooltip for line, place in rows if place.contains(at)), "")

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return places[-1].bottom() + 1 if places else 0

    def sizeHint(self) -> QSize:
        return QSize(sum(least for least, _ in self._columns), self.heightForWidth(max(self.width(), 300)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        colours = {"": tokens.text, "2": tokens.text_2, "3": tokens.text_3}
        painter = QPainter(self)
        columns = self._spans(self.width())
        for line, place in zip(self.lines, self._places(self.width()), strict=True):
            if not place.intersects(event.rect()):
                continue
            for cell, span in zip(line.cells, self._of(line, columns), strict=False):
                painter.setFont(font(cell.role))
                painter.setPen(colours[cell.tone])
                painter.drawText(QRect(span[0], place.y(), span[1], place.height()), _WRAP, cell.text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().event(event)

    def _spans(self, width: int) -> list[tuple[int, int]]:
        """Left and width of every column."""
        gap = 16 * (len(self._columns) - 1)
        left = max(width - gap - sum(least for least, _ in self._columns), 0)
        total = max(sum(share for _, share in self._columns), 1)
        spans, x = [], 0
        for least, share in self._columns:
            own = least + left * share // total
            spans.append((x, own))
            x += own + 16
        return spans

    def _of(self, line: Line, columns: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans of a row's cells."""
        if len(line.cells) > 1:
            return columns
        return [(0, columns[-1][0] + columns[-1][1])]

    def _places(self, width: int) -> tuple[QRect, ...]:
        if self._laid_out[0] != width:
            metrics = {role: QFontMetrics(font(role)) for role in TextRole}
            columns = self._spans(width)
            places, y = [], 0
            for line in self.lines:
                y += line.above
                height = max(
                    metrics[cell.role]
                    .boundingRect(QRect(QPoint(), QSize(span[1], 10_000)), _WRAP, cell.text)
                    .height()
                    for cell, span in zip(line.cells, self._of(line, columns), strict=False)
                )
                places.append(QRect(0, y, width, height))
                y += height + self._spacing
            self._laid_out = (width, tuple(places))
        return self._laid_out[1]
