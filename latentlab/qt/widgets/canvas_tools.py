"""Tools of the canvas, in a small frame for the surround."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QMenu, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .icon_button import IconButton
from .rule import Rule

_PRESETS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class CanvasTools(QFrame):
    """Fit, 1:1, zoom, wipe and grid; lies horizontally, or vertically where height is short."""

    fit_requested = Signal()
    zoom_requested = Signal(float)  # 1 is a picture pixel per device pixel
    wipe_toggled = Signal(bool)
    grid_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "overlay")
        self.setAccessibleName(self.tr("Canvas tools"))
        self._fit = IconButton("fit", self.tr("Fit"), shortcut="0", width=28, parent=self)
        self._fit.setCheckable(True)
        self._fit.clicked.connect(self._on_fit)
        self._one = IconButton("one-to-one", self.tr("One to one"), shortcut="Ctrl+0", width=28, parent=self)
        self._one.clicked.connect(self._on_one_to_one)
        self._zoom = _ZoomButton(self)
        self._zoom.clicked.connect(self._on_zoom_clicked)
        self.wipe = IconButton("wipe", self.tr("Wipe between original and picture"), width=28, parent=self)
        self.wipe.setCheckable(True)
        self.wipe.toggled.connect(self.wipe_toggled)
        self.grid = IconButton("grid", self.tr("Grid of variations"), width=28, parent=self)
        self.grid.clicked.connect(self.grid_requested)
        self._rule = Rule(Qt.Orientation.Vertical, around=4, parent=self)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setSpacing(0)
        for widget in (self._fit, self._one, self._zoom, self._rule, self.wipe, self.grid):
            self._layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_vertical(False)

    def set_vertical(self, vertical: bool) -> None:
        self._layout.setDirection(
            QBoxLayout.Direction.TopToBottom if vertical else QBoxLayout.Direction.LeftToRight
        )
        self._layout.setContentsMargins(*((1, 5, 1, 5) if vertical else (5, 3, 5, 3)))
        self._zoom.set_narrow(vertical)
        self._rule.set_orientation(Qt.Orientation.Horizontal if vertical else Qt.Orientation.Vertical, 4)
        if vertical:
            self._rule.setFixedWidth(20)
        else:
            self._rule.setFixedHeight(18)
        self.adjustSize()

    def set_view(self, zoom: float, fitted: bool) -> None:
        """Show the canvas's zoom (its `view_changed`)."""
        self._zoom.set_percent(zoom * 100)
        self._fit.setChecked(fitted)

    def _on_fit(self) -> None:
        self._fit.setChecked(True)
        self.fit_requested.emit()

    def _on_one_to_one(self) -> None:
        self.zoom_requested.emit(1.0)

    def _on_zoom_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for zoom in _PRESETS:
            action = menu.addAction(format_number(zoom * 100, 0, suffix=" %"))
            action.setData(zoom)
        menu.triggered.connect(lambda action: self.zoom_requested.emit(float(action.data())))
        menu.popup(self._zoom.mapToGlobal(self._zoom.rect().topLeft()))


class _ZoomButton(IconButton):
    """The zoom as text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("search", self.tr("Zoom"), parent=parent)
        self.setText(format_number(100, 0, suffix=" %"))

    def set_narrow(self, narrow: bool) -> None:
        self.setFont(font(TextRole.CAPTION if narrow else TextRole.HINT))
        self.setFixedWidth(34 if narrow else 48)

    def set_percent(self, percent: float) -> None:
        self.setText(format_number(percent, 0, suffix=" %"))
        self.setAccessibleName(self.tr("Zoom {0}").format(self.text()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        hovered = self.underMouse()
        if hovered:
            paint.rounded(painter, self.rect().toRectF().adjusted(1, 1, -1, -1), 3, tokens.control)
        colour = tokens.text if hovered else tokens.text_2
        paint.text(painter, self.rect(), self.text(), colour, Qt.AlignmentFlag.AlignHCenter)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect().toRectF().adjusted(1, 1, -1, -1), 3, tokens)
