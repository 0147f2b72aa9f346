"""What is being bred: the parents chosen now, and every generation so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from psygnal import Signal

from latentlab.latents.breeding import MOST_PARENTS, Generation, Rules
from latentlab.latents.recipe import Recipe

MOST_GENERATIONS = 200


class Brood:
    """Going back shows an earlier generation; breeding from there adds a new one at the end."""

    changed = Signal()

    def __init__(
        self,
        parents: Iterable[Recipe] = (),
        generations: Iterable[Generation] = (),
        rules: Rules | None = None,
    ) -> None:
        self._parents = list(dict.fromkeys(parents))[:MOST_PARENTS]
        self._generations = list(generations)[-MOST_GENERATIONS:]
        self._shown = len(self._generations) - 1
        self._rules = rules or Rules()

    @property
    def parents(self) -> tuple[Recipe, ...]:
        """The first is the one that kept traits come from."""
        return tuple(self._parents)

    @property
    def rules(self) -> Rules:
        return self._rules

    @property
    def generations(self) -> tuple[Generation, ...]:
        return tuple(self._generations)

    @property
    def shown(self) -> int:
        """Index of the generation that is looked at; -1 before there is one."""
        return self._shown

    def is_parent(self, recipe: Recipe) -> bool:
        return recipe in self._parents

    def set_parents(self, parents: Iterable[Recipe]) -> None:
        self._parents = list(dict.fromkeys(parents))[:MOST_PARENTS]
        self.changed.emit()

    def toggle_parents(self, recipes: Iterable[Recipe]) -> None:
        """Take pictures among the parents; if all are there already, send them away."""
        recipes = list(recipes)
        if all(recipe in self._parents for recipe in recipes):
            self._parents = [recipe for recipe in self._parents if recipe not in recipes]
        else:
            self._parents = list(dict.fromkeys((*self._parents, *recipes)))[:MOST_PARENTS]
        self.changed.emit()

    def make_first(self, recipe: Recipe) -> None:
        """Kept traits come from this parent."""
        if recipe in self._parents:
            self.set_parents((recipe, *self._parents))

    def set_rules(self, rules: Rules) -> None:
        if rules != self._rules:
            self._rules = rules
            self.changed.emit()

    def add(self, generation: Generation) -> None:
        """Children were born; they are shown."""
        self._generations.append(generation)
        del self._generations[:-MOST_GENERATIONS]
        self._shown = len(self._generations) - 1
        self.changed.emit()

    def show(self, index: int) -> None:
        """Look at an earlier or later generation, with its parents and rules as they were."""
        if 0 <= index < len(self._generations) and index != self._shown:
            self._shown = index
            generation = self._generations[index]
            self._parents = list(generation.parents)
            self._rules = replace(generation.rules)
            self.changed.emit()
