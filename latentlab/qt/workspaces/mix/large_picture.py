"""The crossing that is looked at, large, with its name and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button, IconButton

_PADDING = 16
_NARROW = 380


class LargePicture(QWidget):
    """Picture, title, star, copy, Open in Explore."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = _View()
        self._title = _Title()
        self.star = IconButton("star", self.tr("Favourite"), checked_icon="star-on", shortcut="F")
        self.star.setCheckable(True)
        self.copy = IconButton("copy", self.tr("Copy the recipe"), shortcut="Ctrl+C")
        self.open = Button(self.tr("Open in Explore"), small=True)
        self.open.setToolTip(self.tr("Go on with this picture in Explore"))
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._title, 1)
        for button in (self.star, self.copy, self.open):
            foot.addWidget(button)
        self._foot = foot
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, 10)
        layout.setSpacing(10)
        layout.addWidget(self.view)
        layout.addLayout(foot)
        self._column = layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the title has a line of its own."""
        super().resizeEvent(event)
        line = self._column if self.width() < _NARROW else self._foot
        other = self._foot if line is self._column else self._column
        if other.indexOf(self._title) >= 0:
            other.removeWidget(self._title)
            line.insertWidget(1 if line is self._column else 0, self._title, 0 if line is self._column else 1)

    def show_picture(self, image: QImage | None, title: str, *, starred: bool) -> None:
        """Show a crossing; what was there stays while there is no picture yet."""
        self._title.show_text(title)
        self.star.setChecked(starred)
        for button in (self.star, self.copy, self.open):
            button.setEnabled(bool(title))
        self.view.setAccessibleName(title)
        if image is not None:
            self.view.show_image(image)


class _Title(QWidget):
    """One line, shortened where there is no room; the tooltip has it all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setFont(font(TextRole.MODEL))
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint.text(QPainter(self), self.rect(), self._text, current_tokens().text)


class _View(QWidget):
    """A square picture as wide as there is room: smooth below its own size, exact pixels far above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._most = 10_000
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_most_height(self, height: int) -> None:
        """Leave room for what stands below."""
        self._most = height
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as wide, where there is room."""
        self.setFixedHeight(min(max(self.width(), 1), self._most))

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        side = min(self.width(), self.height())
        area = QRectF((self.width() - side) / 2, 0, side, side)
        if self._image is None or self._image.isNull():
            painter.fillRect(area, tokens.control)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
