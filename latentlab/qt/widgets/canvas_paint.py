"""What the canvas draws besides the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import paint

_INSET = 16
_LINE = 16


@dataclass
class Notes:
    """Texts of the canvas."""

    info: tuple[str, ...] = ()
    compare: str = ""
    busy: str = ""
    title: str = ""
    hint: str = ""
    drop: str = ""


def ground(painter: QPainter, rect: QRect) -> None:
    painter.fillRect(rect, current_tokens().surround)


def visible_part(target: QRectF, pane: QRectF, image: QSize) -> tuple[QRectF, QRectF]:
    """The part of `target` inside the pane and the whole source pixels under it (at 64x, targets are huge)."""
    seen = target.intersected(pane)
    if seen.isEmpty() or image.isEmpty():
        return QRectF(), QRectF()
    step_x, step_y = target.width() / image.width(), target.height() / image.height()
    left = max(math.floor((seen.left() - target.left()) / step_x) - 1, 0)
    top = max(math.floor((seen.top() - target.top()) / step_y) - 1, 0)
    right = min(math.ceil((seen.right() - target.left()) / step_x) + 1, image.width())
    bottom = min(math.ceil((seen.bottom() - target.top()) / step_y) + 1, image.height())
    source = QRectF(left, top, right - left, bottom - top)
    corner = QPointF(target.left() + left * step_x, target.top() + top * step_y)
    return QRectF(corner.x(), corner.y(), source.width() * step_x, source.height() * step_y), source


def difference(image: QImage, other: QImage, gain: int) -> QImage:
    """How far each colour of one picture lies from the other's, times `gain` (a power of two)."""
    result = image.convertToFormat(QImage.Format.Format_RGB32)
    if result is image or result.cacheKey() == image.cacheKey():
        result = image.copy()
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(QRectF(result.rect()), other, QRectF(other.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    while gain > 1:
        gain //= 2
        painter.drawImage(0, 0, result.copy())
    painter.end()
    return result


def info(painter: QPainter, picture: QRectF, lines: tuple[str, ...]) -> None:
    """Lines in the corner, unless the picture lies there: nothing is written over a picture."""
    tokens = current_tokens()
    painter.setFont(font(TextRole.HINT))
    metrics = painter.fontMetrics()
    width = max((metrics.horizontalAdvance(line) for line in lines), default=0)
    box = QRectF(_INSET, _INSET - 2, width + 2, _LINE * len(lines))
    if not lines or box.intersects(picture):
        return
    for index, line in enumerate(lines):
        area = QRectF(box.left(), box.top() + index * _LINE, box.width(), _LINE)
        paint.text(painter, area, line, tokens.text_2 if index == 0 else tokens.text_surround)


def empty(painter: QPainter, pane: QRectF, notes: Notes) -> None:
    if not notes.title:
        return
    tokens = current_tokens()
    middle = pane.center()
    paint_icon(painter, QRectF(middle.x() - 20, middle.y() - 66, 40, 40), "image", tokens.text_3, 36)
    painter.setFont(font(TextRole.MODEL))
    title = QRectF(pane.left() + 24, middle.y() - 14, pane.width() - 48, 20)
    paint.text(painter, title, notes.title, tokens.text_2, Qt.AlignmentFlag.AlignHCenter)
    painter.setFont(font(TextRole.BODY))
    painter.setPen(tokens.text_surround)
    hint = QRectF(middle.x() - 160, middle.y() + 12, 320, 80)
    painter.drawText(
        hint,
        int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap),
        notes.hint,
    )


def busy(painter: QPainter, pane: QRectF, text: str) -> None:
    if not text:
        return
    tokens = current_tokens()
    painter.setFont(font(TextRole.HINT))
    width = painter.fontMetrics().horizontalAdvance(text) + 20
    box = QRectF(pane.right() - _INSET - width, pane.top() + 12, width, 24)
    paint.rounded(painter, box, 4, tokens.raised, tokens.line)
    paint.text(painter, box, text, tokens.text_2, Qt.AlignmentFlag.AlignHCenter)


def drop(painter: QPainter, pane: QRectF, text: str) -> None:
    if not text:
        return
    tokens = current_tokens()
    veil = QColor(tokens.surround)
    veil.setAlphaF(0.8)
    painter.fillRect(pane, veil)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tokens.accent, 2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(pane.adjusted(12, 12, -12, -12), 6, 6)
    painter.restore()
    middle = pane.center()
    paint_icon(painter, QRectF(middle.x() - 16, middle.y() - 40, 32, 32), "open", tokens.accent_text, 28)
    painter.setFont(font(TextRole.MODEL))
    line = QRectF(pane.left() + 24, middle.y(), pane.width() - 48, 24)
    paint.text(painter, line, text, tokens.text, Qt.AlignmentFlag.AlignHCenter)


def wipe_line(painter: QPainter, picture: QRectF, x: float) -> None:
    tokens = current_tokens()
    painter.fillRect(QRectF(x - 1.5, picture.top(), 3, picture.height()), tokens.edge)
    painter.fillRect(QRectF(x - 0.5, picture.top(), 1, picture.height()), QColor(Qt.GlobalColor.white))
    grip = QRectF(x - 4, picture.center().y() - 14, 8, 28)
    paint.rounded(painter, grip, 3, QColor(Qt.GlobalColor.white), tokens.edge)
