"""The picture with its tools in the dark around it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.latents.recipe import PhotoSource, Recipe, SeedSource
from latentlab.qt.session.session import Session, original_of
from latentlab.qt.studio.stage import Stage
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.widgets.walk_plane import WalkPlane
from latentlab.qt.workspaces.explore.variations import Variations

_MARGIN = 16
_LOW = 640
"""Panes lower than this have their tools in a column."""
_WALK_SPAN = 4.0
"""Standard deviations from one side of the picture to the other."""
WALK_LIMIT = 3.0
"""Standard deviations from the middle of the plane to its edge."""


class PicturePane(QWidget):
    """Shows what the stage renders. Comparing, zooming and walking start here."""

    walked = Signal(float, float)
    """Standard deviations to the right and upwards since the hand came down."""
    walk_finished = Signal()

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._session: Session | None = None
        self._original: Recipe | None = None
        """Whose picture the canvas has for comparing."""
        self._held = False
        self._wiping = False
        self._walkable = False
        self.canvas = Canvas()
        self.canvas.set_compare_label(self.tr("Before any edit"))
        self.canvas.set_empty(self.tr("Drop a model here"), self.tr("or open one: Ctrl+O"))
        self.variations = Variations(self)
        self.plane = WalkPlane(self)
        self.plane.set_limit(WALK_LIMIT)
        self.plane.hide()
        self.tools = CanvasTools(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        for overlay in (self.variations, self.plane, self.tools):
            overlay.raise_()
        self.tools.fit_requested.connect(self.canvas.fit)
        self.tools.zoom_requested.connect(self.canvas.set_zoom)
        self.tools.grid_requested.connect(self._on_grid_requested)
        self.variations.closed.connect(self._on_grid_closed)
        self.tools.wipe_toggled.connect(self._on_wipe_toggled)
        self.canvas.view_changed.connect(self.tools.set_view)
        self.canvas.view_changed.connect(self._on_view_changed)
        self.canvas.walked.connect(lambda x, y: self.walked.emit(x * _WALK_SPAN, y * _WALK_SPAN))
        self.canvas.walk_finished.connect(self.walk_finished)
        stage.shown.connect(self._on_shown)
        stage.compared.connect(self._on_compared)
        stage.rendered_fully.connect(self._on_rendered_fully)

    def set_session(self, session: Session) -> None:
        """Another model: its pictures may have another size."""
        self._session = session
        self._original = None
        self.variations.close_grid()
        self.tools.grid.setVisible(session.model.capabilities.z_dim > 0)
        self.tools.adjustSize()
        self.canvas.clear()
        side = session.model.capabilities.resolution
        self.canvas.set_picture_size(side, side)
        waits = session.model.capabilities.is_translator and not isinstance(
            session.history.recipe.source, PhotoSource
        )
        if waits:
            self.canvas.set_empty(
                self.tr("Drop a photo here"), self.tr("{0} changes pictures").format(session.model.card.name)
            )
        else:
            self.canvas.set_empty("")

    def set_walk_axes(self, names: tuple[str, str] | None) -> None:
        """The two directions that a hand on the picture moves along; None for none."""
        self._walkable = names is not None
        if names is not None:
            self.plane.set_axes(*names)
        self._place()

    def hold_compare(self, held: bool) -> None:
        """Show the picture before any edit for as long as a key is held."""
        if self._session is None or held == self._held:
            return
        self._held = held
        self._stage.compare(held)
        if held and self._original != original_of(self._session.history.recipe):
            self.canvas.set_compare_image(QImage())
        self.canvas.set_comparing(held)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        if self._held:
            return
        self.canvas.set_image(shown.image)
        self.canvas.set_info(self._info(shown))

    @Slot(object)
    def _on_compared(self, shown: Shown) -> None:
        self.canvas.set_compare_image(shown.image)
        if shown.frame.is_preview:
            return
        self._original = shown.frame.recipe
        if not self._held:
            self._stage.compare(False)

    @Slot(object)
    def _on_rendered_fully(self, recipe: Recipe) -> None:
        if self._wiping and not self._held and self._original != original_of(recipe):
            self._stage.compare(True)

    def _on_wipe_toggled(self, wiping: bool) -> None:
        self._wiping = wiping
        self.canvas.set_wipe(wiping)
        if self._session is not None:
            self._on_rendered_fully(self._session.history.recipe)

    def _on_view_changed(self, zoom: float, fitted: bool) -> None:
        """Fitted pictures are looked at as a whole; who zooms in wants to see pixels."""
        self.canvas.set_smooth(True if fitted else None)
        self._place()

    def _on_grid_requested(self) -> None:
        if self._session is not None and self._session.model.capabilities.z_dim:
            self.variations.open_around(self._session.history.recipe)
            self.tools.hide()
            self._place()

    def _on_grid_closed(self) -> None:
        self.tools.show()
        self._place()
        self.canvas.setFocus()

    def _info(self, shown: Shown) -> list[str]:
        assert self._session is not None
        can = self._session.model.capabilities
        source = shown.frame.recipe.source
        lines = []
        if isinstance(source, SeedSource):
            lines.append(self.tr("Seed {0}").format(format_number(source.seed, 0)))
        lines.append(f"{can.resolution} × {can.resolution}")
        if can.num_codes > 1:
            lines.append(self.tr("{0}, {1} layers").format("w" if can.has_mapping else "z", can.num_codes))
        return lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.variations.setGeometry(self.rect())
        self.tools.set_vertical(self.height() < _LOW)
        self._place()

    def _place(self) -> None:
        self.tools.move(_MARGIN, self.height() - _MARGIN - self.tools.height())
        corner = QPoint(
            self.width() - _MARGIN - self.plane.width(), self.height() - _MARGIN - self.plane.height()
        )
        self.plane.move(corner)
        over_picture = self.canvas.picture_rect().intersects(QRectF(self.plane.geometry()))
        self.plane.setVisible(self._walkable and not over_picture and self.variations.isHidden())
