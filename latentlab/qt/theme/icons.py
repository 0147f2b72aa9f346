"""Line icons: SVG in one colour, tinted when they are drawn and kept by name, size, colour and ratio."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from latentlab.places import resource_dir

from .tokens import current_tokens

_GRID = 24
_STROKE = 1.5  # on screen
_DISABLED_OPACITY = 0.4


def icon_names() -> list[str]:
    """Every icon there is."""
    return sorted(path.stem for path in (resource_dir() / "icons").glob("*.svg"))


def icon_pixmap(name: str, size: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels.

    Raises:
        KeyError: there is no icon of this name.
    """
    accent = current_tokens().accent
    key = f"latentlab/{name}/{size}/{colour.rgba():x}/{accent.rgba():x}/{ratio:g}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):
        return kept
    source = _source(name)
    stroke = _STROKE * _GRID / size * (0.92 if size < 16 else 1.0)
    for old, new in (
        ('stroke-width="2"', f'stroke-width="{stroke:.3f}"'),
        ("currentColor", colour.name()),
        ("accentColor", accent.name()),
    ):
        source = source.replace(old, new)
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, colour: QColor, size: int = 16) -> None:
    """Draw the icon in the middle of `rect`, on whole device pixels."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    centre = QRectF(rect).center()
    left = round((centre.x() - size / 2) * ratio) / ratio
    top = round((centre.y() - size / 2) * ratio) / ratio
    painter.drawPixmap(QRectF(left, top, size, size).topLeft(), icon_pixmap(name, size, colour, ratio))


def icon(name: str, colour: str = "text") -> QIcon:
    """An icon for buttons and menus; `colour` names a token, so it follows the theme."""
    _source(name)
    return QIcon(_TintedEngine(name, colour))


@cache
def _source(name: str) -> str:
    path = resource_dir() / "icons" / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"there is no icon named {name!r}")
    return path.read_text(encoding="utf-8")


class _TintedEngine(QIconEngine):
    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._colour)

    def _tint(self, mode: QIcon.Mode) -> QColor:
        colour = QColor(getattr(current_tokens(), self._colour))
        if mode is QIcon.Mode.Disabled:
            colour.setAlphaF(_DISABLED_OPACITY)
        return colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint_icon(painter, rect, self._name, self._tint(mode), min(rect.width(), rect.height()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # `size` is in logical pixels; releases before Qt 6.9 scale down what is then too large.
        return icon_pixmap(self._name, max(1, min(size.width(), size.height())), self._tint(mode), scale)
