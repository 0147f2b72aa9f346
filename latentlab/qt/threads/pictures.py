"""Small copies of pictures. QImage may be made and scaled in any thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

THUMBNAIL_SIDE = 112
"""Pixels; thumbnails are shown at up to 56 logical pixels on a screen of twice the density."""


def thumbnail(image: QImage, side: int = THUMBNAIL_SIDE) -> QImage:
    """At most `side` pixels wide and high."""
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
