"""The picture with its tools in the dark around it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, QRectF, Signal, SignalInstance, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.latents.recipe import PhotoSource, SeedSource
from latentlab.qt.session.session import Session
from latentlab.qt.studio.stage import Stage
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.widgets.walk_plane import WalkPlane
from latentlab.qt.workspaces.explore.comparing import Comparing
from latentlab.qt.workspaces.explore.variations import Variations

_MARGIN = 16
_STANDING = 54
"""Room beside the picture that standing tools need."""
_LOW = 640
"""Panes lower than this have their tools in a column."""


class Guest(Protocol):
    """Shows pictures of his own on the canvas."""

    @property
    def is_open(self) -> bool:
        """Whether he has it now."""

    def take_own(self, shown: Shown) -> None:
        """What the open model draws meanwhile."""

    def lines(self) -> list[str]:
        """What the corner says about his picture."""


class PicturePane(QWidget):
    """Shows what the stage renders. Comparing, zooming and walking start here."""

    walked = Signal(float, float)
    """Way to the right and upwards since the hand came down; 1 is the picture's shorter side."""
    pulled_out = Signal(object)
    """Recipe of the picture that a hand pulls out of the window."""
    walk_finished = Signal()

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._session: Session | None = None
        self._shown: Shown | None = None
        self._walkable = False
        self._smooth: bool | None = None
        """As a person chose it; None follows the zoom."""
        self._bare = False
        self.guest: Guest | None = None
        """Somebody who may have the canvas for other pictures."""
        self.canvas = Canvas()
        self.variations = Variations(self)
        self.plane = WalkPlane(self)
        self.plane.hide()
        self.tools = CanvasTools(self)
        self.comparing = Comparing(stage, self.canvas, self.tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        for overlay in (self.variations, self.plane, self.tools):
            overlay.raise_()
        self.tools.fit_requested.connect(self.canvas.fit)
        self.tools.zoom_requested.connect(self.canvas.set_zoom)
        self.tools.grid_requested.connect(self._on_grid_requested)
        self.variations.closed.connect(self._on_grid_closed)
        self.tools.smooth_chosen.connect(self._on_smooth_chosen)
        self.tools.carried.connect(self._on_pulled_out)
        self.canvas.pulled_out.connect(self._on_pulled_out)
        self.comparing.changed.connect(self._show_info)
        self.comparing.changed.connect(self._place)
        self.canvas.view_changed.connect(self.tools.set_view)
        self.canvas.view_changed.connect(self._on_view_changed)
        self.canvas.walked.connect(self.walked)
        self.canvas.walk_finished.connect(self.walk_finished)
        stage.shown.connect(self._on_shown)
        self.set_opening(False)

    def set_opening(self, under_way: bool) -> None:
        """Whether a model is being opened: nobody needs to be asked for one."""
        if self._session is None and under_way:
            self.canvas.set_empty("")
        elif self._session is None:
            self.canvas.set_empty(self.tr("Drop a model here"), self.tr("or open one: Ctrl+O"))

    def set_session(self, session: Session) -> None:
        """Another model: its pictures may have another size."""
        self._session = session
        self._shown = None
        self.comparing.set_session(session)
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

    @property
    def shown(self) -> Shown | None:
        """What the open model drew last."""
        return self._shown

    def set_guest(self, guest: Guest, changed: SignalInstance) -> None:
        """Let somebody have the canvas when he wants; `changed` tells that his lines are others."""
        self.guest = guest
        changed.connect(self._show_info)

    def set_walkable(self, walkable: bool) -> None:
        """Whether there is a plane that a hand on the picture can walk."""
        self._walkable = walkable
        self._place()

    def set_bare(self, bare: bool) -> None:
        """The picture alone, or with its tools."""
        self._bare = bare
        self.tools.setVisible(not bare and self.variations.isHidden())
        self.canvas.set_bare(bare)
        self._place()

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        if self.guest is not None and self.guest.is_open:
            self._shown = shown
            self.guest.take_own(shown)
            return
        if self.comparing.held:
            return
        self._shown = shown
        self.canvas.set_image(shown.image)
        self._show_info()

    def _show_info(self) -> None:
        if self._shown is not None:
            guest = self.guest.lines() if self.guest is not None else []
            self.canvas.set_info([*self._info(self._shown), *guest, *self.comparing.lines()])

    def _on_pulled_out(self) -> None:
        if self._session is not None:
            self.pulled_out.emit(self._session.history.recipe)

    def _on_smooth_chosen(self, smooth: bool | None) -> None:
        self._smooth = smooth
        self._on_view_changed(self.canvas.zoom(), self.canvas.is_fitted())

    def _on_view_changed(self, zoom: float, fitted: bool) -> None:
        """Fitted pictures are looked at as a whole; who zooms in wants to see pixels."""
        self.canvas.set_smooth(True if fitted and self._smooth is None else self._smooth)
        self._place()

    def _on_grid_requested(self) -> None:
        if self._session is not None and self._session.model.capabilities.z_dim:
            self.variations.open_around(self._session.history.recipe)
            self.tools.hide()
            self._place()

    def _on_grid_closed(self) -> None:
        self.tools.setVisible(not self._bare)
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
        self._place()

    def _turn_tools(self) -> None:
        """The tools lie along the lower edge, or stand where they would lie over the picture."""
        picture = self.canvas.picture_rect()
        self.tools.set_vertical(self.height() < _LOW)
        lying = QRectF(
            _MARGIN, self.height() - _MARGIN - self.tools.height(), self.tools.width(), self.tools.height()
        )
        if lying.intersects(picture) and self.height() >= _LOW:
            self.tools.set_vertical(picture.left() > _STANDING)

    def _place(self) -> None:
        self._turn_tools()
        room = round(self.canvas.picture_rect().left()) - self.tools.width() - 6
        self.tools.move(min(_MARGIN, max(room, 4)), self.height() - _MARGIN - self.tools.height())
        corner = QPoint(
            self.width() - _MARGIN - self.plane.width(), self.height() - _MARGIN - self.plane.height()
        )
        self.plane.move(corner)
        over_picture = self.canvas.picture_rect().intersects(QRectF(self.plane.geometry()))
        free = not over_picture and self.variations.isHidden() and not self._bare
        self.plane.setVisible(self._walkable and free)
