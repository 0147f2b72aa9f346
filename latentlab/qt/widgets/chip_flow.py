"""Words to switch on and off, in lines that wrap. One painted widget, however many words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.tokens import current_tokens

from . import paint

_HEIGHT = 22.0
_GAP = 5.0
_PADDING = 9.0


class ChipFlow(QWidget):
    """`toggled` names the word clicked and whether it was Ctrl- or Shift-clicked, that is added."""

    toggled = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None, *, hint: str = "") -> None:
        """`hint` is said of every word; without one, that Ctrl-click adds it."""
        super().__init__(parent)
        self._hint = hint
        self._texts: list[str] = []
        self._chosen: frozenset[int] = frozenset()
        self._hovered: int | None = None
        self._cursor = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_texts(self, texts: Sequence[str]) -> None:
        self._texts = list(texts)
        self._cursor = 0
        self.updateGeometry()
        self.update()

    def set_chosen(self, indices: Sequence[int]) -> None:
        """Show which words are on; emits nothing."""
        self._chosen = frozenset(index for index in indices if index < len(self._texts))
        self.setAccessibleDescription(", ".join(self._texts[index] for index in sorted(self._chosen)))
        self.update()

    def rects(self, width: float) -> list[QRectF]:
        """Where the words lie in a widget of this width."""
        metrics = self.fontMetrics()
        places = []
        x = y = 0.0
        for text in self._texts:
            wide = min(metrics.horizontalAdvance(text) + 2 * _PADDING, width)
            if x and x + wide > width:
                x, y = 0.0, y + _HEIGHT + _GAP
            places.append(QRectF(x, y, wide, _HEIGHT))
            x += wide + _GAP
        return places

    def heightForWidth(self, width: int) -> int:
        places = self.rects(width)
        return round(places[-1].bottom()) + 1 if places else 0

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def _index_at(self, position: QPointF) -> int | None:
        return next((i for i, rect in enumerate(self.rects(self.width())) if rect.contains(position)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = index
            self.toggled.emit(index, _adds(event.modifiers()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._index_at(event.position())
        hint = self._hint or self.tr("{0}. Ctrl-click to mix")
        self.setToolTip(hint.format(self._texts[self._hovered]) if self._hovered is not None else "")
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._texts:
            self._cursor = (self._cursor + step) % len(self._texts)
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._texts:
            self.toggled.emit(self._cursor, _adds(event.modifiers()))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        for index, (text, rect) in enumerate(zip(self._texts, self.rects(self.width()), strict=True)):
            chosen, hovered = index in self._chosen, index == self._hovered
            fill = tokens.accent_wash if chosen else tokens.raised if hovered else tokens.field
            paint.rounded(painter, rect, 4, fill, tokens.accent if chosen else tokens.line)
            colour = tokens.accent_text if chosen else tokens.text if hovered else tokens.text_2
            if not self.isEnabled():
                colour = tokens.text_off
            paint.text(painter, rect.adjusted(4, 0, -4, 0), text, colour, Qt.AlignmentFlag.AlignHCenter)
            if self.hasFocus() and index == self._cursor:
                paint.focus_ring(painter, rect.adjusted(1, 1, -1, -1), 4, tokens)


def _adds(modifiers: Qt.KeyboardModifier) -> bool:
    return bool(modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
