"""Tiles of a wall of pictures, made once: painting one is a single copy."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .picture_badges import Badges, prepared

CAPTION = 16
"""Height of the line below a picture."""
_KEPT = 600


@dataclass(frozen=True, slots=True)
class WallSource:
    """Where a wall's pictures come from; called for what is painted alone, so it must be quick."""

    image: Callable[[int], QImage | None]
    caption: Callable[[int], str]
    badges: Callable[[int], Badges]


class PictureTiles:
    """The tiles that were painted lately, by place."""

    def __init__(self, source: WallSource) -> None:
        self._source = source
        self._ready: OrderedDict[int, QPixmap] = OrderedDict()

    def get(self, place: int, side: int, ratio: float) -> QPixmap:
        """A picture, or the ground it will lie on, with its caption below.

        Args:
            place: of the picture.
            side: logical pixels; call `clear` before another one.
            ratio: device pixels per logical pixel.
        """
        tile = self._ready.get(place)
        if tile is None:
            tile = self._ready[place] = self._new(place, side, ratio)
            if len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        else:
            self._ready.move_to_end(place)
        return tile

    def drop(self, place: int) -> None:
        """A picture is another one."""
        self._ready.pop(place, None)

    def clear(self) -> None:
        """All are."""
        self._ready.clear()

    def _new(self, place: int, side: int, ratio: float) -> QPixmap:
        tokens = current_tokens()
        tile = QPixmap(round(side * ratio), round((side + CAPTION) * ratio))
        tile.setDevicePixelRatio(ratio)
        tile.fill(tokens.surround)
        rect = QRectF(0, 0, side, side)
        painter = QPainter(tile)
        image = self._source.image(place)
        if image is None:
            paint.rounded(painter, rect, 3, tokens.panel)
        else:
            painter.drawPixmap(rect.topLeft(), prepared(image, side, ratio))
        paint_caption(painter, rect, self._source.caption(place), tokens.text_surround)
        painter.end()
        return tile


def paint_caption(painter: QPainter, rect: QRectF, text: str, colour: QColor) -> None:
    """One line below the picture in `rect`."""
    painter.setFont(font(TextRole.CAPTION))
    area = QRectF(rect.left(), rect.bottom() + 4, rect.width(), CAPTION - 4)
    paint.text(painter, area, text, colour, Qt.AlignmentFlag.AlignHCenter)
