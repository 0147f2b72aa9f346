"""Thumbnails of the data and of samples as Qt pictures, read when they are painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from latentlab.qt.widgets.picture_image import image_of
from latentlab.qt.workspaces.diagnose import linking
from latentlab.qt.workspaces.diagnose.views import Views

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Thumbnails = NDArray[np.uint8]

Describe = Callable[[int], str]


class Pictures:
    """Panes keep this one object; the workspace changes what is in it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """There are no pictures."""
        self._real: Thumbnails | None = None
        self._generated: Thumbnails | None = None
        self.describe_real: Describe = lambda index: ""
        self.describe_generated: Describe = lambda index: ""

    def take(self, views: Views) -> None:
        """From now on the pictures of this result."""
        self._real, self._generated = views.real, views.generated
        self.describe_real = linking.describer(views, real=True)
        self.describe_generated = linking.describer(views, real=False)

    def real(self, index: int) -> QImage | None:
        """A picture of the data."""
        return _picture(self._real, index)

    def generated(self, index: int) -> QImage | None:
        """A sample."""
        return _picture(self._generated, index)

    def either(self, real: bool, index: int) -> QImage | None:
        """A picture of the data, or a sample."""
        return self.real(index) if real else self.generated(index)


def _picture(pictures: Thumbnails | None, index: int) -> QImage | None:
    if pictures is None or not 0 <= index < len(pictures):
        return None
    return image_of(pictures[index])
