"""Where one types to find something."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .chip import paint_key


class SearchField(QLineEdit):
    """A line with a lens; Esc empties it first, and is passed on when it is empty."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip(placeholder)
        self.setTextMargins(22, 0, 0, 0)
        self.setClearButtonEnabled(False)
        self.setFixedHeight(Size.BUTTON_SMALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colour = current_tokens().text if self.hasFocus() else current_tokens().text_3
        paint_icon(QPainter(self), QRectF(5, 0, 18, self.height()), "search", colour, 14)


class SearchButton(QAbstractButton):
    """Looks like a search field and opens the command palette."""

    opened = Signal()

    def __init__(self, placeholder: str, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = shortcut.replace("+", " ")
        self.setText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip(f"{placeholder} ({shortcut})")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(Size.BUTTON)
        self.setMaximumWidth(320)
        self.clicked.connect(self.opened)

    def sizeHint(self) -> QSize:
        return QSize(320, Size.BUTTON)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, Size.BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hovered = self.underMouse()
        paint.rounded(painter, box, 4, tokens.field, tokens.line_strong if hovered else tokens.line)
        paint_icon(painter, QRectF(6, 0, 20, self.height()), "search", tokens.text_3, 14)
        end = paint_key(painter, box.right() - 6, self.height() / 2, self._keys, tokens)
        painter.setFont(self.font())
        colour = tokens.text_2 if hovered else tokens.text_3
        paint.text(painter, QRectF(31, 0, end - 39, self.height()), self.text(), colour)
        if self.hasFocus():
            paint.focus_ring(painter, box, 4, tokens)
