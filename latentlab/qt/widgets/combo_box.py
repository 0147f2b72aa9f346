"""A choice among a few, in the look of a field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .row import Row


class ComboBox(QComboBox):
    """Opens by click, Space or arrows; the wheel does not change it in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(Size.FIELD + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:
        return QSize(72, Size.FIELD + 2)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        border = QColor(tokens.line_strong if self.underMouse() and self.isEnabled() else tokens.line)
        if not self.isEnabled():
            border.setAlphaF(0.5)
        paint.rounded(painter, box, 3, tokens.field, border)
        colour = tokens.text if self.isEnabled() else tokens.text_off
        paint.text(painter, box.adjusted(8, 0, -24, 0), self.currentText(), colour)
        paint_icon(painter, QRectF(box.right() - 22, box.top(), 20, box.height()), "chevron-down", colour, 14)
        if self.hasFocus():
            paint.focus_ring(painter, box, 3, tokens)


class ChoiceRow(Row):
    """Label and choice; `chosen` reports the item's data."""

    chosen = Signal(object)

    def __init__(self, label: str, *, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, tooltip, parent)
        self.combo = ComboBox(self)
        self.combo.setAccessibleName(label)
        self.combo.setToolTip(tooltip or label)
        self.combo.activated.connect(self._on_activated)

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.ROW)

    def set_choices(self, choices: list[tuple[str, object]]) -> None:
        """Texts with the data they stand for; emits nothing."""
        self.combo.clear()
        for text, data in choices:
            self.combo.addItem(text, data)

    def set_value(self, data: object) -> None:
        """Show the choice with this data; emits nothing."""
        self.combo.setCurrentIndex(self.combo.findData(data))

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self.combo.itemData(index))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left = Size.PADDING + Size.LABEL_COLUMN
        self.combo.setGeometry(left, 1, self.width() - Size.PADDING - left + 1, self.combo.height())
