"""What a direction changes beside what it should: one line for each other direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens

from . import paint

_LINE = 18
_NUMBER = 44.0
_BAR = 56.0
_MOST = 6
_MUCH = 0.4
"""From here on a line is worth a second look."""


@dataclass(frozen=True, slots=True)
class OverlapLine:
    """How alike another direction is."""

    name: str
    pictures: float
    """Of what both change in pictures, -1 ... 1."""
    codes: float
    """Of the vectors, -1 ... 1."""


class OverlapList(QWidget):
    """The most alike first: bar and number of what both change in pictures, number of the codes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[OverlapLine] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "Pictures: how alike the changes of fresh pictures are that both directions make.\n"
                "Codes: the cosine of the two vectors."
            )
        )
        self.setAccessibleName(self.tr("What else it changes"))

    def set_lines(self, lines: Sequence[OverlapLine]) -> None:
        self._lines = sorted(lines, key=lambda line: -abs(line.pictures))[:_MOST]
        self.setVisible(bool(self._lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, (len(self._lines) + 1) * _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.HINT))
        right = Qt.AlignmentFlag.AlignRight
        codes = QRectF(self.width() - _NUMBER, 0, _NUMBER, _LINE)
        pictures = codes.translated(-_NUMBER - 4, 0)
        bar_left = pictures.left() - _BAR - 2
        paint.text(painter, QRectF(0, 0, bar_left, _LINE), self.tr("Also changes"), tokens.text_3)
        paint.text(painter, pictures.adjusted(-30, 0, 0, 0), self.tr("pictures"), tokens.text_3, right)
        paint.text(painter, codes, self.tr("codes"), tokens.text_3, right)
        for number, line in enumerate(self._lines, 1):
            top = number * _LINE
            much = abs(line.pictures) >= _MUCH
            colour = tokens.warning if much else tokens.text_2
            paint.text(painter, QRectF(0, top, bar_left - 6, _LINE), line.name, tokens.text_2)
            bar = QRectF(bar_left, top + _LINE / 2 - 2, _BAR, 4)
            paint.rounded(painter, bar, 2, tokens.groove)
            filled = QRectF(bar.left(), bar.top(), bar.width() * min(abs(line.pictures), 1.0), 4)
            paint.rounded(painter, filled, 2, tokens.warning if much else tokens.fill)
            for box, value in ((pictures, line.pictures), (codes, line.codes)):
                text = format_number(value, 2, signed=True)
                paint.text(
                    painter, box.translated(0, top), text, colour if box is pictures else tokens.text_3, right
                )
