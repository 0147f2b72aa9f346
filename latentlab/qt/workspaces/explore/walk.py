"""Walking: a hand on the picture, or on the small map beside it, moves along two directions at once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.workspaces.explore.picture_pane import WALK_LIMIT, PicturePane
from latentlab.qt.workspaces.explore.sections.directions_section import DirectionsSection

_WHAT = "walk"


class Walk(QObject):
    """The first two directions that have a slider and are not locked are the axes."""

    def __init__(self, session: Session, directions: DirectionsSection, pane: PicturePane) -> None:
        super().__init__(directions)
        self._session = session
        self._directions = directions
        self._pane = pane
        self._from: tuple[float, float] | None = None
        directions.rows_changed.connect(self._on_rows_changed)
        session.history.changed.connect(self._show)
        session.locks.changed.connect(self._on_rows_changed)
        pane.walked.connect(self._on_walked)
        pane.walk_finished.connect(self._on_finished)
        pane.plane.changing.connect(self._move_to)
        pane.plane.changed.connect(self._on_plane_changed)
        self._on_rows_changed()

    def detach(self) -> None:
        """The section is about to be destroyed."""
        self._session.history.changed.disconnect(self._show)
        self._session.locks.changed.disconnect(self._on_rows_changed)
        pane = self._pane
        pane.walked.disconnect(self._on_walked)
        pane.walk_finished.disconnect(self._on_finished)
        pane.plane.changing.disconnect(self._move_to)
        pane.plane.changed.disconnect(self._on_plane_changed)

    def axes(self) -> tuple[str, str] | None:
        """Ids of the directions to the right and upwards; locked ones stay where they are."""
        locks = self._session.locks
        ids = [item for item in self._directions.rows if not locks.is_locked(_path(item))]
        return (ids[0], ids[1]) if len(ids) > 1 else None

    def _on_rows_changed(self) -> None:
        axes = self.axes()
        rows = self._directions.rows
        self._pane.set_walk_axes((rows[axes[0]].label(), rows[axes[1]].label()) if axes else None)
        self._show()

    def _place(self) -> tuple[float, float]:
        axes = self.axes()
        recipe = self._session.history.recipe
        if axes is None:
            return (0.0, 0.0)
        return (_weight(recipe, axes[0]), _weight(recipe, axes[1]))

    def _show(self) -> None:
        self._pane.plane.set_point(*self._place())

    def _on_walked(self, right: float, up: float) -> None:
        if self._from is None:
            self._from = self._place()
        self._move_to(_within(self._from[0] + right), _within(self._from[1] + up))

    def _move_to(self, right: float, up: float) -> None:
        axes = self.axes()
        if axes is None:
            return

        def changed(recipe: Recipe) -> Recipe:
            for axis, value in zip(axes, (right, up), strict=True):
                recipe = paths.with_value(recipe, _path(axis), round(value, 3))
            return recipe

        self._session.editor.move(self.tr("Walk"), _WHAT, changed)

    def _on_plane_changed(self, right: float, up: float) -> None:
        self._move_to(right, up)
        self._on_finished()

    def _on_finished(self) -> None:
        self._from = None
        if self._session.editor.moving:
            self._session.editor.done(self.tr("Walk"), _WHAT, lambda recipe: recipe)


def _path(direction: str) -> str:
    return f"directions[{direction}].weight"


def _weight(recipe: Recipe, direction: str) -> float:
    value = paths.get(recipe, _path(direction))
    return float(value or 0.0)


def _within(value: float) -> float:
    return min(max(value, -WALK_LIMIT), WALK_LIMIT)
