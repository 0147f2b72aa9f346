"""Tools of the canvas, in a small frame for the surround."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QMenu, QWidget

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
    smooth_chosen = Signal(object)  # True, False, or None for what suits the zoom
    wipe_toggled = Signal(bool)
    difference_toggled = Signal(bool)
    compare_menu_requested = Signal(QPoint)  # where on the screen
    features_toggled = Signal(bool)
    carried = Signal()  # a hand drags the picture out
    copied = Signal()
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
        self._smooth: bool | None = None
        self.wipe = IconButton(
            "wipe", self.tr("Wipe between two pictures"), shortcut="W", width=28, parent=self
        )
        self.difference = IconButton(
            "difference", self.tr("Difference of two pictures"), shortcut="D", width=28, parent=self
        )
        for button, signal in ((self.wipe, self.wipe_toggled), (self.difference, self.difference_toggled)):
            button.setCheckable(True)
            button.toggled.connect(signal)
        self.compared = _TextButton(self.tr("What to compare with"), self)
        self.compared.clicked.connect(
            lambda: self.compare_menu_requested.emit(
                self.compared.mapToGlobal(self.compared.rect().topLeft())
            )
        )
        self.compared.hide()
        self.features = IconButton(
            "layers", self.tr("Feature maps of a layer"), shortcut="L", width=28, parent=self
        )
        self.features.setCheckable(True)
        self.features.toggled.connect(self.features_toggled)
        self.carry = _CarryHandle(self)
        self.carry.carried.connect(self.carried)
        self.carry.clicked.connect(self.copied)
        self.grid = IconButton("grid", self.tr("Grid of variations"), width=28, parent=self)
        self.grid.clicked.connect(self.grid_requested)
        self._rule = Rule(Qt.Orientation.Vertical, around=4, parent=self)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setSpacing(0)
        for widget in (
            self._fit,
            self._one,
            self._zoom,
            self._rule,
            self.wipe,
            self.difference,
            self.compared,
            self.grid,
            self.features,
            self.carry,
        ):
            self._layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_vertical(False)

    def set_vertical(self, vertical: bool) -> None:
        self._layout.setDirection(
            QBoxLayout.Direction.TopToBottom if vertical else QBoxLayout.Direction.LeftToRight
        )
        self._layout.setContentsMargins(*((1, 5, 1, 5) if vertical else (5, 3, 5, 3)))
        self._zoom.set_narrow(vertical)
        self.compared.set_narrow(vertical)
        self._rule.set_orientation(Qt.Orientation.Horizontal if vertical else Qt.Orientation.Vertical, 4)
        if vertical:
            self._rule.setFixedWidth(20)
        else:
            self._rule.setFixedHeight(18)
        self.adjustSize()

    def set_compared(self, text: str) -> None:
        """What the wipe and the difference compare with; "" while neither is on."""
        self.compared.set_text(text)
        self.compared.setVisible(bool(text))
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

    def _choose_smooth(self, smooth: bool | None) -> None:
        self._smooth = smooth
        self.smooth_chosen.emit(smooth)

    def _on_zoom_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for zoom in _PRESETS:
            action = menu.addAction(format_number(zoom * 100, 0, suffix=" %"))
            action.triggered.connect(lambda _=False, zoom=zoom: self.zoom_requested.emit(zoom))
        menu.addSeparator()
        for text, smooth in (
            (self.tr("Pixels as squares above 100 %"), None),
            (self.tr("Always smooth"), True),
            (self.tr("Always squares"), False),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(smooth is self._smooth)
            action.triggered.connect(lambda _=False, smooth=smooth: self._choose_smooth(smooth))
        menu.popup(self._zoom.mapToGlobal(self._zoom.rect().topLeft()))


class _TextButton(IconButton):
    """A word that opens a menu."""

    def __init__(self, tooltip: str, parent: QWidget) -> None:
        super().__init__("more", tooltip, parent=parent)
        self._most = 120
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        self.setFont(font(TextRole.CAPTION if narrow else TextRole.HINT))
        self._most = 34 if narrow else 120
        self._fit_text()

    def set_text(self, text: str) -> None:
        self.setText(text)
        self._fit_text()

    def _fit_text(self) -> None:
        self.setFixedWidth(min(self.fontMetrics().horizontalAdvance(self.text()) + 14, self._most))
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


class _ZoomButton(_TextButton):
    """The zoom as text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Zoom"), parent)
        self.set_percent(100)

    def set_percent(self, percent: float) -> None:
        whole = format_number(percent, 0, suffix=" %")
        self.setText(
            whole
            if percent < 1000
            else format_number(percent / 100, 1 if percent < 10_000 else 0, suffix=" ×")
        )
        self.setAccessibleName(self.tr("Zoom {0}").format(whole))
        self.update()

    def _fit_text(self) -> None:
        self.setFixedWidth(34 if self._most < 100 else 48)


class _CarryHandle(IconButton):
    """Dragged, it takes the picture along to another program; clicked, it copies."""

    carried = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            "carry",
            self.tr("Drag from here into another program; a click copies the picture"),
            width=28,
            parent=parent,
        )
        self._from: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            super().mouseMoveEvent(event)
        elif (event.position().toPoint() - self._from).manhattanLength() >= QApplication.startDragDistance():
            self._from = None
            self.setDown(False)
            self.carried.emit()
