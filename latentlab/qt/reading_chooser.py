"""Where a file can be read in several ways: each with its pictures, the most natural first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from latentlab.formats.report import Candidate
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.icon_button import Button, IconButton

_WIDTH = 560
_MOST_HEIGHT = 520
_PICTURE = QSize(200, 104)
_MARGIN = 24


@dataclass(frozen=True, slots=True, eq=False)
class PicturedReading:
    """One way to read a file, and samples of what it draws."""

    candidate: Candidate
    sheet: QImage


class ReadingChooser(QFrame):
    """Lies over its parent until a reading is taken or it is closed; what is open stays as it is until then."""

    chosen = Signal(str)
    """Key of a candidate."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = parent
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_WIDTH)
        self.title = QLabel()
        self.title.setFont(font(TextRole.TITLE))
        about = QLabel(self.tr("Its shapes leave something open. The choice is remembered for this file."))
        about.setProperty("tone", "2")
        about.setWordWrap(True)
        close = IconButton("close", self.tr("Keep what is shown"), shortcut="Esc")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 8, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(about)
        layout.addWidget(self._scroll, 1)
        self.buttons: dict[str, Button] = {}
        """By key of the candidate."""
        self.hide()

    def offer(self, readings: Sequence[PicturedReading], current: str) -> None:
        """Show the readings; `current` is the key of the one that is open."""
        self.title.setText(self.tr("This file can be read in {0} ways").format(len(readings)))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        self.buttons = {}
        for reading in readings:
            column.addLayout(self._line(reading, open_now=reading.candidate.key == current))
        column.addStretch(1)
        self._scroll.setWidget(content)
        area = self._area
        wanted = min(110 + content.sizeHint().height(), _MOST_HEIGHT, area.height() - 2 * _MARGIN)
        self.setFixedHeight(max(wanted, 160))
        self.move((area.width() - self.width()) // 2, (area.height() - self.height()) // 2)
        self.show()
        self.raise_()
        self.setFocus()

    def _line(self, reading: PicturedReading, *, open_now: bool) -> QHBoxLayout:
        candidate = reading.candidate
        text = QLabel(candidate.description)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        natural = QLabel(
            self.tr("natural to {0}").format(format_number(100 * candidate.score, 0, suffix=" %"))
        )
        natural.setFont(font(TextRole.HINT))
        natural.setProperty("tone", "3")
        natural.setToolTip(self.tr("Judged by range, spectrum and what the file remembers of its training"))
        button = Button(
            self.tr("Shown now: keep") if open_now else self.tr("Read it so"),
            role="" if open_now else "outline",
            small=True,
        )
        button.clicked.connect(lambda: self._on_chosen(candidate.key))
        self.buttons[candidate.key] = button
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(text)
        words.addWidget(natural)
        words.addStretch(1)
        words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(_Sheet(reading.sheet), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        return line

    def _on_chosen(self, key: str) -> None:
        self.hide()
        self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class _Sheet(QWidget):
    """Samples, as large as there is room, without smoothing small ones away."""

    def __init__(self, sheet: QImage) -> None:
        super().__init__()
        self._sheet = sheet
        self.setFixedSize(_PICTURE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_tokens().surround)
        size = self._sheet.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(self.rect().adjusted(left, top, -left, -top), self._sheet)
