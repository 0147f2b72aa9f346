"""Pictures that carry one mark, in a row: a letter, what it means, and the newest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from . import history_paint, paint
from .picture_badges import mark_colours

_SIDE = 40.0
_GAP = 4.0
_LETTER = 24.0


@dataclass(frozen=True, slots=True)
class MarkedPicture:
    """One of them."""

    key: int
    pixmap: QPixmap | None = None
    doubtful: bool = False
    """Left out of the fit, it was told wrong: perhaps it was marked by mistake."""


class MarkStrip(QWidget):
    """A click on a picture takes its mark away. Those that do not fit are counted."""

    taken_away = Signal(int)

    def __init__(self, letter: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter = letter
        self._hint = hint
        self._pictures: list[MarkedPicture] = []
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFixedHeight(round(_SIDE) + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{letter}: {hint}")

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def set_pictures(self, pictures: Sequence[MarkedPicture]) -> None:
        """Newest last; the newest are shown."""
        self._pictures = list(pictures)
        self.setAccessibleDescription(str(len(self._pictures)))
        self.update()

    def _places(self) -> list[tuple[QRectF, MarkedPicture]]:
        room = int((self.width() - _LETTER) // (_SIDE + _GAP))
        fits = self._pictures if len(self._pictures) <= room else self._pictures[-(room - 1) :]
        return [
            (QRectF(_LETTER + place * (_SIDE + _GAP), 2, _SIDE, _SIDE), picture)
            for place, picture in enumerate(reversed(fits))
        ]

    def _hit(self, position: QPointF) -> int:
        return next((picture.key for rect, picture in self._places() if rect.contains(position)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self._hit(event.position())
        if key >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.taken_away.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._hit(event.position())
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = -1
            self.update()
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            key = self._hit(QPointF(event.pos()))
            picture = next((item for item in self._pictures if item.key == key), None)
            QToolTip.showText(event.globalPos(), self._tip(picture), self)
            return True
        return super().event(event)

    def _tip(self, picture: MarkedPicture | None) -> str:
        if picture is None:
            return self._hint
        if picture.doubtful:
            return self.tr("Told wrong when it was left out: marked by mistake? Click to take the mark away")
        return self.tr("Click to take the mark away")

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        fill, colour = mark_colours(self._letter)
        box = QRectF(0, 2 + (_SIDE - 16) / 2, 16, 16)
        paint.rounded(painter, box, 3, fill)
        painter.setFont(font(TextRole.CAPTION))
        paint.text(painter, box, self._letter, colour, Qt.AlignmentFlag.AlignHCenter)
        painter.setFont(font(TextRole.HINT))
        if not self._pictures:
            area = QRectF(_LETTER, 2, self.width() - _LETTER, _SIDE)
            paint.text(painter, area, self._hint, tokens.text_3)
            return
        places = self._places()
        for rect, picture in places:
            hovered = picture.key == self._hovered
            history_paint.thumbnail(painter, rect, picture.pixmap, hovered=hovered)
            if hovered or picture.doubtful:
                badge = QRectF(rect.right() - 15, rect.top() + 1, 14, 14)
                paint.rounded(painter, badge, 3, tokens.raised)
                icon, tone = ("close", tokens.text) if hovered else ("warning", tokens.warning)
                paint_icon(painter, badge, icon, tone, 10)
        hidden = len(self._pictures) - len(places)
        if hidden:
            left = places[-1][0].right() + 6
            paint.text(painter, QRectF(left, 2, 40, _SIDE), f"+{hidden}", tokens.text_3)
