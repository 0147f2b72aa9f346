"""Walking: a hand on the picture, or on the small map beside it, moves over a plane that one chooses.

The plane is that of two directions, or the patch between four seeds, whose latents are blended bilinearly.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap
from shiboken6 import isValid

from latentlab.latents import paths
from latentlab.latents.recipe import BlendSource, Nearby, Recipe, SeedSource
from latentlab.qt.session.session import PlaneChoice, Session, new_seed
from latentlab.qt.workspaces.explore.picture_pane import PicturePane
from latentlab.qt.workspaces.explore.sections.directions_section import DirectionsSection
from latentlab.qt.workspaces.explore.walk_panel import WalkPanel

_WHAT = "walk"
_LIMIT = 3.0
"""Standard deviations from the middle of the plane of two directions to its edge."""
_SPAN = 4.0
"""Standard deviations from one side of the picture to the other."""
_HERE = 2
"""The corner of the patch that a walk starts from: bottom left."""

Place = tuple[float, float]


class Walk(QObject):
    """Edits the weights of two directions, or the source."""

    pictures_wanted = Signal(object)
    """Recipes of the patch's corners, whose pictures shall be drawn."""

    def __init__(self, session: Session, directions: DirectionsSection, pane: PicturePane) -> None:
        super().__init__(directions)
        self._session = session
        self._directions = directions
        self._pane = pane
        self._from: Place | None = None
        self._asked: tuple[Recipe, ...] = ()
        self._panel: WalkPanel | None = None
        directions.rows_changed.connect(self._on_plane_changed)
        session.history.changed.connect(self._show)
        session.locks.changed.connect(self._on_plane_changed)
        session.plane.changed.connect(self._on_plane_changed)
        pane.walked.connect(self._on_walked)
        pane.walk_finished.connect(self._on_finished)
        pane.plane.changing.connect(self._move_to)
        pane.plane.changed.connect(self._on_dot_set)
        pane.plane.choice_requested.connect(self.choose_plane)
        self._on_plane_changed()

    def detach(self) -> None:
        """The section is about to be destroyed."""
        self._session.history.changed.disconnect(self._show)
        self._session.locks.changed.disconnect(self._on_plane_changed)
        self._session.plane.changed.disconnect(self._on_plane_changed)
        pane = self._pane
        pane.walked.disconnect(self._on_walked)
        pane.walk_finished.disconnect(self._on_finished)
        pane.plane.changing.disconnect(self._move_to)
        pane.plane.changed.disconnect(self._on_dot_set)
        pane.plane.choice_requested.disconnect(self.choose_plane)

    def axes(self) -> tuple[str, str] | None:
        """Ids of the directions to the right and upwards; locked ones stay where they are."""
        locks, choice = self._session.locks, self._session.plane.choice
        free = [item for item in self._directions.rows if not locks.is_locked(_path(item))]
        right = choice.right if choice.right in free else next((i for i in free if i != choice.up), "")
        up = choice.up if choice.up in free else next((i for i in free if i != right), "")
        return (right, up) if right and up and right != up else None

    @property
    def is_patch(self) -> bool:
        """Whether the plane lies between four seeds."""
        return self._session.plane.choice.kind == "seeds" and len(self._session.plane.choice.seeds) == 4

    def is_possible(self) -> bool:
        """Whether a hand on the picture would walk."""
        return self.is_patch or self.axes() is not None

    def choose_plane(self) -> None:
        """Ask which plane, beside the small map."""
        known = self._session.directions.all or ()
        rows = {item.id: item.name for item in known}
        self._panel = WalkPanel(
            self._session.plane.choice, rows, self._session.model.capabilities, self._pane
        )
        self._panel.chosen.connect(self._on_chosen)
        self._panel.open_above(self._pane.plane)

    def between_seeds(self) -> None:
        """Walk between this picture's seed and three others."""
        self._on_chosen(replace(self._session.plane.choice, kind="seeds", seeds=()))

    def along_directions(self) -> None:
        """Walk along two directions."""
        self._on_chosen(replace(self._session.plane.choice, kind="directions"))

    def show_picture(self, recipe: Recipe, picture: QImage) -> None:
        """A corner has been drawn."""
        for corner, asked in enumerate(self._asked):
            if asked == recipe:
                self._pane.plane.set_corner(corner, QPixmap.fromImage(picture))

    def ask_for_pictures(self) -> None:
        """There is time to draw the corners."""
        recipe = self._session.history.recipe
        if not self.is_patch:
            return
        corners = tuple(
            replace(recipe, source=SeedSource(seed), nearby=Nearby())
            for seed in self._session.plane.choice.seeds
        )
        if corners != self._asked:
            self._asked = corners
            self.pictures_wanted.emit(corners)

    def _on_chosen(self, choice: PlaneChoice) -> None:
        if choice.kind == "seeds" and len(choice.seeds) != 4:
            choice = replace(choice, seeds=self._seeds_around_here())
        for direction in (choice.right, choice.up):
            if direction and choice.kind == "directions":
                self._directions.use(direction)
        self._session.plane.choose(choice)
        if self._panel is not None and isValid(self._panel):
            self._panel.show_choice(choice)
        self.ask_for_pictures()

    def _seeds_around_here(self) -> tuple[int, ...]:
        seeds = [new_seed() for _ in range(4)]
        source = self._session.history.recipe.source
        if isinstance(source, SeedSource):
            seeds[_HERE] = source.seed
        return tuple(seeds)

    def _on_plane_changed(self) -> None:
        plane, axes, rows = self._pane.plane, self.axes(), self._directions.rows
        another = not self.is_patch or plane.seeds() != self._session.plane.choice.seeds
        if self.is_patch:
            if another:
                plane.set_patch(self._session.plane.choice.seeds)
                self._asked = ()
        elif axes is not None:
            plane.set_limit(_LIMIT)
            plane.set_axes(rows[axes[0]].label(), rows[axes[1]].label())
        self._pane.set_walkable(self.is_possible())
        self._show()
        if another:
            plane.clear_trail()  # nobody walked from where the dot was on the plane before

    def _place(self) -> Place | None:
        """Where on the plane the picture is; None where it does not lie on it."""
        recipe = self._session.history.recipe
        if self.is_patch:
            return place_in_patch(recipe, self._session.plane.choice.seeds)
        axes = self.axes()
        return None if axes is None else (_weight(recipe, axes[0]), _weight(recipe, axes[1]))

    def _show(self) -> None:
        place = self._place()
        self._pane.plane.set_off_plane(place is None)
        if place is not None:
            self._pane.plane.set_point(*place)

    def _on_walked(self, right: float, up: float) -> None:
        if self._from is None:
            self._from = self._start()
        span, limit = (2.0, 1.0) if self.is_patch else (_SPAN, _LIMIT)
        self._move_to(_within(self._from[0] + span * right, limit), _within(self._from[1] + span * up, limit))

    def _start(self) -> Place:
        """Where a walk begins. A picture beside the patch becomes its nearest corner, so that nothing jumps."""
        place = self._place()
        source = self._session.history.recipe.source
        if place is None and isinstance(source, SeedSource):
            seeds = list(self._session.plane.choice.seeds)
            seeds[_HERE] = source.seed
            self._session.plane.choose(replace(self._session.plane.choice, seeds=tuple(seeds)))
            place = self._place()
        return place or (0.0, 0.0)

    def _move_to(self, right: float, up: float) -> None:
        axes, choice = self.axes(), self._session.plane.choice

        def changed(recipe: Recipe) -> Recipe:
            if self.is_patch:
                mapped = self._session.model.capabilities.has_mapping
                return with_patch(recipe, choice.seeds, (right, up), in_w=mapped)
            for axis, value in zip(axes or (), (right, up), strict=bool(axes)):
                recipe = paths.with_value(recipe, _path(axis), round(value, 3))
            return recipe

        if self.is_possible():
            self._session.editor.move(self.tr("Walk"), _WHAT, changed)

    def _on_dot_set(self, right: float, up: float) -> None:
        self._move_to(right, up)
        self._on_finished()

    def _on_finished(self) -> None:
        self._from = None
        if self._session.editor.moving:
            self._session.editor.done(self.tr("Walk"), _WHAT, lambda recipe: recipe)


def with_patch(recipe: Recipe, seeds: tuple[int, ...], place: Place, *, in_w: bool) -> Recipe:
    """The recipe at a place of the patch, -1 ... 1 to the right and upwards.

    Args:
        seeds: corners: top left, top right, bottom left, bottom right.
        in_w: blend mapped codes, as long as no single number of z is set by hand.
    """
    right, up = (round((value + 1) / 2, 4) for value in place)
    weights = ((1 - right) * up, right * up, (1 - right) * (1 - up), right * (1 - up))
    if max(weights) == 1.0:
        return replace(recipe, source=SeedSource(seeds[weights.index(1.0)]))
    space = "w" if in_w and not recipe.components else "z"
    return replace(recipe, source=BlendSource(seeds, weights, space))  # type: ignore[arg-type]  # one of both


def place_in_patch(recipe: Recipe, seeds: tuple[int, ...]) -> Place | None:
    """The inverse of `with_patch`; None where the picture does not lie between these seeds."""
    source = recipe.source
    if isinstance(source, SeedSource) and source.seed in seeds:
        corner = seeds.index(source.seed)
        return (2.0 * (corner % 2) - 1, 1 - 2.0 * (corner // 2))
    if isinstance(source, BlendSource) and source.seeds == seeds and any(source.weights):
        top_left, top_right, _, bottom_right = (weight / sum(source.weights) for weight in source.weights)
        return (2 * (top_right + bottom_right) - 1, 2 * (top_left + top_right) - 1)
    return None


def _path(direction: str) -> str:
    return f"directions[{direction}].weight"


def _weight(recipe: Recipe, direction: str) -> float:
    value = paths.get(recipe, _path(direction))
    return float(value or 0.0)


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
