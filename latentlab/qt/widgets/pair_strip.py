"""Pairs of samples that are alike, each with the training picture nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, own_keys, paint

_GAP = 24
_PAD = 6
_CAPTION = 26
_BETWEEN = 2
_BEFORE_REAL = 8


@dataclass(frozen=True, slots=True)
class AlikePair:
    """One pair."""

    first: int
    """Number of a generated picture."""
    second: int
    apart: float
    nearest: int
    """Number of the training picture nearest to either."""
    to_nearest: float
    copy: bool
    """It lies nearer to it than pictures of the data lie to each other."""


class PairStrip(QAbstractScrollArea):
    """Click chooses a pair; a double click or Enter opens the sample under the hand."""

    pair_chosen = Signal(int)
    """Number of the pair, -1 for none."""
    sample_opened = Signal(int)
    """Number of a generated picture."""
    real_opened = Signal(int)
    """Number of a training picture."""

    def __init__(self, *, side: int = 66, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._pairs: tuple[AlikePair, ...] = ()
        self._marked: set[int] = set()
        self._current = -1
        self._hovered: tuple[int, int] | None = None
        self._pixmaps: dict[tuple[bool, int], QPixmap] = {}
        self._empty = ""
        self.picture: Callable[[bool, int], QImage | None] = lambda real, index: None
        """Gives a picture: whether it is of the data, and which."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("Closest pairs"))

    def sizeHint(self) -> QSize:
        return QSize(900, 2 * (self._side + _CAPTION))

    def set_pairs(self, pairs: Sequence[AlikePair], empty: str = "") -> None:
        """Show these, closest first; `empty` stands there where there are none."""
        self._pairs = tuple(pairs)
        self._empty = empty
        self._pixmaps.clear()
        self._current = -1
        self._marked = set()
        self._fit()

    @property
    def pairs(self) -> tuple[AlikePair, ...]:
        return self._pairs

    def set_marked(self, numbers: Sequence[int]) -> None:
        """Show pairs as part of what is chosen; emits nothing."""
        self._marked = set(numbers)
        self.viewport().update()

    def marked(self) -> frozenset[int]:
        return frozenset(self._marked)

    # Geometry.

    def _width(self) -> int:
        return 3 * self._side + _BETWEEN + _BEFORE_REAL

    def _columns(self) -> int:
        return max((self.viewport().width() - 2 * _PAD + _GAP) // (self._width() + _GAP), 1)

    def box(self, number: int, place: int) -> QRectF:
        """Where a picture of a pair lies in the viewport: 0 and 1 are the samples, 2 is the training picture."""
        columns = self._columns()
        row, column = divmod(number, columns)
        spare = self.viewport().width() - 2 * _PAD - columns * self._width()
        pitch = self._width() + (min(spare / (columns - 1), 60) if columns > 1 else _GAP)
        left = _PAD + column * pitch + place * (self._side + _BETWEEN)
        top = _PAD + row * (self._side + _CAPTION) - self.verticalScrollBar().value()
        return QRectF(left + (_BEFORE_REAL - _BETWEEN if place == 2 else 0), top, self._side, self._side)

    def place_at(self, position: QPointF) -> tuple[int, int] | None:
        """Pair and place under a point."""
        for number in range(len(self._pairs)):
            whole = self.box(number, 0).united(self.box(number, 2)).adjusted(0, 0, 0, _CAPTION - 6)
            if whole.contains(position):
                for place in (0, 1, 2):
                    if self.box(number, place).contains(position):
                        return number, place
                return number, 0
        return None

    def _fit(self) -> None:
        rows = -(-len(self._pairs) // self._columns())
        bar = self.verticalScrollBar()
        height = _PAD + rows * (self._side + _CAPTION)
        bar.setRange(0, max(height - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep((self._side + _CAPTION) // 2)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.place_at(event.position())
            self._choose(place[0] if place else -1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.place_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self._open(*found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.place_at(event.position())
        if found != self._hovered:
            self._hovered = found
            self.viewport().update()

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, own_keys.ARROWS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = own_keys.step(event, self._columns())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self._open(self._current, 0)
        elif event.key() == Qt.Key.Key_Escape and self._current >= 0:
            self._choose(-1)
        elif move is not None and self._pairs:
            self._choose(min(max(self._current + move, 0), len(self._pairs) - 1))
            self._show(self._current)
        else:
            super().keyPressEvent(event)

    def _show(self, number: int) -> None:
        box, bar = self.box(number, 0), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + round(box.top()) - _PAD)
        elif box.bottom() + _CAPTION > self.viewport().height():
            bar.setValue(bar.value() + round(box.bottom()) + _CAPTION - self.viewport().height())

    def _open(self, number: int, place: int) -> None:
        pair = self._pairs[number]
        if place == 2:
            self.real_opened.emit(pair.nearest)
        else:
            self.sample_opened.emit((pair.first, pair.second)[place])

    def _choose(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self.pair_chosen.emit(number)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.viewport().update()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.place_at(QPointF(event.pos()))
            text = ""
            if found is not None:
                text = (
                    self.tr("Nearest training picture")
                    if found[1] == 2
                    else self.tr("Sample {0}; double click to open it in Explore").format(
                        (self._pairs[found[0]].first, self._pairs[found[0]].second)[found[1]]
                    )
                )
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self.viewport())
        if not self._pairs:
            painter.setFont(font(TextRole.BODY))
            painter.setPen(tokens.text_3)
            area = self.viewport().rect().adjusted(_PAD, _PAD, -_PAD, -_PAD)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap), self._empty)
            return
        sight = QRectF(self.viewport().rect()).adjusted(0, -_CAPTION, 0, 0)
        for number in range(len(self._pairs)):
            if self.box(number, 0).intersects(sight):
                self._paint_pair(painter, number)

    def _paint_pair(self, painter: QPainter, number: int) -> None:
        tokens = current_tokens()
        pair = self._pairs[number]
        chosen = number == self._current or number in self._marked
        for place, (real, index) in enumerate(
            ((False, pair.first), (False, pair.second), (True, pair.nearest))
        ):
            box = self.box(number, place)
            history_paint.thumbnail(
                painter, box, self._pixmap(real, index), hovered=self._hovered == (number, place)
            )
            if real and pair.copy:
                paint.rounded(painter, box.adjusted(-2, -2, 2, 2), 5, None, tokens.warning)
        if chosen:
            both = self.box(number, 0).united(self.box(number, 1))
            history_paint.frame(
                painter, both, current=True, focused=self.hasFocus() and number == self._current
            )
        painter.setFont(font(TextRole.HINT))
        left = self.box(number, 0)
        words = self.tr("apart")
        area = QRectF(left.left(), left.bottom() + 3, 2 * self._side, 16)
        paint.text(painter, area, words, tokens.text_3)
        room = painter.fontMetrics().horizontalAdvance(words) + 5
        paint.text(painter, area.adjusted(room, 0, 0, 0), _distance(pair.apart), tokens.text)
        real_box = self.box(number, 2)
        area = QRectF(real_box.left() - 30, real_box.bottom() + 3, self._side + 30, 16)
        text = _distance(pair.to_nearest)
        paint.text(painter, area, text, tokens.text, Qt.AlignmentFlag.AlignRight)
        if pair.copy:
            width = painter.fontMetrics().horizontalAdvance(text) + 5
            area = area.adjusted(0, 0, -width, 0)
            paint.text(painter, area, self.tr("copy?"), tokens.warning, Qt.AlignmentFlag.AlignRight)

    def _pixmap(self, real: bool, index: int) -> QPixmap | None:
        key = real, index
        if key not in self._pixmaps:
            image = self.picture(real, index)
            if image is None:
                return None
            self._pixmaps[key] = QPixmap.fromImage(image)
        return self._pixmaps[key]


def _distance(value: float) -> str:
    return format_number(value, 3 if value < 1 else 2 if value < 100 else 0)
