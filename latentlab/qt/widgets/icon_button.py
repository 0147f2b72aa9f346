"""Buttons: a text button in its roles, and a bare icon."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QStyleOptionButton, QWidget

from latentlab.qt.theme.icons import icon, paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint

_DISABLED_OPACITY = 0.4
_ICON_COLOURS = {"primary": "on_accent", "danger": "error", "quiet": "text_2"}


def tip(text: str, shortcut: str = "") -> str:
    """A tooltip with its key."""
    if not shortcut:
        return text
    return f"{text} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"


class Button(QPushButton):
    """A text button. `role` is "", "primary", "outline", "danger" or "quiet"; keyboard focus by Tab only."""

    def __init__(
        self,
        text: str,
        *,
        icon_name: str = "",
        role: str = "",
        tooltip: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tooltip or text)
        self.setFixedHeight(Size.BUTTON_SMALL if small else Size.BUTTON)
        if small:
            self.setProperty("size", "small")
        if icon_name:
            self.setIconSize(QSize(16, 16))
            self.setIcon(icon(icon_name, _ICON_COLOURS.get(role, "text")))

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        if not self.icon().isNull() and option.text:
            option.text = f"\N{THIN SPACE}\N{THIN SPACE}{option.text}"  # Qt puts the text too near the icon


class IconButton(QAbstractButton):
    """An icon of its own row height; checkable ones hold a state and stay in the accent colour."""

    def __init__(
        self,
        icon_name: str,
        tooltip: str,
        *,
        checked_icon: str = "",
        shortcut: str = "",
        width: int = 24,
        icon_size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        """`shortcut` is named in the tooltip only; the action that owns it listens to it."""
        super().__init__(parent)
        self._icon = icon_name
        self._checked_icon = checked_icon or icon_name
        self._icon_size = icon_size
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(width, max(Size.FIELD, min(width, Size.BUTTON_SMALL)))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_tooltip(tooltip, shortcut)

    def set_tooltip(self, tooltip: str, shortcut: str = "") -> None:
        self.setToolTip(tip(tooltip, shortcut))
        self.setAccessibleName(tooltip)

    def set_icon(self, icon_name: str, checked_icon: str = "") -> None:
        self._icon = icon_name
        self._checked_icon = checked_icon or icon_name
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        hovered = self.underMouse() and self.isEnabled()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isDown():
            paint.rounded(painter, box, 3, tokens.pressed)
        elif hovered:
            paint.rounded(painter, box, 3, tokens.control)
        if self.isChecked():
            colour = QColor(tokens.accent_text)
        else:
            colour = QColor(tokens.text if hovered or self.isDown() else self.idle_colour())
        if not self.isEnabled():
            colour.setAlphaF(_DISABLED_OPACITY)
        paint_icon(
            painter,
            self.rect(),
            self._checked_icon if self.isChecked() else self._icon,
            colour,
            self._icon_size,
        )
        if self.hasFocus():
            paint.focus_ring(painter, box, 3, tokens)

    def idle_colour(self) -> QColor:
        return current_tokens().text_3
