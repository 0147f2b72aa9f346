"""The picture after every block, with its resolution; one can stop after any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint

_GAP = 3.0
_CAPTION = 14
_MARGIN = 3.0
_MOST_SIDE = 64.0


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """A block of the generator."""

    name: str
    resolution: int
    pixmap: QPixmap | None = None
    is_flat: bool = False
    """It hands on a vector, not a picture."""


class LayerStrip(QWidget):
    """Click a block to stop after it, the chosen one again for the whole picture. Left and Right choose."""

    chosen = Signal(object)  # index of the last block that runs, or None for all

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: list[LayerPicture] = []
        self._current: int | None = None
        self._preview: int | None = None
        self._hovered: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Layers"))

    def set_layers(self, layers: Sequence[LayerPicture]) -> None:
        """Coarse to fine."""
        self._layers = list(layers)
        self.updateGeometry()
        self.update()

    def set_pixmap(self, index: int, pixmap: QPixmap) -> None:
        layer = self._layers[index]
        self._layers[index] = replace(layer, pixmap=pixmap)
        self.update()

    def set_current(self, index: int | None) -> None:
        """Show which block is the last that runs; None is all. Emits nothing."""
        self._current = index
        self.update()

    def set_preview(self, index: int | None) -> None:
        """Outline the block that previews stop after while a hand moves."""
        self._preview = index
        self.update()

    def current(self) -> int | None:
        return self._current

    def heightForWidth(self, width: int) -> int:
        return round(self._side(width) + 2 * _MARGIN + _CAPTION)

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def _side(self, width: float) -> float:
        count = max(len(self._layers), 1)
        return min((width - 2 * _MARGIN - (count - 1) * _GAP) / count, _MOST_SIDE)

    def layer_rect(self, index: int) -> QRectF:
        side = self._side(self.width())
        return QRectF(_MARGIN + index * (side + _GAP), _MARGIN, side, side)

    def _index_at(self, position: QPointF) -> int | None:
        reach = range(len(self._layers))
        return next(
            (i for i in reach if self.layer_rect(i).adjusted(-1, 0, 1, _CAPTION).contains(position)), None
        )

    def _choose(self, index: int | None) -> None:
        if index is not None and index >= len(self._layers) - 1:
            index = None
        if index != self._current:
            self.set_current(index)
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(None if index == self._current else index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._index_at(event.position())
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._layers:
            super().keyPressEvent(event)
            return
        here = len(self._layers) - 1 if self._current is None else self._current
        self._choose(max(here + step, 0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.update()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(QPointF(event.pos()))
            text = ""
            if index is not None:
                layer = self._layers[index]
                kind = self.tr("a vector") if layer.is_flat else self.tr("{0} px").format(layer.resolution)
                text = self.tr("{0}, {1}. Click to stop after it").format(layer.name, kind)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.CAPTION))
        metrics = painter.fontMetrics()
        labelled_to = -1.0
        for index, layer in enumerate(self._layers):
            rect = self.layer_rect(index)
            chosen = index == (self._preview if self._current is None else self._current)
            if self._current is not None and index > self._current:
                painter.setOpacity(0.35)
            history_paint.thumbnail(
                painter,
                rect,
                layer.pixmap,
                current=chosen,
                hovered=index == self._hovered,
                focused=self.hasFocus(),
            )
            painter.setOpacity(1.0)
            text = self.tr("vector") if layer.is_flat else str(layer.resolution)
            width = metrics.horizontalAdvance(text)
            centre = rect.center().x()
            if centre - width / 2 < labelled_to + 4 and not chosen:
                continue
            labelled_to = centre + width / 2
            area = QRectF(centre - width / 2 - 1, rect.bottom() + 2, width + 3, _CAPTION)
            paint.text(painter, area, text, tokens.accent_text if chosen else tokens.text_3)
        if self.hasFocus() and self._current is None:
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, tokens)
