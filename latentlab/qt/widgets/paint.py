"""How our controls draw what they share: boxes, focus rings, dots, shortened text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from latentlab.qt.theme.tokens import Tokens


def rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, border: QColor | None = None
) -> None:
    """A box with a 1 px border inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(border, 1.0) if border is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    box = rect.adjusted(0.5, 0.5, -0.5, -0.5) if border is not None else rect
    painter.drawRoundedRect(box, radius, radius)
    painter.restore()


def focus_ring(painter: QPainter, rect: QRectF, radius: float, tokens: Tokens) -> None:
    """1 px of accent on the border of `rect` and 1 px outside of it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tokens.accent, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius + 0.5, radius + 0.5)
    painter.restore()


def dot(painter: QPainter, centre: QPointF, diameter: float, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(centre, diameter / 2, diameter / 2)
    painter.restore()


def text(
    painter: QPainter,
    rect: QRect | QRectF,
    content: str,
    colour: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line in the painter's font, in the middle of the height, shortened where it does not fit."""
    box = QRectF(rect)
    shown = painter.fontMetrics().elidedText(content, Qt.TextElideMode.ElideRight, int(box.width() + 0.5))
    painter.setPen(colour)
    painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


def cover(painter: QPainter, rect: QRectF, pixmap: QPixmap, radius: float = 0.0) -> None:
    """The middle of a picture, scaled to fill `rect`."""
    if pixmap.isNull() or rect.isEmpty():
        return
    width, height = float(pixmap.width()), float(pixmap.height())
    scale = max(rect.width() / width, rect.height() / height)
    part = QRectF(0, 0, rect.width() / scale, rect.height() / scale)
    part.moveCenter(QPointF(width / 2, height / 2))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if radius:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(rect, radius, radius)
        painter.setClipPath(path)
    painter.drawPixmap(rect, pixmap, part)
    painter.restore()
