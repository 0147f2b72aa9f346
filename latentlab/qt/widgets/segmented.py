"""A choice between few things that are all in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint

_PADDING = 10
_INSET = 2


class SegmentedControl(QWidget):
    """Segments share the width by their texts. Left and Right choose."""

    chosen = Signal(int)

    def __init__(self, texts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = []
        self._tips: list[str] = []
        self._current = 0
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setFixedHeight(Size.SEGMENT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_texts(texts)

    def set_texts(self, texts: Sequence[str], tooltips: Sequence[str] = ()) -> None:
        self._texts = list(texts)
        self._tips = list(tooltips) or list(texts)
        self._current = max(0, min(self._current, len(self._texts) - 1))
        self.updateGeometry()
        self._describe()

    def current(self) -> int:
        return self._current

    def set_current(self, index: int) -> None:
        """Show segment `index` chosen; emits nothing."""
        self._current = index
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(self._texts[self._current] if self._texts else "")
        self.update()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._texts) and index != self._current:
            self.set_current(index)
            self.chosen.emit(index)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(text) + 2 * _PADDING for text in self._texts)
        return QSize(width + 2 * _INSET, Size.SEGMENT)

    def minimumSizeHint(self) -> QSize:
        return QSize(len(self._texts) * 24, Size.SEGMENT)

    def segment_rect(self, index: int) -> QRectF:
        metrics = self.fontMetrics()
        wanted = [metrics.horizontalAdvance(text) + 2.0 * _PADDING for text in self._texts]
        spare = (self.width() - 2 * _INSET - sum(wanted)) / max(len(wanted), 1)
        left = _INSET + sum(wanted[:index]) + spare * index
        return QRectF(left, _INSET, wanted[index] + spare, self.height() - 2 * _INSET)

    def _index_at(self, x: float) -> int:
        for index in range(len(self._texts)):
            rect = self.segment_rect(index)
            if rect.left() <= x < rect.right():
                return index
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._index_at(event.position().x())
        self.setToolTip(self._tips[self._hovered] if self._hovered >= 0 else "")
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = -1
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._current + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        paint.rounded(painter, QRectF(self.rect()), 4, tokens.field, tokens.line)
        for index, text in enumerate(self._texts):
            box = self.segment_rect(index)
            if index == self._current:
                paint.rounded(painter, box, 3, tokens.control)
            colour = tokens.text if index in (self._current, self._hovered) else tokens.text_3
            if not self.isEnabled():
                colour = tokens.text_off
            paint.text(painter, box.adjusted(3, 0, -3, 0), text, colour, Qt.AlignmentFlag.AlignHCenter)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, tokens)
