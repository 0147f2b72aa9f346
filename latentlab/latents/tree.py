"""The steps of a history as a tree, with the place where one stands. `history.History` gives it a voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from latentlab.errors import RecipeError
from latentlab.latents.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Step:
    """One recipe in the tree, and the edit that led to it."""

    id: int
    """Rises in the order of making; never used twice in one tree."""
    parent: int | None
    """None for the root."""
    label: str
    """What was edited, for people: "Diversity"."""
    recipe: Recipe
    time: float
    """Seconds since 1970, of the edit's last change."""


class Tree:
    """Steps, the current one, and for each step the child that redo leads to.

    From every ancestor of the current step redo leads towards it.
    """

    def __init__(self, root: Step) -> None:
        self.current = root
        self._steps = {root.id: root}
        self._children: dict[int, list[int]] = {}
        self._next: dict[int, int] = {}
        self._newest = root.id
        self.tips = 1
        """Steps that nothing was made from."""

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Step]:
        """All steps in the order of making: a parent comes before its children."""
        return iter(self._steps.values())

    @property
    def next_id(self) -> int:
        """The id for a new step."""
        return self._newest + 1

    def step(self, step_id: int) -> Step:
        """One step by its id.

        Raises:
            RecipeError: there is none.
        """
        if step_id not in self._steps:
            raise RecipeError(f"History has no step {step_id}: choose one that it shows.")
        return self._steps[step_id]

    def parent(self, step: Step) -> Step | None:
        """The step it was made from."""
        return None if step.parent is None else self._steps[step.parent]

    def next(self, step: Step) -> Step | None:
        """The child that redo leads to."""
        child = self._next.get(step.id)
        return None if child is None else self._steps[child]

    def children(self, step_id: int) -> tuple[int, ...]:
        """Ids of the steps made from this one, oldest first."""
        return tuple(self._children.get(step_id, ()))

    def put(self, step: Step) -> None:
        """Add a step, or replace it by its edited self, and stand on it.

        Raises:
            RecipeError: it has no parent here, an old id, or another parent than before.
        """
        known = self._steps.get(step.id)
        if known is None:
            if step.parent not in self._steps or step.id <= self._newest:
                raise RecipeError(f"History has no place for step {step.id}: open the copy saved before it.")
            siblings = self._children.setdefault(step.parent, [])
            self.tips += bool(siblings)
            siblings.append(step.id)
            self._newest = step.id
        elif known.parent != step.parent:
            raise RecipeError(
                f"Step {step.id} of this history has two parents: open the copy saved before it."
            )
        self._steps[step.id] = step
        self.stand_on(step.id)

    def stand_on(self, step_id: int) -> None:
        """Make a step current and lead redo to it. Costs the distance between the two steps.

        Raises:
            RecipeError: there is no such step.
        """
        target = self.step(step_id)
        up, down = target, self._steps[self.current.id]
        while up.id != down.id:  # climb both to where they meet: a parent's id is lower than its child's
            if up.id > down.id:
                parent = self.parent(up)
                assert parent is not None  # only the root has none, and no id is lower than its
                self._next[parent.id] = up.id
                up = parent
            else:
                parent = self.parent(down)
                assert parent is not None
                down = parent
        self.current = target

    def prefer(self, step_id: int, child: int) -> None:
        """Lead redo from a step to one of its children; used when a saved tree is rebuilt.

        Raises:
            RecipeError: it is not its child.
        """
        if child not in self._children.get(step_id, ()):
            raise RecipeError(f"Step {child} does not follow step {step_id}: open the copy saved before it.")
        self._next[step_id] = child
