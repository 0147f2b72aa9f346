"""Pictures in rows and columns, as large as fits; one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .picture_image import pixmap_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GAP = 2.0
_NAMES = 52.0
_HEADS = 18.0


class PictureTable(QWidget):
    """Click chooses a picture, a double click opens it. Rows that find no room are left out."""

    chosen = Signal(int, int)
    """Row and column, by a hand."""
    opened = Signal(int, int)

    def __init__(self, *, names: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: NDArray[np.uint8] | None = None
        self._names: Sequence[str] = ()
        self._heads: Sequence[str] = ()
        self._room = _NAMES if names else 0.0
        self._pixmaps: dict[tuple[int, int], QPixmap] = {}
        self._row = -1
        self._hovered: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 80)

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def set_pictures(
        self, pictures: NDArray[np.uint8] | None, names: Sequence[str], heads: Sequence[str] = ()
    ) -> None:
        """(rows, columns, h, w[, 3]); `names` of rows stand at the left, `heads` of columns above."""
        self._pictures, self._names, self._heads = pictures, names, heads
        self._pixmaps.clear()
        self._hovered = None
        self.update()

    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (0, 0) if self._pictures is None else (self._pictures.shape[0], self._pictures.shape[1])

    def set_row(self, row: int) -> None:
        """Show a row chosen; emits nothing."""
        self._row = row
        self.update()

    def row(self) -> int:
        """The chosen row; -1 for none."""
        return self._row

    def _side(self) -> float:
        rows, columns = self.shape()
        wide = (self.width() - self._room) / max(columns, 1)
        high = (self.height() - self._head()) / max(min(rows, 6), 1)
        return max(min(wide, high, 120.0) - _GAP, 8.0)

    def _head(self) -> float:
        return _HEADS if self._heads else 0.0

    def box(self, row: int, column: int) -> QRectF:
        """Where a picture lies."""
        side = self._side()
        return QRectF(self._room + column * (side + _GAP), self._head() + row * (side + _GAP), side, side)

    def place_at(self, position: QPointF) -> tuple[int, int] | None:
        side = self._side() + _GAP
        row, column = int((position.y() - self._head()) // side), int((position.x() - self._room) // side)
        rows, columns = self.shape()
        inside = 0 <= row < rows and 0 <= column < columns
        return (row, column) if inside and self.box(row, column).contains(position) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._row = place[0]
            self.chosen.emit(*place)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != self._hovered:
            self._hovered = place
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pictures is None:
            return
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.CAPTION))
        rows, columns = self.shape()
        for column, head in enumerate(self._heads[:columns]):
            box = self.box(0, column)
            area = QRectF(box.left(), 0, box.width(), _HEADS - 4)
            paint.text(painter, area, head, tokens.text_3, Qt.AlignmentFlag.AlignHCenter)
        for row in range(rows):
            if self.box(row, 0).bottom() > self.height() + 1:
                break
            if row < len(self._names) and self._room:
                area = QRectF(0, self.box(row, 0).top(), self._room - 8, self.box(row, 0).height())
                colour = tokens.text if row == self._row else tokens.text_3
                paint.text(painter, area, self._names[row], colour, Qt.AlignmentFlag.AlignRight)
            for column in range(columns):
                box = self.box(row, column)
                paint.cover(painter, box, self._pixmap(row, column))
                history_paint.frame(painter, box, hovered=self._hovered == (row, column))
        if 0 <= self._row < rows and self._room:
            whole = self.box(self._row, 0).united(self.box(self._row, columns - 1))
            history_paint.frame(painter, whole, current=True)

    def _pixmap(self, row: int, column: int) -> QPixmap:
        key = row, column
        if key not in self._pixmaps:
            assert self._pictures is not None
            self._pixmaps[key] = pixmap_of(self._pictures[row, column])
        return self._pixmaps[key]
