"""The bar above a workspace: model at the left, search in the middle, actions at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .chip import Chip
from .rule import Rule
from .search_field import SearchButton

_THUMBNAIL = 20


class TopBar(QWidget):
    """`add_left` and `add_right` take the workspace's own buttons."""

    model_clicked = Signal()
    search_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(Size.TOP_BAR)
        self.model = ModelButton(self)
        self.model.clicked.connect(self.model_clicked)
        self.search = SearchButton(self.tr("Search actions, models, directions"), "Ctrl+K", self)
        self.search.opened.connect(self.search_opened)
        self._chips: list[Chip] = []
        self._chip_line = QHBoxLayout()
        self._chip_line.setSpacing(6)
        self._left = QHBoxLayout()
        self._left.setSpacing(4)
        self._right = QHBoxLayout()
        self._right.setSpacing(8)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 16, 1)
        layout.setSpacing(0)
        layout.addWidget(self.model)
        layout.addSpacing(8)
        layout.addLayout(self._chip_line)
        layout.addSpacing(7)
        rule = Rule(Qt.Orientation.Vertical, around=8, parent=self)
        rule.setFixedHeight(20)
        layout.addWidget(rule, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(self._left)
        layout.addStretch(1)
        layout.addWidget(self.search, 100)
        layout.addStretch(1)
        layout.addSpacing(12)
        layout.addLayout(self._right)

    def set_model(
        self, name: str, facts: Sequence[str] = (), thumbnail: QPixmap | None = None, *, tip: str = ""
    ) -> None:
        """The open model, or what a workspace is about: its name, a few facts as badges, a picture of it."""
        self.model.set_model(name, thumbnail, tip)
        if [chip.text for chip in self._chips] == list(facts):
            return
        for chip in self._chips:
            self._chip_line.removeWidget(chip)
            chip.hide()  # it is deleted only once the event loop is back
            chip.deleteLater()
        self._chips = [Chip(fact, parent=self) for fact in facts]
        for chip in self._chips:
            self._chip_line.addWidget(chip)

    def add_left(self, widget: QWidget) -> None:
        self._left.addWidget(widget)

    def add_right(self, widget: QWidget) -> None:
        self._right.addWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tokens.edge)


class ModelButton(QAbstractButton):
    """The open model's picture and name; opens the menu of models."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._thumbnail = QPixmap()
        self.setFont(font(TextRole.MODEL))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_model(self.tr("No model"), None)

    def set_model(self, name: str, thumbnail: QPixmap | None, tip: str = "") -> None:
        self._thumbnail = thumbnail if thumbnail is not None else QPixmap()
        self.setText(name)
        self.setAccessibleName(tip or self.tr("Model: {0}").format(name))
        self.setToolTip(tip or self.tr("{0}. Open another model").format(name))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = min(self.fontMetrics().horizontalAdvance(self.text()) + 2, 220)
        return QSize(4 + _THUMBNAIL + 8 + width + 8 + 16 + 4, Size.BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse():
            paint.rounded(painter, box, 4, tokens.raised)
        picture = QRectF(4, (self.height() - _THUMBNAIL) / 2, _THUMBNAIL, _THUMBNAIL)
        if self._thumbnail.isNull():
            paint_icon(painter, picture, "model", tokens.text_3, 18)
        else:
            paint.cover(painter, picture, self._thumbnail, 3)
        painter.setFont(self.font())
        paint.text(painter, QRectF(32, 0, self.width() - 60, self.height()), self.text(), tokens.text)
        paint_icon(
            painter, QRectF(self.width() - 20, 0, 16, self.height()), "chevron-down", tokens.text_2, 14
        )
        if self.hasFocus():
            paint.focus_ring(painter, box, 4, tokens)
