"""A button in the look of a field: says what is chosen, and opens what there is to choose from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint

_PICTURE = 18


class FieldButton(QAbstractButton):
    """`clicked` asks for the menu; `corner` is where it belongs."""

    def __init__(
        self, name: str, *, least: int = 90, most: int = 260, tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self._pixmap: QPixmap | None = None
        self._quiet = True
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.setToolTip(tooltip or name)
        self.setFixedHeight(Size.BUTTON)
        self.setMinimumWidth(least)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_choice(self, text: str, *, quiet: bool = False, pixmap: QPixmap | None = None) -> None:
        """Say what is chosen; `quiet` where nothing is and the text is a hint."""
        self.setText(text)
        self._quiet, self._pixmap = quiet, pixmap
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def corner(self) -> QPoint:
        """Where a menu opens, on the screen."""
        return self.mapToGlobal(QPoint(0, self.height() + 2))

    def sizeHint(self) -> QSize:
        room = 40 + (_PICTURE + 6 if self._pixmap is not None else 0)
        width = self.fontMetrics().horizontalAdvance(self.text()) + room
        return QSize(min(max(width, self._least), self._most), Size.BUTTON)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, Size.BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        border = QColor(tokens.line_strong if self.underMouse() and self.isEnabled() else tokens.line)
        paint.rounded(painter, box, 3, tokens.field, border)
        left = 9.0
        if self._pixmap is not None:
            picture = QRectF(6, (self.height() - _PICTURE) / 2, _PICTURE, _PICTURE)
            paint.cover(painter, picture, self._pixmap, 2)
            left = picture.right() + 7
        colour = tokens.text_3 if self._quiet else tokens.text
        if not self.isEnabled():
            colour = tokens.text_off
        paint.text(painter, QRectF(left, 0, self.width() - left - 26, self.height()), self.text(), colour)
        chevron = QRectF(self.width() - 24, 0, 18, self.height())
        paint_icon(painter, chevron, "chevron-down", tokens.text_2, 14)
        if self.hasFocus():
            paint.focus_ring(painter, box, 3, tokens)
