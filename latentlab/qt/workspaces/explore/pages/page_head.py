"""The line above a page and the keys below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.chip import paint_key
from latentlab.qt.widgets.icon_button import IconButton

_HEIGHT = 44
_FOOT = 30


def page_head(title: str, tools: Sequence[QWidget], close_text: str) -> tuple[QWidget, IconButton]:
    """Title, tools, and the way back."""
    head = QFrame()
    head.setProperty("pane", "surround")
    head.setFixedHeight(_HEIGHT)
    label = QLabel(title)
    label.setFont(font(TextRole.TITLE))
    close = IconButton("close", close_text, shortcut="Esc", width=28)
    line = QHBoxLayout(head)
    line.setContentsMargins(16, 8, 10, 4)
    line.setSpacing(8)
    line.addWidget(label)
    line.addSpacing(8)
    for tool in tools[:-1]:
        line.addWidget(tool)
    line.addStretch(1)
    if tools:
        line.addWidget(tools[-1])
    line.addWidget(close)
    return head, close


def hint_line(keys: Sequence[tuple[str, str]], note: QLabel) -> QWidget:
    """Keys and what they do, and a note at the right."""
    foot = QFrame()
    foot.setProperty("pane", "surround")
    foot.setFixedHeight(_FOOT)
    line = QHBoxLayout(foot)
    line.setContentsMargins(16, 0, 16, 2)
    line.addWidget(_Keys(keys), 1)
    line.addWidget(note)
    return foot


class _Keys(QWidget):
    """Keys with their words, as many as there is room for."""

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = tuple(keys)
        self.setFont(font(TextRole.HINT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(", ".join(f"{key}: {text}" for key, text in keys))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _FOOT - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        for key, text in self._keys:
            painter.setFont(font(TextRole.CAPTION))
            caps = key.split()
            widths = [max(painter.fontMetrics().horizontalAdvance(cap) + 10.0, 14.0) for cap in caps]
            wide = self.fontMetrics().horizontalAdvance(text)
            if x + sum(widths) + wide + 12 > self.width():
                return
            for cap, width in zip(caps, widths, strict=True):
                paint_key(painter, x + width, middle, cap, tokens)
                x += width + 3
            painter.setFont(self.font())
            area = self.rect().toRectF()
            area.setLeft(x + 3)
            paint.text(painter, area, text, tokens.text_surround)
            x += wide + 22
