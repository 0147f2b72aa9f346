"""A matrix as colours: one cell per row and column, rows that can be chosen, a column that is in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import own_keys, paint
from .colour_ramps import ramp

_FOOT = 18.0
_BRACKET = 8.0
_LINES_FROM = 4.0
"""Height of a cell in pixels from which rows are parted by a line."""
_LABEL_EVERY = 10
_NAMED_FROM = 14.0
"""Height of a cell from which every row has its name."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatData:
    """What a heat map shows."""

    values: NDArray[np.floating]
    """(rows, columns); NaN where there is none."""
    rows: Sequence[str] = ()
    """What each row is, for the margin and the tooltip."""
    columns: Sequence[str] = ()
    """What stands below each column."""
    limit: float = 1.0
    """The value of full colour, and its negative in a signed map."""
    signed: bool = True


class HeatMap(QWidget):
    """Click or drag chooses rows (Ctrl adds, Esc none), Up and Down move; Left and Right go through columns."""

    rows_chosen = Signal(object)
    """Tuple of rows, by a hand."""
    column_chosen = Signal(int)
    """By a hand."""
    hovered = Signal(object)
    """(row, column) or None."""

    def __init__(self, *, margin: int = 40, parent: QWidget | None = None) -> None:
        """`margin` is the least room for names at the left; where every row is named it grows with them."""
        super().__init__(parent)
        self._data = HeatData(np.empty((0, 0)))
        self._image = QImage()
        self._least = margin
        self._rows: set[int] = set()
        self._column = -1
        self._marked: range = range(0)
        self._anchor: int | None = None
        self._under: tuple[int, int] | None = None
        self.describe = self._describe
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    # What is shown.

    @property
    def data(self) -> HeatData:
        return self._data

    def set_data(self, data: HeatData) -> None:
        """Show another matrix; what was chosen stays where it still exists."""
        self._data = data
        self._image = _image(data)
        count, columns = data.values.shape
        self._rows = {row for row in self._rows if row < count}
        self._column = min(self._column, columns - 1)
        self._marked = range(0)
        self.update()

    def set_rows(self, rows: Sequence[int]) -> None:
        """Show rows chosen; emits nothing."""
        self._rows = set(rows)
        self.update()

    def rows(self) -> tuple[int, ...]:
        """The chosen rows."""
        return tuple(sorted(self._rows))

    def set_column(self, column: int) -> None:
        """Show a column as the one in view; emits nothing."""
        self._column = column
        self.update()

    def column(self) -> int:
        """The column in view; -1 for none."""
        return self._column

    def set_marked(self, rows: range) -> None:
        """Rows that are pointed to by a bracket at the left."""
        self._marked = rows
        self.update()

    # Geometry.

    def _is_named(self) -> bool:
        """Whether there is room for the name of every row."""
        rows = self._data.values.shape[0]
        return bool(self._data.rows) and self.height() - _FOOT - 2 >= _NAMED_FROM * rows

    def _margin(self) -> float:
        if not self._is_named():
            return self._least
        metrics = QFontMetrics(font(TextRole.CAPTION))
        widest = max(metrics.horizontalAdvance(name) for name in self._data.rows)
        return min(max(widest + _BRACKET + 10.0, self._least), max(self.width() * 0.4, self._least))

    def grid(self) -> QRectF:
        """Where the cells lie."""
        foot = _FOOT if self._data.columns else 2.0
        margin = self._margin()
        return QRectF(margin, 2, max(self.width() - margin - 3, 1), max(self.height() - foot - 2, 1))

    def cell(self, row: int, column: int) -> QRectF:
        """Where one cell lies."""
        grid, (rows, columns) = self.grid(), self._data.values.shape
        width, height = grid.width() / max(columns, 1), grid.height() / max(rows, 1)
        return QRectF(grid.left() + column * width, grid.top() + row * height, width, height)

    def cell_at(self, position: QPointF, *, nearest: bool = False) -> tuple[int, int] | None:
        """Row and column under a point; outside of the cells None, or with `nearest` the one next to it."""
        grid, (rows, columns) = self.grid(), self._data.values.shape
        if not rows or not columns or (not nearest and not grid.contains(position)):
            return None
        row = int((position.y() - grid.top()) / grid.height() * rows)
        column = int((position.x() - grid.left()) / grid.width() * columns)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.cell_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if place is None:
            self._choose(set())
            return
        row, column = place
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ShiftModifier and self._anchor is not None:
            self._choose(set(_between(self._anchor, row)))
        elif held & Qt.KeyboardModifier.ControlModifier:
            self._anchor = row
            self._choose(self._rows ^ {row})
        else:
            self._anchor = row
            self._go_to(column)
            self._choose({row})

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        dragging = bool(event.buttons() & Qt.MouseButton.LeftButton) and self._anchor is not None
        place = self.cell_at(event.position(), nearest=dragging)
        if place != self._under:
            self._under = place
            self.hovered.emit(place)
            self.update()
        if dragging and place is not None and self._anchor is not None:
            self._choose(set(_between(self._anchor, place[0])))

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.hovered.emit(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, columns = self._data.values.shape
        key = Qt.Key(event.key())
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        right = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if down is not None and rows:
            last = self._anchor if self._anchor is not None else -1 if down > 0 else rows
            self._anchor = min(max(last + down, 0), rows - 1)
            self._choose({self._anchor})
        elif right is not None and columns:
            self._go_to(min(max(self._column + right, 0), columns - 1))
        elif key == Qt.Key.Key_Escape and self._rows:
            self._choose(set())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, own_keys.ARROWS):
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.describe(*place) if place else "", self)
            return True
        return super().event(event)

    def _describe(self, row: int, column: int) -> str:
        name = self._data.rows[row] if row < len(self._data.rows) else str(row + 1)
        return f"{name}: {self._data.values[row, column]:.2f}"

    def _choose(self, rows: set[int]) -> None:
        if rows != self._rows:
            self._rows = rows
            self.rows_chosen.emit(self.rows())
            self.update()

    def _go_to(self, column: int) -> None:
        if column != self._column:
            self._column = column
            self.column_chosen.emit(column)
            self.update()

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        rows, columns = self._data.values.shape
        if not rows or not columns:
            return
        grid = self.grid()
        painter.drawImage(grid, self._image)
        height = grid.height() / rows
        painter.setPen(QPen(tokens.window, 1))
        if height >= _LINES_FROM:
            for row in range(1, rows):
                y = round(grid.top() + row * height)
                painter.drawLine(QPointF(grid.left(), y), QPointF(grid.right(), y))
        if columns > 1 and grid.width() / columns >= 6:
            for column in range(1, columns):
                x = round(grid.left() + column * grid.width() / columns)
                painter.drawLine(QPointF(x, grid.top()), QPointF(x, grid.bottom()))
        self._paint_names(painter)
        self._paint_columns(painter)
        if len(self._marked):
            first, last = self.cell(self._marked[0], 0), self.cell(self._marked[-1], 0)
            bracket = QRectF(self._margin() - _BRACKET, first.top() + 1, 2, last.bottom() - first.top() - 2)
            painter.fillRect(bracket, tokens.error)
        self._paint_chosen(painter)

    def _paint_names(self, painter: QPainter) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.CAPTION))
        every = 1 if self._is_named() else _LABEL_EVERY
        room = self._margin() - _BRACKET - 4.0
        for row in range(0, len(self._data.rows) if every == 1 else self._data.values.shape[0], every):
            text = self._data.rows[row] if every == 1 else str(row + 1)
            box = QRectF(2, self.cell(row, 0).center().y() - 7, room, 14)
            colour = tokens.text if row in self._rows else tokens.text_3
            paint.text(painter, box, text, colour, Qt.AlignmentFlag.AlignRight)

    def _paint_columns(self, painter: QPainter) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.CAPTION))
        metrics = painter.fontMetrics()
        free = -1.0
        order = [self._column] if 0 <= self._column < len(self._data.columns) else []
        taken: list[QRectF] = []
        for column in [*order, *range(len(self._data.columns))]:
            text = self._data.columns[column]
            cell = self.cell(0, column)
            width = metrics.horizontalAdvance(text) + 2.0
            left = min(max(cell.center().x() - width / 2, 0.0), self.width() - width)
            box = QRectF(left, self.height() - 14, width, 13)
            if any(box.adjusted(-6, 0, 6, 0).intersects(other) for other in taken):
                continue
            taken.append(box)
            free = max(free, box.right())
            paint.text(painter, box, text, tokens.text if column == self._column else tokens.text_3)

    def _paint_chosen(self, painter: QPainter) -> None:
        tokens = current_tokens()
        _, columns = self._data.values.shape
        if columns > 1 and 0 <= self._column < columns:
            box = self.cell(0, self._column)
            box.setBottom(self.grid().bottom())
            painter.setPen(QPen(tokens.text, 1))
            painter.drawRect(box.adjusted(-0.5, -1, 0.5, 1))
        painter.setPen(QPen(tokens.accent, 2))
        for first, last in _stretches(sorted(self._rows)):
            top, bottom = self.cell(first, 0), self.cell(last, columns - 1)
            painter.drawRect(QRectF(top.topLeft(), bottom.bottomRight()).adjusted(-1, 0, 1, 0))
        if self._under is not None and not self._rows.issuperset({self._under[0]}):
            row = self.cell(self._under[0], 0)
            row.setRight(self.grid().right())
            colour = QColor(tokens.text)
            colour.setAlphaF(0.5)
            painter.setPen(QPen(colour, 1))
            painter.drawRect(row)
        if self.hasFocus():
            paint.focus_ring(painter, self.grid().adjusted(-1, -1, 1, 1), 1, tokens)


def _image(data: HeatData) -> QImage:
    """One pixel per cell."""
    rows, columns = data.values.shape
    if not rows or not columns:
        return QImage()
    colours = np.array(ramp(signed=data.signed), np.uint32)
    shares = np.nan_to_num(np.asarray(data.values, np.float64) / (data.limit or 1.0))
    places = (shares.clip(-1, 1) + 1) / 2 if data.signed else shares.clip(0, 1)
    pixels = np.ascontiguousarray(colours[np.rint(places * 255).astype(int)])
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


def _between(first: int, last: int) -> range:
    return range(min(first, last), max(first, last) + 1)


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows as first and last."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
