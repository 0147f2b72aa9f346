"""One open model and all that a person does with it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from psygnal import Signal

from latentlab.errors import RecipeError
from latentlab.latents.editable import Editable, editables
from latentlab.latents.first_recipe import first_recipe
from latentlab.latents.history import History
from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.session.brood import Brood
from latentlab.qt.session.editing import Editor
from latentlab.qt.session.known_directions import KnownDirections
from latentlab.qt.session.marks import Marks
from latentlab.qt.session.mixing import Mixing
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.pictures import Pictures

SNAPSHOT_SLOTS = range(1, 10)


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipe worth coming back to."""

    recipe: Recipe
    label: str
    time: float
    """Seconds since 1970."""


class Locks:
    """Paths of the recipe that random leaves alone."""

    changed = Signal(str, bool)
    """Path, whether it is locked now."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._paths = set(paths)

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._paths)

    def is_locked(self, path: str) -> bool:
        return path in self._paths

    def set_locked(self, path: str, locked: bool) -> None:
        if locked == (path in self._paths):
            return
        if locked:
            self._paths.add(path)
        else:
            self._paths.discard(path)
        self.changed.emit(path, locked)


class Shelf:
    """Favourites, newest last, and numbered snapshots."""

    changed = Signal()

    def __init__(self, favourites: Iterable[Kept] = (), snapshots: Mapping[int, Kept] | None = None) -> None:
        self._favourites = list(favourites)
        self._snapshots = dict(snapshots or {})

    @property
    def favourites(self) -> tuple[Kept, ...]:
        return tuple(self._favourites)

    @property
    def snapshots(self) -> dict[int, Kept]:
        """By slot, 1 to 9."""
        return dict(sorted(self._snapshots.items()))

    def is_favourite(self, recipe: Recipe) -> bool:
        return any(kept.recipe == recipe for kept in self._favourites)

    def toggle_favourite(self, recipe: Recipe, label: str) -> bool:
        """Keep the recipe, or let it go if it was kept; returns whether it is kept now."""
        if self.is_favourite(recipe):
            self._favourites = [kept for kept in self._favourites if kept.recipe != recipe]
        else:
            self._favourites.append(Kept(recipe, label, time.time()))
        self.changed.emit()
        return self.is_favourite(recipe)

    def rename_favourite(self, recipe: Recipe, label: str) -> None:
        """Call a favourite by another name."""
        self._favourites = [
            replace(kept, label=label) if kept.recipe == recipe else kept for kept in self._favourites
        ]
        self.changed.emit()

    def store_snapshot(self, slot: int, recipe: Recipe, label: str) -> None:
        """Put the recipe into a slot, in place of what was there."""
        self._snapshots[slot] = Kept(recipe, label, time.time())
        self.changed.emit()

    def rename_snapshot(self, slot: int, label: str) -> None:
        """Call what is in a slot by another name."""
        self._snapshots[slot] = replace(self._snapshots[slot], label=label)
        self.changed.emit()

    def remove_snapshot(self, slot: int) -> Kept | None:
        """Empty a slot; returns what was there, to be put back with `restore_snapshot`."""
        kept = self._snapshots.pop(slot, None)
        if kept is not None:
            self.changed.emit()
        return kept

    def restore_snapshot(self, slot: int, kept: Kept) -> None:
        """Put back what was removed."""
        self._snapshots[slot] = kept
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class PlaneChoice:
    """What a hand on the picture walks over."""

    kind: Literal["directions", "seeds"] = "directions"
    right: str = ""
    """Id of the direction to the right; empty takes the first that has a slider."""
    up: str = ""
    seeds: tuple[int, ...] = ()
    """Corners of the patch: top left, top right, bottom left, bottom right."""


class Plane:
    """The chosen plane."""

    changed = Signal()

    def __init__(self, choice: PlaneChoice | None = None) -> None:
        self._choice = choice or PlaneChoice()

    @property
    def choice(self) -> PlaneChoice:
        return self._choice

    def choose(self, choice: PlaneChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.changed.emit()


class Pinned:
    """Directions that have a slider, in order, whether they move the picture now or not."""

    changed = Signal()

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = list(dict.fromkeys(ids))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._ids)

    def add(self, *ids: str) -> None:
        new = [item for item in ids if item not in self._ids]
        if new:
            self._ids += new
            self.changed.emit()

    def remove(self, direction: str) -> None:
        if direction in self._ids:
            self._ids.remove(direction)
            self.changed.emit()


class Session:
    """Belongs to one model. `changed` says that there is something new to save."""

    changed = Signal()
    weights_changed = Signal()
    """The model draws with other weights: everything that was drawn is of the ones before."""

    def __init__(
        self,
        model: ModelInfo,
        history: History | None = None,
        shelf: Shelf | None = None,
        locks: Locks | None = None,
        directions: KnownDirections | None = None,
        pinned: Pinned | None = None,
        plane: Plane | None = None,
        mixing: Mixing | None = None,
        marks: Marks | None = None,
        brood: Brood | None = None,
        identity: str = "",
    ) -> None:
        """Begin, or go on with what was restored.

        Args:
            model: the open one.
            identity: what belongs to the model is kept under this; empty takes its fingerprint.
        """
        self.model = model
        self.identity = identity or model.fingerprint
        self.history = history or History(first_recipe(model.capabilities, model.card.seed), label="Opened")
        self.shelf = shelf or Shelf()
        self.locks = locks or Locks()
        self.directions = directions or KnownDirections()
        self.pinned = pinned or Pinned()
        self.plane = plane or Plane()
        self.mixing = mixing or Mixing()
        self.marks = marks or Marks()
        self.brood = brood or Brood()
        self.pictures = Pictures(self.history)
        self.editor = Editor(self.history)
        self.history.changed.connect(self._on_changed)
        self.shelf.changed.connect(self._on_changed)
        self.locks.changed.connect(self._on_changed)
        self.directions.changed.connect(self._on_changed)
        self.pinned.changed.connect(self._on_changed)
        self.plane.changed.connect(self._on_changed)
        self.mixing.changed.connect(self._on_changed)
        self.marks.changed.connect(self._on_changed)
        self.brood.changed.connect(self._on_changed)
        self.pictures.changed.connect(self._on_changed)

    def replace_weights(self, model: ModelInfo) -> None:
        """The same network with other weights; everything a person did stays."""
        self.model = model
        self.weights_changed.emit()

    def can_draw(self, recipe: Recipe) -> bool:
        """Whether everything is there that the recipe names: a translator's photo, the directions."""
        if self.model.capabilities.is_translator and not isinstance(recipe.source, PhotoSource):
            return False
        return self.directions.suffice_for(recipe)

    def editables(self) -> tuple[Editable, ...]:
        """Everything that can be edited on this model now."""
        known = self.directions.all
        return editables(
            self.model.capabilities,
            directions=known or (),
            blocks=self.model.blocks,
            recipe=self.history.recipe,
        )

    def editable(self, path: str) -> Editable:
        """The value at a path, as something that can be edited.

        Raises:
            RecipeError: this model has no such value.
        """
        for editable in self.editables():
            if editable.path == path:
                return editable
        raise RecipeError(f"{self.model.card.name} has no value {path!r}: choose one that it lists.")

    def _on_changed(self) -> None:
        self.changed.emit()


def new_seed() -> int:
    """A seed that nobody chose; short enough to be told to someone."""
    return secrets.randbelow(1_000_000)


def original_of(recipe: Recipe) -> Recipe:
    """The picture before any edit: the same source and class, everything else at its default."""
    return Recipe(source=recipe.source, classes=recipe.classes, caption=recipe.caption)
