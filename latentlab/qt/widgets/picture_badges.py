"""What is said on a small picture: star, mark A or B, parent; and pictures made ready for painting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint

_SIDE = 15.0
_RADIUS = 3.0
_GROUND = QColor(20, 20, 20, 184)
_LIGHT = QColor(240, 240, 240)


@dataclass(frozen=True, slots=True)
class Badges:
    """What is known of a picture."""

    starred: bool = False
    mark: str = ""
    """ "A", "B" or none."""
    parent: bool = False


def paint_badges(painter: QPainter, rect: QRectF, badges: Badges, *, hovered: bool = False) -> None:
    """Star at the top right, mark at the top left, parent at the bottom left."""
    if badges.starred or hovered:
        box = history_paint.star_box(rect)
        paint.rounded(painter, box, _RADIUS, _GROUND)
        paint_icon(painter, box, "star-on" if badges.starred else "star", _LIGHT, 11)
    if badges.mark:
        box = QRectF(rect.left() + 2, rect.top() + 2, _SIDE, _SIDE)
        fill, colour = mark_colours(badges.mark)
        paint.rounded(painter, box, _RADIUS, fill)
        painter.setFont(font(TextRole.CAPTION))
        paint.text(painter, box, badges.mark, colour, Qt.AlignmentFlag.AlignHCenter)
    if badges.parent:
        box = QRectF(rect.left() + 2, rect.bottom() - _SIDE - 2, _SIDE, _SIDE)
        paint.rounded(painter, box, _RADIUS, _GROUND)
        paint_icon(painter, box, "branch", _LIGHT, 11)


def mark_colours(letter: str) -> tuple[QColor, QColor]:
    """Ground and letter of a mark."""
    tokens = current_tokens()
    fill = tokens.accent if letter == "A" else tokens.warning
    return fill, QColor("#0b1522") if fill.lightness() > 120 else QColor("#ffffff")


def prepared(image: QImage, side: int, ratio: float) -> QPixmap:
    """The middle of a picture as a rounded square of `side` logical pixels, to be painted as it is."""
    pixels = round(side * ratio)
    scaled = image.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint.cover(painter, QRectF(0, 0, pixels, pixels), QPixmap.fromImage(scaled), _RADIUS * ratio)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
