"""Pixels as Qt pictures. QImage may be made and scaled in any thread; only painting belongs to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THUMBNAIL_SIDE = 112
"""Pixels; thumbnails are shown at up to 56 logical pixels on a screen of twice the density."""


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) RGB as an image in the layout that screens take fastest; it shares no memory with `pixels`."""
    if not pixels.flags.c_contiguous:
        pixels = pixels.copy()
    height, width, _ = pixels.shape
    shared = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return shared.convertToFormat(QImage.Format.Format_RGB32)


def thumbnail(image: QImage, side: int = THUMBNAIL_SIDE) -> QImage:
    """At most `side` pixels wide and high."""
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
