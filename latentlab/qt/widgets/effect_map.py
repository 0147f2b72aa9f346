"""What each layer does: a heat map of the change, and the picture with one layer at a time swapped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint

_LABELS = 64.0
_ROW = 20.0
_NUMBERS = 14.0
_MOST_PICTURE = 56.0
_PER_LINE = 8


class EffectMap(QWidget):
    """One column per layer, the columns of map and pictures below each other where there is room."""

    chosen = Signal(int)
    """Layer whose picture was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, list[float]]] = []
        self._pictures: list[QPixmap | None] = []
        self._marked: int | None = None
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("What each layer does"))

    def set_count(self, count: int) -> None:
        """How many layers there are; forgets what was shown."""
        self._count = count
        self._rows = []
        self._pictures = [None] * count
        self._fit()
        self.update()

    def set_rows(self, rows: Sequence[tuple[str, Sequence[float]]]) -> None:
        """Name and change per layer; each row is shown in parts of its greatest."""
        self._rows = [(name, list(values)) for name, values in rows]
        self._fit()
        self.update()

    def set_picture(self, layer: int, pixmap: QPixmap | None) -> None:
        """The picture with this layer alone swapped."""
        if layer < len(self._pictures):
            self._pictures[layer] = pixmap
            self.update()

    def mark(self, layer: int | None) -> None:
        """Outline a layer's column."""
        self._marked = layer
        self.update()

    def _pitch(self, width: float) -> float:
        return (width - _LABELS) / max(self._count, 1)

    def _lines(self) -> int:
        """Pictures narrower than 24 px say nothing: then they stand in two lines or more."""
        if self._pitch(self.width()) >= 24:
            return 1
        return -(-self._count // _PER_LINE)

    def _per_line(self) -> int:
        return -(-self._count // self._lines())

    def _picture_side(self, width: float) -> float:
        return min((width - _LABELS) / max(self._per_line(), 1) - 2, _MOST_PICTURE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the columns make it."""
        pictures = self._lines() * (self._picture_side(self.width()) + 3)
        self.setFixedHeight(round(len(self._rows) * _ROW + _NUMBERS + pictures + 6))

    def cell_rect(self, row: int, layer: int) -> QRectF:
        pitch = self._pitch(self.width())
        return QRectF(_LABELS + layer * pitch, row * _ROW + 1, max(pitch - 1, 1), _ROW - 3)

    def picture_rect(self, layer: int) -> QRectF:
        side = self._picture_side(self.width())
        line, place = divmod(layer, self._per_line())
        step = (self.width() - _LABELS) / self._per_line()
        top = len(self._rows) * _ROW + _NUMBERS + 4 + line * (side + 3)
        return QRectF(_LABELS + place * step, top, min(side, step - 1), side)

    def _layer_at(self, position: QPointF) -> int | None:
        for layer in range(self._count):
            if self.picture_rect(layer).contains(position):
                return layer
            column = self.cell_rect(0, layer)
            if column.left() <= position.x() <= column.right() and position.y() < len(self._rows) * _ROW:
                return layer
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self._layer_at(event.position())
        if layer is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(layer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mark(self._layer_at(event.position()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.mark(None)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            layer = self._layer_at(QPointF(event.pos()))
            text = ""
            if layer is not None:
                shares = [
                    self.tr("{0} {1:.0%}").format(name.lower(), values[layer] / max(max(values), 1e-12))
                    for name, values in self._rows
                ]
                text = ", ".join([self.tr("Layer {0}").format(layer), *shares])
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.HINT))
        for row, (name, values) in enumerate(self._rows):
            label = QRectF(0, row * _ROW, _LABELS - 6, _ROW - 2)
            paint.text(painter, label, name, tokens.text_2)
            most = max(max(values), 1e-12)
            for layer, value in enumerate(values):
                painter.fillRect(self.cell_rect(row, layer), amount_colour(value / most))
        painter.setFont(font(TextRole.CAPTION))
        self._paint_numbers(painter)
        for layer, pixmap in enumerate(self._pictures):
            history_paint.thumbnail(painter, self.picture_rect(layer), pixmap, hovered=layer == self._marked)
        first = self.picture_rect(0)
        painter.setFont(font(TextRole.HINT))
        for line, text in enumerate((self.tr("Swapped"), self.tr("alone"))):
            area = QRectF(0, first.top() + line * 13, _LABELS - 6, 14)
            paint.text(painter, area, text, tokens.text_2)

    def _paint_numbers(self, painter: QPainter) -> None:
        tokens = current_tokens()
        labelled_to = -1.0
        for layer in range(self._count):
            cell = self.cell_rect(max(len(self._rows) - 1, 0), layer)
            text = str(layer)
            width = painter.fontMetrics().horizontalAdvance(text)
            left = cell.center().x() - width / 2
            if left > labelled_to:
                colour = tokens.text if layer == self._marked else tokens.text_3
                area = QRectF(left - 1, len(self._rows) * _ROW, width + 3, _NUMBERS)
                paint.text(painter, area, text, colour)
                labelled_to = left + width + 3


def amount_colour(share: float) -> QColor:
    """0 ... 1 as little to much."""
    tokens = current_tokens()
    low, middle, high = (
        tokens.groove,
        tokens.accent,
        QColor("#d6e6fa" if tokens.text.lightness() > 128 else "#0b2f5c"),
    )
    share = min(max(share, 0.0), 1.0)
    start, end, part = (low, middle, share * 2) if share < 0.5 else (middle, high, share * 2 - 1)
    return QColor(
        round(start.red() + (end.red() - start.red()) * part),
        round(start.green() + (end.green() - start.green()) * part),
        round(start.blue() + (end.blue() - start.blue()) * part),
    )
