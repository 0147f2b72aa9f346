"""How steps of the history and pictures on the shelf are drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .history_layout import HistoryLayout, HistoryNode, Lane

_RADIUS = 3.0
_BADGE = 15.0
_CORNER = 5.0


def star_box(rect: QRectF) -> QRectF:
    """Where a picture's star lies."""
    return QRectF(rect.right() - _BADGE - 2, rect.top() + 2, _BADGE, _BADGE)


def thumbnail(
    painter: QPainter,
    rect: QRectF,
    pixmap: QPixmap | None,
    *,
    current: bool = False,
    hovered: bool = False,
    focused: bool = False,
    starred: bool = False,
    starrable: bool = False,
) -> None:
    """A picture with its selection outline and star."""
    tokens = current_tokens()
    if pixmap is None or pixmap.isNull():
        paint.rounded(painter, rect, _RADIUS, tokens.control)
    else:
        paint.cover(painter, rect, pixmap, _RADIUS)
    frame(painter, rect, current=current, hovered=hovered, focused=focused)
    if starred or (hovered and starrable):
        ground = QColor(20, 20, 20)
        ground.setAlphaF(0.72)
        badge = star_box(rect)
        paint.rounded(painter, badge, 3, ground)
        paint_icon(painter, badge, "star-on" if starred else "star", QColor(240, 240, 240), 11)


def frame(
    painter: QPainter, rect: QRectF, *, current: bool = False, hovered: bool = False, focused: bool = False
) -> None:
    """The outline of a picture that is chosen or under the mouse."""
    tokens = current_tokens()
    if current:
        _outline(painter, rect.adjusted(-2, -2, 2, 2), 2.0, tokens.accent)
        if focused:
            _outline(painter, rect.adjusted(-4, -4, 4, 4), 1.0, tokens.accent)
    elif hovered:
        _outline(painter, rect.adjusted(-1.5, -1.5, 1.5, 1.5), 1.0, tokens.text_3)


def _outline(painter: QPainter, rect: QRectF, width: float, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, _RADIUS + 1.5, _RADIUS + 1.5)
    painter.restore()


def step(
    painter: QPainter, rect: QRectF, node: HistoryNode, *, current: bool, hovered: bool, focused: bool
) -> None:
    thumbnail(
        painter,
        rect,
        node.pixmap,
        current=current,
        hovered=hovered,
        focused=focused,
        starred=node.starred,
        starrable=True,
    )


def connectors(painter: QPainter, lane: Lane, layout: HistoryLayout, left: float, right: float) -> None:
    """The line through a lane, and the bend from the step it branches off."""
    tokens = current_tokens()
    painter.setPen(QPen(tokens.line_strong, 2))
    middle = lane.top + lane.side() / 2
    gap = 2.0
    for index in lane.within(left - lane.pitch(), right):
        if index + 1 < len(lane.keys):
            here, following = lane.rect(index), lane.rect(index + 1)
            painter.drawLine(QPointF(here.right() + gap, middle), QPointF(following.left() - gap, middle))
    if lane.fork is None:
        return
    fork = layout.rect(lane.fork)
    start = QPointF(fork.center().x(), fork.bottom() + 3)
    path = QPainterPath(start)
    path.lineTo(start.x(), middle - _CORNER)
    path.quadTo(start.x(), middle, start.x() + _CORNER, middle)
    path.lineTo(lane.left - gap, middle)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


def caption(painter: QPainter, lane: Lane, lines: tuple[str, str]) -> None:
    tokens = current_tokens()
    painter.setFont(font(TextRole.HINT))
    left = lane.right() + 12
    for index, line in enumerate(lines):
        area = QRectF(left, lane.top + 6 + index * 15, 152, 15)
        paint.text(painter, area, line, tokens.text_3)
