"""One channel's histogram in this picture, over the usual one, with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Tokens, current_tokens

from . import paint

_HEIGHT = 114
_PLOT = 0.46
_COLUMNS = (44.0, 52.0)
_LINE = 17.0


@dataclass(frozen=True, slots=True)
class ChannelFigure:
    """A name, its value here, and what is usual ("" where that is not known yet)."""

    name: str
    value: str
    usual: str = ""
    stands_out: bool = False


class ChannelPlot(QWidget):
    """Shows; edits nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._here: Sequence[float] = ()
        self._usual: Sequence[float] = ()
        self._ends = (0.0, 0.0)
        self._figures: tuple[ChannelFigure, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Figures of a channel"))

    def sizeHint(self) -> QSize:
        return QSize(340, _HEIGHT)

    def set_channel(
        self,
        title: str,
        here: Sequence[float],
        usual: Sequence[float],
        ends: tuple[float, float],
        figures: Sequence[ChannelFigure],
    ) -> None:
        """Histograms as shares, between the same ends; an empty `usual` is not drawn."""
        self._title, self._here, self._usual, self._ends = title, here, usual, ends
        self._figures = tuple(figures)
        self.setAccessibleDescription(", ".join(f"{f.name} {f.value}" for f in figures))
        self.update()

    def clear(self, title: str) -> None:
        """Say something in place of figures."""
        self.set_channel(title, (), (), (0.0, 0.0), ())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setFont(font(TextRole.TITLE if self._here else TextRole.HINT))
        head = QRectF(12, 2, self.width() - 24, 18)
        paint.text(painter, head, self._title, tokens.text if self._here else tokens.text_3)
        if len(self._here):
            plot = QRectF(12, 24, (self.width() - 24) * _PLOT, self.height() - 24 - 18)
            self._paint_plot(painter, plot, tokens)
            self._paint_figures(
                painter, QRectF(plot.right() + 12, 24, self.width() - plot.right() - 24, 80), tokens
            )

    def _paint_plot(self, painter: QPainter, plot: QRectF, tokens: Tokens) -> None:
        painter.fillRect(plot, tokens.groove)
        top = max(*self._here, *self._usual, 1e-6)
        count = len(self._here)
        step = plot.width() / count
        for place, share in enumerate(self._here):
            height = plot.height() * share / top
            painter.fillRect(
                QRectF(plot.left() + place * step, plot.bottom() - height, max(step - 1, 1), height),
                tokens.accent,
            )
        if len(self._usual):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens.text_2, 1.4))
            points = [
                QPointF(plot.left() + (place + 0.5) * step, plot.bottom() - plot.height() * share / top)
                for place, share in enumerate(self._usual)
            ]
            painter.drawPolyline(QPolygonF(points))
            painter.restore()
        low, high = self._ends
        if low < 0 < high:
            zero = plot.left() + plot.width() * -low / (high - low)
            painter.fillRect(QRectF(zero, plot.top(), 1, plot.height()), QColor(tokens.line_strong))
        painter.setFont(font(TextRole.CAPTION))
        under = QRectF(plot.left(), plot.bottom() + 2, plot.width(), 14)
        paint.text(painter, under, format_number(low, 2), tokens.text_3)
        paint.text(painter, under, format_number(high, 2), tokens.text_3, Qt.AlignmentFlag.AlignRight)

    def _paint_figures(self, painter: QPainter, area: QRectF, tokens: Tokens) -> None:
        painter.setFont(font(TextRole.HINT))
        right = Qt.AlignmentFlag.AlignRight
        for line, figure in enumerate(
            (ChannelFigure("", self.tr("here"), self.tr("usually")), *self._figures)
        ):
            top = area.top() + (line - 1) * _LINE
            name = QRectF(area.left(), top, _COLUMNS[0], _LINE)
            value = QRectF(name.right(), top, _COLUMNS[1], _LINE)
            usual = QRectF(value.right(), top, area.right() - value.right(), _LINE)
            paint.text(painter, name, figure.name, tokens.text_3)
            colour = tokens.warning if figure.stands_out else tokens.text if line else tokens.text_3
            paint.text(painter, value, figure.value, colour, right)
            paint.text(painter, usual, figure.usual, tokens.text_3, right)
