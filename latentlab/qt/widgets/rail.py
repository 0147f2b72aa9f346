"""The workspaces, at the left edge."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .icon_button import tip

_EDGE = 2
_FOOT = 36


class Rail(QWidget):
    """Items with icon and label; one is selected. Icons without a label stand at the foot."""

    chosen = Signal(str)  # a workspace
    triggered = Signal(str)  # an icon at the foot

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(Size.RAIL)
        self.setAccessibleName(self.tr("Workspaces"))
        self._items: dict[str, _RailItem] = {}
        self._feet: dict[str, _RailItem] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, Size.TOP_BAR, 1, 6)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)

    def add_item(self, name: str, icon_name: str, label: str, tooltip: str = "", shortcut: str = "") -> None:
        """Append a workspace."""
        item = _RailItem(icon_name, label, self)
        item.setCheckable(True)
        item.setToolTip(tip(tooltip or label, shortcut))
        item.clicked.connect(lambda: self._choose(name))
        self._items[name] = item
        self._layout.insertWidget(len(self._items) - 1, item)

    def add_foot(self, name: str, icon_name: str, tooltip: str, shortcut: str = "") -> None:
        """Append an icon at the lower end."""
        item = _RailItem(icon_name, "", self)
        item.setToolTip(tip(tooltip, shortcut))
        item.setAccessibleName(tooltip)
        item.clicked.connect(lambda: self.triggered.emit(name))
        self._feet[name] = item
        self._layout.addWidget(item)

    def set_current(self, name: str) -> None:
        """Show a workspace selected; emits nothing."""
        for other, item in self._items.items():
            item.setChecked(other == name)

    def _choose(self, name: str) -> None:
        self.set_current(name)
        self.chosen.emit(name)

    def place_of(self, name: str) -> QRect:
        """Where the item of a workspace lies."""
        return self._items[name].geometry()

    def label_of(self, name: str) -> str:
        """What a workspace is called."""
        return self._items[name].text()

    def set_item_enabled(self, name: str, enabled: bool) -> None:
        self._items[name].setEnabled(enabled)

    def set_status(self, name: str, tone: str) -> None:
        """A dot beside the icon: "ok", "warning", "error", or "" for none."""
        self._items[name].set_tone(tone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        items = [*self._items.values(), *self._feet.values()]
        focused = next((index for index, item in enumerate(items) if item.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
        else:
            items[(focused + step) % len(items)].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), tokens.edge)
        painter.fillRect(QRectF(0, Size.TOP_BAR - 1, self.width(), 1), tokens.edge)
        paint_icon(painter, QRectF(0, 0, self.width() - 1, Size.TOP_BAR), "logo", tokens.text, 22)


class _RailItem(QAbstractButton):
    def __init__(self, icon_name: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon_name
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._tone = ""
        self.setText(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(Size.RAIL - 1, Size.RAIL_ITEM if self.text() else _FOOT)

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.setAccessibleDescription(tone)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the rail moves the focus
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        bright = self.isChecked() or (self.underMouse() and self.isEnabled())
        if self.isChecked():
            painter.fillRect(self.rect(), tokens.raised)
            painter.fillRect(QRectF(0, 0, _EDGE, self.height()), tokens.accent)
        colour = tokens.text if bright else tokens.text_3
        if not self.isEnabled():
            colour = tokens.text_off
        if not self.text():
            paint_icon(painter, self.rect(), self._icon, colour, 18)
        else:
            paint_icon(painter, QRectF(0, 7, self.width(), 20), self._icon, colour, 20)
            painter.setFont(font(TextRole.CAPTION))
            label = QRectF(2, 30, self.width() - 4, 14)
            paint.text(painter, label, self.text(), colour, Qt.AlignmentFlag.AlignHCenter)
        if self._tone:
            paint.dot(painter, QPointF(self.width() / 2 + 13, 9), 6, getattr(tokens, self._tone))
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(3, 2, -3, -2), 3, tokens)
