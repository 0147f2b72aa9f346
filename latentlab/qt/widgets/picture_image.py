"""Arrays as Qt pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:  # a window must not wait for numpy
    import numpy as np
    from numpy.typing import NDArray


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """RGB (H, W, 3) or grey (H, W[, 1]) as a 32-bit image of its own memory: what a raster window paints fastest.

    Raises:
        ValueError: it is not an array of bytes of one of these shapes.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    rgb = pixels.ndim == 3 and pixels.shape[2] == 3
    if pixels.dtype.name != "uint8" or not (rgb or pixels.ndim == 2):
        raise ValueError(f"a picture is uint8 (H, W, 3) or (H, W[, 1]), not {pixels.dtype} {pixels.shape}")
    packed = pixels if pixels.flags.c_contiguous else pixels.copy()
    height, width = packed.shape[:2]
    form = QImage.Format.Format_RGB888 if rgb else QImage.Format.Format_Grayscale8
    view = QImage(packed.data, width, height, packed.strides[0], form)
    return view.convertToFormat(QImage.Format.Format_RGB32)


def pixmap_of(pixels: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of RGB (H, W, 3) or grey (H, W[, 1]) bytes."""
    return QPixmap.fromImage(image_of(pixels))
