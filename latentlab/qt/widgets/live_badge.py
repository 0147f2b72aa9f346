"""How far the weights are that draw now, while a run is training them; a click freezes them."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import paint

Tone = Literal["ok", "warning", "off", "frozen"]

_HEIGHT = 22


class LiveBadge(QAbstractButton):
    """A dot, a few words, and what a click would do."""

    menu_requested = Signal(QPoint)  # where on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: Tone = "off"
        self.setFont(font(TextRole.HINT))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, text: str, tone: Tone, tooltip: str) -> None:
        """Say it; `frozen` shows that a click lets newer weights in again."""
        self._tone = tone
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tooltip)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(22 + self.fontMetrics().horizontalAdvance(self.text()) + 26, _HEIGHT)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        below = self.mapToGlobal(QPoint(0, self.height()))
        self.menu_requested.emit(below if keyboard else event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        frozen = self._tone == "frozen"
        paint.rounded(painter, box, 4, tokens.control if self.underMouse() else tokens.raised, tokens.line)
        colours = {"ok": tokens.ok, "warning": tokens.warning, "off": tokens.text_3, "frozen": tokens.accent}
        paint.dot(painter, QPointF(12, self.height() / 2), 7, colours[self._tone])
        words = QRectF(22, 0, self.width() - 44, self.height())
        paint.text(painter, words, self.text(), tokens.accent_text if frozen else tokens.text)
        icon = QRectF(self.width() - 22, 0, 16, self.height())
        paint_icon(painter, icon, "play" if frozen else "pause", tokens.text_2, 12)
        if self.hasFocus():
            paint.focus_ring(painter, box, 4, tokens)
