"""The recipe now and every recipe before it. Imports no torch."""

from __future__ import annotations

import bisect
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import NamedTuple

from psygnal import Signal

from latentlab.latents.recipe import Recipe
from latentlab.latents.tree import Step, Tree


class Move(NamedTuple):
    """A step became current."""

    number: int
    """Rises with every move of this `History`."""
    step_id: int
    edited: bool
    """The step is new or was edited; otherwise it was only gone to."""


class History:
    """The current recipe and how it came about. Undo needs no inverse code: recipes are values.

    An edit made after going back starts a branch; what was undone stays in the tree. Memory stays small because
    a recipe shares with its parent all that the edit did not touch.
    """

    changed = Signal(Recipe, Recipe)  # before, after: the current step is another one or was edited
    grown = Signal(int)  # id of a step that is new, or whose recipe a merged edit replaced
    replaced = Signal()  # all steps are others: emitted before `changed`

    def __init__(
        self, recipe: Recipe | None = None, label: str = "", *, clock: Callable[[], float] = time.time
    ) -> None:
        """Start a tree at `recipe`.

        Args:
            label: how the tree began, for people: "Opened".
            clock: seconds since 1970.
        """
        self._clock = clock
        self._mark = 0
        self._merge_key: Hashable = None
        self._plant(Tree(Step(0, None, label, recipe or Recipe(), clock())))

    @property
    def recipe(self) -> Recipe:
        """The current recipe."""
        return self._tree.current.recipe

    @property
    def current(self) -> Step:
        """The step that the current recipe belongs to."""
        return self._tree.current

    @property
    def can_undo(self) -> bool:
        """Whether this branch has an earlier recipe."""
        return self._other_recipe(self._tree.parent) is not None

    @property
    def can_redo(self) -> bool:
        """Whether this branch has a later recipe."""
        return self._other_recipe(self._tree.next) is not None

    def __len__(self) -> int:
        return len(self._tree)

    def __iter__(self) -> Iterator[Step]:
        """All steps in the order of making: a parent comes before its children."""
        return iter(self._tree)

    def step(self, step_id: int) -> Step:
        """One step by its id.

        Raises:
            RecipeError: there is none.
        """
        return self._tree.step(step_id)

    def children(self, step_id: int) -> tuple[int, ...]:
        """Ids of the steps made from this one, oldest first."""
        return self._tree.children(step_id)

    def redo_of(self, step_id: int) -> int | None:
        """The child that redo leads to from a step; None at a tip."""
        child = self._tree.next(self._tree.step(step_id))
        return None if child is None else child.id

    def branch(self) -> list[Step]:
        """The steps from the root through the current one to where redo ends, in order."""
        steps = []
        step: Step | None = self.current
        while step is not None:
            steps.append(step)
            step = self._tree.parent(step)
        steps.reverse()
        step = self.current
        while (step := self._tree.next(step)) is not None:
            steps.append(step)
        return steps

    def apply(self, label: str, after: Recipe, *, merge_key: Hashable = None) -> None:
        """Make `after` current, as a new step below the current one.

        Args:
            label: what was edited, for people.
            after: the recipe after the edit; nothing happens when it equals the current one.
            merge_key: consecutive edits with one key (a drag) are one step. Give every drag a key of its own.
        """
        before = self.current
        if after == before.recipe:
            return
        if merge_key is not None and merge_key == self._merge_key:
            self._tree.put(replace(before, label=label, recipe=after, time=self._clock()))
            self._moves.pop()  # the one that made or last edited this step
        else:
            self._tree.put(Step(self._tree.next_id, before.id, label, after, self._clock()))
        self._merge_key = merge_key
        self._note_move(edited=True)
        self.grown.emit(self.current.id)
        self.changed.emit(before.recipe, after)

    def undo(self) -> None:
        """Go back to the recipe before the current one; nothing happens where there is none."""
        if (target := self._other_recipe(self._tree.parent)) is not None:
            self.go_to(target.id)

    def redo(self) -> None:
        """Go on along the branch that was last visited; nothing happens where there is no later recipe."""
        if (target := self._other_recipe(self._tree.next)) is not None:
            self.go_to(target.id)

    def go_to(self, step_id: int) -> None:
        """Make any step of the tree current. From its ancestors redo will lead along its branch.

        Raises:
            RecipeError: there is no such step.
        """
        before = self.current
        self._tree.stand_on(step_id)
        self._merge_key = None
        if self.current is not before:
            self._note_move(edited=False)
            self.changed.emit(before.recipe, self.recipe)

    def restart(self, recipe: Recipe, label: str = "") -> None:
        """Forget all steps and start another tree at `recipe`, as when another model is opened."""
        self.adopt(Tree(Step(0, None, label, recipe, self._clock())))

    def adopt(self, tree: Tree) -> None:
        """Replace all steps by those of a tree that was saved (`latentlab.latents.history_json`)."""
        before = self.recipe
        self._plant(tree)
        self.replaced.emit()
        self.changed.emit(before, self.recipe)

    def exchange(self, other: History) -> None:
        """Swap trees with another history: both keep their marks, and tell of it as of a replaced tree."""
        before, other_before = self.recipe, other.recipe
        for name in ("_tree", "_moves", "_mark", "_planted"):
            mine, its = getattr(self, name), getattr(other, name)
            setattr(self, name, its)
            setattr(other, name, mine)
        self._merge_key = other._merge_key = None
        for history, was in ((self, before), (other, other_before)):
            history.replaced.emit()
            history.changed.emit(was, history.recipe)

    @property
    def tips(self) -> int:
        """How many branches end somewhere."""
        return self._tree.tips

    @property
    def mark(self) -> int:
        """Number of the newest move: what `moves_since` takes to tell what happened after now."""
        return self._mark

    def moves_since(self, mark: int) -> list[Move] | None:
        """What became current after `mark`, in order; None when the tree itself is younger than that."""
        if mark < self._planted:
            return None
        return self._moves[bisect.bisect_right(self._moves, mark, key=lambda move: move.number) :]

    def _plant(self, tree: Tree) -> None:
        self._mark += 1
        self._planted = self._mark
        self._tree = tree
        self._moves: list[Move] = []
        self._merge_key = None

    def _note_move(self, *, edited: bool) -> None:
        self._mark += 1
        self._moves.append(Move(self._mark, self.current.id, edited))

    def _other_recipe(self, towards: Callable[[Step], Step | None]) -> Step | None:
        """The nearest step in one direction whose recipe differs: a drag that ended where it began is none."""
        step = towards(self.current)
        while step is not None and step.recipe == self.recipe:
            step = towards(step)
        return step
