"""The channels of a block side by side, as small signed pictures. Only those in sight are painted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GAP = 6.0
_CAPTION = 13.0
_LEAST = 52.0
_NEGATIVE, _ZERO, _POSITIVE = QColor("#f29646"), QColor("#262626"), QColor("#5ab0f2")
"""Signed maps: see the design's tokens."""


def signed_colours() -> list[int]:
    """256 colours from negative over zero (128) to positive, for an indexed image."""
    table = []
    for code in range(256):
        end = _POSITIVE if code > 128 else _NEGATIVE
        share = min(abs(code - 128) / 127, 1.0)
        parts = (
            (_ZERO.red(), end.red()),
            (_ZERO.green(), end.green()),
            (_ZERO.blue(), end.blue()),
        )
        table.append(QColor(*(round(zero + share * (full - zero)) for zero, full in parts)).rgb())
    return table


class ContactSheet(QAbstractScrollArea):
    """Click chooses a channel, Ctrl adds or takes one, Shift a run; Ctrl+A all, Esc none."""

    selection_changed = Signal(object)  # tuple of channels, in the order of the sheet
    hovered = Signal(object)  # a channel, or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: NDArray[np.uint8] | None = None
        self._gains: Sequence[float] = ()
        self._order: list[int] = []
        self._texts: dict[int, str] = {}
        self._images: dict[int, QImage] = {}
        self._chosen: set[int] = set()
        self._anchor: int | None = None
        self._under: int | None = None
        self._table = signed_colours()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("Channels"))

    def set_maps(self, maps: NDArray[np.uint8] | None, gains: Sequence[float] = ()) -> None:
        """(C, h, w), 128 is zero; `gains` brighten each channel's picture (1 shows it as it is)."""
        count = 0 if maps is None else len(maps)
        if len(self._order) != count:
            self._order = list(range(count))
        self._maps, self._gains = maps, gains
        self._images.clear()
        self._choose({channel for channel in self._chosen if channel < count})
        self._set_range()

    def set_order(self, order: Iterable[int]) -> None:
        """In which order the channels stand."""
        self._order = list(order)
        self.viewport().update()

    def set_texts(self, texts: dict[int, str]) -> None:
        """What the tooltip of a channel says."""
        self._texts = texts

    def set_selection(self, channels: Iterable[int]) -> None:
        """Show channels chosen; emits nothing."""
        self._chosen = set(channels)
        self.viewport().update()

    def selection(self) -> tuple[int, ...]:
        return tuple(channel for channel in self._order if channel in self._chosen)

    def count(self) -> int:
        return len(self._order)

    # Geometry.

    def _columns(self) -> int:
        return max(int((self.viewport().width() - _GAP) // (_LEAST + _GAP)), 1)

    def _side(self) -> float:
        columns = self._columns()
        return (self.viewport().width() - _GAP * (columns + 1)) / columns

    def cell(self, place: int) -> QRectF:
        """Where the channel at a place of the order lies in the viewport."""
        row, column = divmod(place, self._columns())
        side = self._side()
        top = _GAP + row * (side + _CAPTION + _GAP) - self.verticalScrollBar().value()
        return QRectF(_GAP + column * (side + _GAP), top, side, side)

    def _place_at(self, position: QPointF) -> int | None:
        side = self._side()
        row = int((position.y() + self.verticalScrollBar().value() - _GAP) // (side + _CAPTION + _GAP))
        column = int((position.x() - _GAP) // (side + _GAP))
        place = row * self._columns() + column
        inside = 0 <= column < self._columns() and 0 <= place < len(self._order)
        return place if inside and self.cell(place).contains(position) else None

    def _set_range(self) -> None:
        rows = -(-len(self._order) // self._columns())
        height = _GAP + rows * (self._side() + _CAPTION + _GAP)
        self.verticalScrollBar().setRange(0, max(round(height) - self.viewport().height(), 0))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(round(self._side()))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_range()

    def sizeHint(self) -> QSize:
        return QSize(360, 300)

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._place_at(event.position())
        keys = event.modifiers()
        if place is None:
            self._choose(set())
        elif keys & Qt.KeyboardModifier.ShiftModifier and self._anchor is not None:
            low, high = sorted((place, self._anchor))
            self._choose(self._chosen | set(self._order[low : high + 1]))
        elif keys & Qt.KeyboardModifier.ControlModifier:
            if self._order[place] not in self._chosen:
                self._anchor = place
            self._choose(self._chosen ^ {self._order[place]})
        else:
            self._anchor = place
            alone = self._chosen == {self._order[place]}
            self._choose(set() if alone else {self._order[place]})

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        self._hover(None if place is None else self._order[place])

    def _hover(self, channel: int | None) -> None:
        if channel != self._under:
            self._under = channel
            self.hovered.emit(channel)
            self.viewport().update()

    def _choose(self, channels: set[int]) -> None:
        if channels != self._chosen:
            self._chosen = channels
            self.selection_changed.emit(self.selection())
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._choose(set(self._order))
        elif event.key() == Qt.Key.Key_Escape and self._chosen:
            self._choose(set())
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._place_at(QPointF(event.pos()))
            text = "" if place is None else self._texts.get(self._order[place], str(self._order[place]))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    # Painting.

    def _image(self, channel: int) -> QImage:
        image = self._images.get(channel)
        if image is None:
            assert self._maps is not None
            values = self._maps[channel]
            gain = self._gains[channel] if len(self._gains) else 1.0
            if gain != 1.0:
                values = ((values.astype("f4") - 128) * gain + 128).clip(1, 255).astype("u1")
            height, width = values.shape
            plain = QImage(values.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
            plain.setColorTable(self._table)
            image = self._images[channel] = plain.convertToFormat(QImage.Format.Format_RGB32)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self.viewport())
        painter.setFont(font(TextRole.CAPTION))
        line = self._side() + _CAPTION + _GAP
        first = max(int((self.verticalScrollBar().value() - _GAP) // line), 0) * self._columns()
        last = first + (int(self.viewport().height() // line) + 2) * self._columns()
        for place in range(first, min(last, len(self._order))):
            channel, rect = self._order[place], self.cell(place)
            if self._maps is not None:
                painter.drawImage(rect, self._image(channel))
            chosen = channel in self._chosen
            history_paint.frame(painter, rect, current=chosen, hovered=channel == self._under)
            caption = QRectF(rect.left(), rect.bottom() + 1, rect.width(), _CAPTION)
            colour = tokens.accent_text if chosen else tokens.text_3
            paint.text(painter, caption, str(channel), colour, Qt.AlignmentFlag.AlignHCenter)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 3, tokens)
