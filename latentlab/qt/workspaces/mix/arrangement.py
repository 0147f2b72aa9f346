"""What the Mix workspace shows of a session: the crossing, its pictures, and who draws them. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from latentlab.latents import crossing as crossings
from latentlab.latents.crossing import MOST_SOURCES, Cell, Crossing, Ingredient, Latent, Units
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.threads.mix_work import (
    CELL_SIDE,
    CrossingWork,
    EffectsWork,
    LargeWork,
    LatentsWork,
    PartsWork,
    SwappedWork,
)
from latentlab.qt.workspaces.mix.ingredients import fits, kept_inside, label_of, resized, seed_ingredient

if TYPE_CHECKING:
    from latentlab.qt.threads.render_thread import RenderThread
    from latentlab.render.unit_effects import Effects

_FIRST_SIZE = 6
_PICTURES_KEPT = 2000


class Arrangement(QObject):
    """Follows `session.mixing`; asks the render thread for whatever has no picture yet."""

    changed = Signal()
    """The crossing is another one: show it."""
    pictures_changed = Signal()
    """Some pictures have come."""
    large_changed = Signal(object)
    """Recipe whose large picture has come or become sharper."""
    swapped_changed = Signal()
    effects_changed = Signal()
    timed = Signal(int, float)
    """A whole crossing was drawn: how many pictures, seconds."""

    def __init__(self, thread: RenderThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self.session: Session | None = None
        self.units = Units("none")
        self.effects: Effects | None = None
        self.problems: dict[Recipe, str] = {}
        """Ingredients that cannot be drawn, and why."""
        self.swapped: list[QImage | None] = []
        self.parts_known = True
        self._model: Any = None
        self._latents: dict[Recipe, Latent] = {}
        self._asked: set[Recipe] = set()
        self._pictures: dict[Recipe, QPixmap] = {}
        self._large: tuple[Recipe, QImage] | None = None
        self._cells: dict[tuple[int, int], Cell] = {}
        self._alone: dict[Ingredient, Recipe] = {}
        self._swaps: tuple[Recipe, ...] = ()
        self._parts: tuple[tuple[int, ...], ...] = ()
        self._started = 0.0
        self._drawing = 0
        self._active = False
        self._stale: set[Recipe] = set()
        """Pictures that other weights drew: they are seen until they are drawn again."""
        self._outdated = False
        """All there is was drawn with other weights."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        self._renewal = QTimer(self, singleShot=True, interval=0)
        self._renewal.timeout.connect(self._renew)
        self._shown_soon = QTimer(self, singleShot=True, interval=30)
        self._shown_soon.timeout.connect(self.pictures_changed)
        thread.idle_result.connect(self._on_result)
        thread.idle_finished.connect(self._on_finished)

    def set_session(self, session: Session, model: Any) -> None:
        """Another model was opened; `model` is passed on to the render thread untouched."""
        if self.session is not None:
            self.session.mixing.changed.disconnect(self._on_mixing_changed)
            self.session.directions.changed.disconnect(self._on_directions_known)
        self.session, self._model = session, model
        for memory in (self._latents, self.problems, self._pictures, self._cells, self._alone):
            memory.clear()
        self._asked.clear()
        self._stale.clear()
        self._outdated = False
        self.effects, self._large, self._parts, self._swaps = None, None, (), ()
        self.units = crossings.units_of(session.model.capabilities, session.model.blocks)
        self.parts_known = self.units.kind != "numbers"
        self.swapped = [None] * self.units.count
        session.mixing.changed.connect(self._on_mixing_changed)
        session.directions.changed.connect(self._on_directions_known)
        if self._active:
            self.activate()

    def activate(self) -> None:
        """The workspace is looked at: from now on its pictures are drawn."""
        self._active = True
        if self._outdated:
            self._renew()
        if self.session is None or self.units.kind == "none":
            return
        if not fits(self.session.mixing.crossing, self.units):
            self.session.mixing.begin(self._first())
        if not self.parts_known:
            self._thread.when_idle(PartsWork(self._model))
        elif self.effects is None:
            self._thread.when_idle(EffectsWork(self._model, self._parts))
        self._refresh()

    def rest(self) -> None:
        """The workspace is not looked at any more: nothing is drawn for it."""
        self._active = False
        for key in (CrossingWork.key, SwappedWork.key):
            self._thread.give_up(key)

    def renew(self, model: Any) -> None:
        """The model draws with other weights: what is seen is drawn again as soon as they are in their place."""
        self._model, self._outdated = model, True
        if self._active:
            self._renewal.start()

    def _renew(self) -> None:
        if not self._active or not self._outdated:
            return
        self._outdated = False
        self._latents.clear()
        self.problems.clear()
        self._asked.clear()
        self._stale = set(self._pictures)
        self._large, self._swaps = None, ()
        self._refresh()

    # What is to be seen.

    @property
    def crossing(self) -> Crossing:
        """The arrangement now."""
        assert self.session is not None
        assert self.session.mixing.crossing is not None
        return self.session.mixing.crossing

    @property
    def ready(self) -> bool:
        """Whether there is something to show."""
        there = self.session is not None and fits(self.session.mixing.crossing, self.units)
        return there and self.units.kind != "none"

    @property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """Crossings whose ingredients are known, by row and column."""
        return self._cells

    def picture(self, recipe: Recipe) -> QPixmap | None:
        """The small picture of a recipe, once it was drawn."""
        return self._pictures.get(recipe)

    def source_picture(self, ingredient: Ingredient) -> QPixmap | None:
        """The small picture of an ingredient alone, once it was drawn."""
        recipe = self._alone.get(ingredient)
        return self._pictures.get(recipe) if recipe is not None else None

    def alone(self, ingredient: Ingredient) -> Recipe | None:
        """An ingredient alone, in the crossing's frame."""
        return self._alone.get(ingredient)

    def large(self, recipe: Recipe) -> QImage | None:
        """The largest picture there is of a recipe."""
        if self._large is not None and self._large[0] == recipe:
            return self._large[1]
        small = self._pictures.get(recipe)
        return None if small is None else small.toImage()

    def look_at(self, recipe: Recipe) -> None:
        """Have the large picture drawn where the small one is not the whole."""
        assert self.session is not None
        have = self._large is not None and self._large[0] == recipe
        small = self.session.model.capabilities.resolution <= CELL_SIDE and recipe in self._pictures
        if not have and not small:
            self._thread.when_idle(LargeWork(recipe))

    @property
    def is_complete(self) -> bool:
        """Whether every crossing and source that can be drawn has its picture."""
        if not self.ready or not self.parts_known:
            return False
        rows, columns = self.crossing.shape()
        waiting = [item for item in crossings.ingredients(self.crossing) if item.recipe not in self.problems]
        pictured = self._pictures.keys() - self._stale
        known = all(self._alone.get(item) in pictured for item in waiting)
        drawn = not self._outdated and all(cell.recipe in pictured for cell in self._cells.values())
        return known and drawn and (len(self._cells) == rows * columns or bool(self.problems))

    # What a person does.

    def edit(self, after: Crossing, *, drag: object = None) -> None:
        """Make another arrangement current; edits of one drag undo as one."""
        assert self.session is not None
        self.session.mixing.apply(after, merge_key=drag)

    def settle(self) -> None:
        """The hand let go."""
        assert self.session is not None
        self.session.mixing.settle()

    def new_sources(self) -> None:
        """Fresh seeds in place of all that is not locked."""

        def fresh(row: Sequence[Ingredient]) -> tuple[Ingredient, ...]:
            return tuple(item if item.locked else seed_ingredient(new_seed()) for item in row)

        now = self.crossing
        self.edit(replace(now, side=fresh(now.side), top=fresh(now.top)))

    def add_source(self, ingredient: Ingredient, *, at_top: bool) -> None:
        """One more picture, or in place of the last that is not locked where there is no room."""
        row = list(self.crossing.top if at_top else self.crossing.side)
        if len(row) < MOST_SOURCES:
            row.append(ingredient)
        else:
            free = [place for place, item in enumerate(row) if not item.locked] or [len(row) - 1]
            row[free[-1]] = ingredient
        self._put(tuple(row), at_top=at_top)

    def remove_source(self, place: int, *, at_top: bool) -> None:
        """One picture fewer; the last one stays."""
        row = self.crossing.top if at_top else self.crossing.side
        if len(row) > 1:
            self._put((*row[:place], *row[place + 1 :]), at_top=at_top)

    def resize(self, rows: int, columns: int) -> None:
        """More or fewer pictures; those at the end come and go."""
        now = self.crossing
        if now.mode == "blend":
            self.edit(replace(now, steps=(rows, columns)))
            return
        side = now.side if now.mode == "row" else resized(now.side, rows)
        self.edit(kept_inside(replace(now, side=side, top=resized(now.top, columns))))

    def _put(self, row: tuple[Ingredient, ...], *, at_top: bool) -> None:
        now = self.crossing
        self.edit(kept_inside(replace(now, top=row) if at_top else replace(now, side=row)))

    def _first(self) -> Crossing:
        """What is crossed before anybody chose anything: the picture at hand, favourites, and fresh seeds."""
        assert self.session is not None
        recipe = self.session.history.recipe
        side = [Ingredient(recipe, label_of(recipe, self.tr("Your picture")))]
        side += [Ingredient(kept.recipe, kept.label) for kept in self.session.shelf.favourites[-2:]]
        side = list({item.recipe: item for item in reversed(side)}.values())[::-1]
        side = [item for item in side if self.session.can_draw(item.recipe)]
        frame = replace(recipe, source=SeedSource(), stop_after="", edits=())
        return Crossing(
            side=resized(tuple(side), _FIRST_SIZE),
            top=resized((), _FIRST_SIZE),
            borders=crossings.first_borders(self.units),
            frame=replace(frame, nearby=Recipe().nearby, components=(), mix=(), directions=()),
        )

    # Having it drawn.

    def _on_mixing_changed(self) -> None:
        self._soon.start()

    def _on_directions_known(self) -> None:
        self._asked.clear()
        for recipe in self.problems:
            self._latents.pop(recipe, None)
        self.problems.clear()
        self._soon.start()

    def _refresh(self) -> None:
        if not self._active or not self.ready:
            return
        self._find_latents()
        now = self.crossing
        self._cells = {
            (cell.row, cell.column): cell for cell in crossings.cells(now, self.units, self._latents)
        }
        none = [crossings.Take(0.0)] * self.units.count
        self._alone = {}
        for item in crossings.ingredients(now):
            recipe = crossings.crossed(now.frame, item, item, none, self.units, self._latents)
            if recipe is not None:
                self._alone[item] = recipe
        self._draw()
        self._draw_swapped()
        self.changed.emit()

    def _find_latents(self) -> None:
        missing = []
        for item in crossings.ingredients(self.crossing):
            if item.recipe in self._latents or item.recipe in self.problems:
                continue
            known = crossings.latent_known(item.recipe, self.units)
            if known is not None:
                self._latents[item.recipe] = known
            else:
                missing.append(item.recipe)
        assert self.session is not None
        wanted = [recipe for recipe in missing if self.session.can_draw(recipe)]
        if set(wanted) - self._asked:
            self._asked.update(wanted)
            self._thread.when_idle(LatentsWork(self._model, tuple(wanted), self.units))

    def _draw(self) -> None:
        assert self.session is not None
        row, column = self.crossing.chosen
        near = sorted(
            self._cells.values(), key=lambda cell: (cell.row - row) ** 2 + (cell.column - column) ** 2
        )
        recipes = [*self._alone.values(), *(cell.recipe for cell in near)]
        known = self._pictures.keys() - self._stale
        missing = self._by_age([recipe for recipe in dict.fromkeys(recipes) if recipe not in known])
        if missing:
            self._started, self._drawing = time.monotonic(), len(missing)
            self._thread.when_idle(CrossingWork(missing, self.session.model.capabilities.resolution))

    def _by_age(self, recipes: Sequence[Recipe]) -> tuple[Recipe, ...]:
        """The chosen one, what was never drawn, the oldest: weights may change before all are drawn."""
        ages = {recipe: age for age, recipe in enumerate(self._pictures)}
        chosen = self._cells.get(self.crossing.chosen)
        first = chosen.recipe if chosen is not None else None
        return tuple(sorted(recipes, key=lambda recipe: (recipe != first, ages.get(recipe, -1))))

    def _draw_swapped(self) -> None:
        pair = self.looked_at_pair()
        if pair is None or not self.parts_known:
            return
        recipes = crossings.swapped_alone(self.crossing, self.units, self._latents, *pair)
        if recipes and recipes != self._swaps:
            self._swaps = recipes
            self._thread.when_idle(SwappedWork(recipes))

    def looked_at_pair(self) -> tuple[Ingredient, Ingredient] | None:
        """Side and top picture of the chosen crossing."""
        now = self.crossing
        row, column = now.chosen
        if now.mode == "blend":
            return now.side[0], now.top[0]
        return now.side[min(row, len(now.side) - 1)], now.top[min(column, len(now.top) - 1)]

    @Slot(object, object)
    def _on_result(self, key: object, result: Any) -> None:
        if key == LatentsWork.key:
            recipe, latent = result
            if isinstance(latent, Latent):
                self._latents[recipe] = latent
            else:
                self.problems[recipe] = latent
            self._soon.start()
        elif key == CrossingWork.key:
            self._take_picture(*result)
        elif key == LargeWork.key:
            self._large = result
            self.large_changed.emit(result[0])
        elif key == SwappedWork.key and result[0] < len(self.swapped):
            self.swapped[result[0]] = result[1]
            self.swapped_changed.emit()
        elif key == PartsWork.key:
            self._take_parts(result)
        elif key == EffectsWork.key:
            self.effects = result
            self.effects_changed.emit()

    def _take_picture(self, recipe: Recipe, picture: QImage) -> None:
        self._pictures.pop(recipe, None)  # the newest are the last
        self._pictures[recipe] = QPixmap.fromImage(picture)
        self._stale.discard(recipe)
        while len(self._pictures) > _PICTURES_KEPT:
            del self._pictures[next(iter(self._pictures))]
        if not self._shown_soon.isActive():
            self._shown_soon.start()

    def _take_parts(self, parts: tuple[tuple[int, ...], ...]) -> None:
        assert self.session is not None
        self._parts = parts
        self.parts_known = True
        before = self.units
        self.units = crossings.units_of(self.session.model.capabilities, self.session.model.blocks, parts)
        self.swapped = [None] * self.units.count
        now = self.session.mixing.crossing
        if now is not None and before.count != self.units.count:
            self.session.mixing.begin(replace(now, borders=crossings.first_borders(self.units), own=()))
        self._thread.when_idle(EffectsWork(self._model, parts))
        self._refresh()

    @Slot(object)
    def _on_finished(self, key: object) -> None:
        if key == CrossingWork.key:
            self.pictures_changed.emit()
            self.timed.emit(self._drawing, time.monotonic() - self._started)
