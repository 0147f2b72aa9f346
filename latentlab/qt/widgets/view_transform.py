"""Where a picture lies in a pane: zoom about a point, pan, fit. Plain arithmetic, no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

LEAST_ZOOM = 0.05
MOST_ZOOM = 64.0
_FIT_STEP = 0.05
_WHOLE_ZOOM = 8.0
_KEPT_IN_SIGHT = 40.0


@dataclass
class ViewTransform:
    """Zoom is device pixels per picture pixel; the pane and its points are in logical pixels."""

    picture: QSizeF
    pane: QSizeF
    ratio: float = 1.0
    """Device pixels per logical pixel."""
    zoom: float = 1.0
    fitted: bool = True
    centre: QPointF | None = None
    """The picture's point in the middle of the pane; None is the middle of the picture."""

    def scale(self) -> float:
        """Logical pixels per picture pixel."""
        return self.zoom / self.ratio

    def to_pane(self, point: QPointF) -> QPointF:
        """Where a point of the picture lies in the pane."""
        middle = QPointF(self.pane.width() / 2, self.pane.height() / 2)
        return middle + (point - self._centre()) * self.scale()

    def to_picture(self, point: QPointF) -> QPointF:
        """Which point of the picture lies at a point of the pane."""
        middle = QPointF(self.pane.width() / 2, self.pane.height() / 2)
        return self._centre() + (point - middle) / self.scale()

    def rect(self) -> QRectF:
        """The picture in the pane, its corner on a whole device pixel so that 1:1 is sharp."""
        corner = self.to_pane(QPointF(0, 0))
        left = round(corner.x() * self.ratio) / self.ratio
        top = round(corner.y() * self.ratio) / self.ratio
        return QRectF(left, top, self.picture.width() * self.scale(), self.picture.height() * self.scale())

    def fit(self, margin: float) -> None:
        """Show all of the picture, in even steps of zoom."""
        self.fitted = True
        self.centre = None
        room_x = max(self.pane.width() - 2 * margin, 16.0) * self.ratio
        room_y = max(self.pane.height() - 2 * margin, 16.0) * self.ratio
        exact = min(room_x / max(self.picture.width(), 1.0), room_y / max(self.picture.height(), 1.0))
        step = 1.0 if exact >= _WHOLE_ZOOM else _FIT_STEP
        even = math.floor(exact / step + 1e-6) * step
        self.zoom = min(max(even if exact > 4 * _FIT_STEP else exact, 0.01), MOST_ZOOM)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the picture's point at `at` (the middle, unless told) stays under it."""
        anchor = at if at is not None else QPointF(self.pane.width() / 2, self.pane.height() / 2)
        kept = self.to_picture(anchor)
        self.zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        self.fitted = False
        self.centre = self._centre() + kept - self.to_picture(anchor)
        self._stay_in_sight()

    def pan(self, delta: QPointF) -> None:
        """Move the picture by logical pixels."""
        self.fitted = False
        self.centre = self._centre() - delta / self.scale()
        self._stay_in_sight()

    def _centre(self) -> QPointF:
        if self.centre is not None:
            return self.centre
        return QPointF(self.picture.width() / 2, self.picture.height() / 2)

    def _stay_in_sight(self) -> None:
        """Keep a strip of the picture in the pane whatever is panned."""
        centre = self._centre()
        reach_x = max(self.pane.width() / 2 - _KEPT_IN_SIGHT, 0) / self.scale()
        reach_y = max(self.pane.height() / 2 - _KEPT_IN_SIGHT, 0) / self.scale()
        self.centre = QPointF(
            min(max(centre.x(), -reach_x), self.picture.width() + reach_x),
            min(max(centre.y(), -reach_y), self.picture.height() + reach_y),
        )
