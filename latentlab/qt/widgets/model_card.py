"""What a model is: picture, name, facts, where it comes from, and anything doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import icon_pixmap
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .chip import Chip
from .layouts import empty_layout

_PICTURE = 72


class ModelCardView(QFrame):
    """Shows; edits nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = _Picture(self)
        self._name = _label(self, TextRole.MODEL)
        self._about = _label(self, TextRole.BODY, "2")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(6)
        heading = QVBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(self._name)
        heading.addLayout(self._chips)
        heading.addWidget(self._about)
        heading.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(heading, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(self._facts)
        layout.addLayout(self._notes)

    def set_picture(self, pixmap: QPixmap | None) -> None:
        self._picture.pixmap = pixmap if pixmap is not None else QPixmap()
        self._picture.update()

    def set_model(self, name: str, about: str = "", badges: Sequence[str] = ()) -> None:
        """Name, a sentence or two about it, and a few words as badges."""
        self._name.setText(name)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.setAccessibleName(name)
        empty_layout(self._chips)
        for badge in badges:
            self._chips.addWidget(Chip(badge, parent=self))
        self._chips.addStretch(1)

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Label and value, line by line."""
        empty_layout(self._facts)
        for line, (label, value) in enumerate(facts):
            name = _label(self, TextRole.BODY, "3")
            name.setText(label)
            name.setWordWrap(False)
            text = _label(self, TextRole.BODY)
            text.setText(value)
            self._facts.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, line, 1)

    def set_notes(self, notes: Sequence[tuple[str, str]]) -> None:
        """What a person should know, as (tone, text); the tone is "info", "warning" or "error"."""
        empty_layout(self._notes)
        for tone, text in notes:
            self._notes.addWidget(_Note(tone, text, self))


class _Picture(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pixmap = QPixmap()
        self.setFixedSize(QSize(_PICTURE, _PICTURE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.pixmap.isNull():
            paint.rounded(painter, rect, 3, current_tokens().control)
        else:
            paint.cover(painter, rect, self.pixmap, 3)


class _Note(QFrame):
    """A remark with its icon."""

    def __init__(self, tone: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = tone
        words = _label(self, TextRole.BODY)
        words.setText(text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(32, 7, 10, 7)
        layout.addWidget(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        colour, wash = {
            "error": (tokens.error, tokens.error_wash),
            "warning": (tokens.warning, tokens.warning_wash),
        }.get(self._tone, (tokens.text_2, tokens.raised))
        painter = QPainter(self)
        paint.rounded(painter, QRectF(self.rect()), 4, wash)
        painter.drawPixmap(9, 7, icon_pixmap(self._tone, 16, colour, self.devicePixelRatioF()))


def _label(parent: QWidget, role: TextRole, tone: str = "") -> QLabel:
    label = QLabel(parent)
    label.setFont(font(role))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    if tone:
        label.setProperty("tone", tone)
    return label
