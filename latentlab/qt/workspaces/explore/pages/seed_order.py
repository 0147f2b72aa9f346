"""Which seeds a gallery shows, and in which order. Plain values; knows no widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from latentlab.latents.randomise import SMALL_STEP
from latentlab.latents.recipe import BlendSource, Nearby, Recipe, SeedSource

Kind = Literal["seeds", "nearby"]

COUNT = 10_000
_NEARBY_SEED = 500_000_000


def plain(recipe: Recipe) -> Recipe:
    """What all seeds of a gallery share with a picture: its settings, not its latent and what was done to it."""
    return Recipe(
        classes=recipe.classes,
        caption=recipe.caption,
        truncation_psi=recipe.truncation_psi,
        truncation_cutoff=recipe.truncation_cutoff,
        noise=recipe.noise,
        transform=recipe.transform,
    )


def edited(recipe: Recipe) -> Recipe:
    """As `plain`, with directions, mixed layers and activation edits of the picture."""
    return replace(recipe, source=SeedSource(), nearby=Nearby(), components=())


@dataclass(frozen=True, slots=True)
class Seeds:
    """Ten thousand pictures: of seeds from `first` on, or one step from a picture towards each of them."""

    base: Recipe
    kind: Kind = "seeds"
    first: int = 0
    count: int = COUNT
    amount: float = SMALL_STEP
    """How far the steps nearby go."""

    def seed(self, number: int) -> int:
        """The seed of one of them."""
        return (self.first + number + (_NEARBY_SEED if self.kind == "nearby" else 0)) % 2**32

    def recipe(self, number: int) -> Recipe:
        """One of them; nearby, the picture itself comes first."""
        if self.kind == "seeds":
            return replace(self.base, source=SeedSource(self.seed(number)))
        if number == 0:
            return self.base
        return replace(_settled(self.base), nearby=Nearby(self.seed(number), self.amount))


class Order:
    """Places of a gallery and the numbers of `Seeds` that they show: as they come, or the most alike first."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._numbers = list(range(count))
        self._places: dict[int, int] | None = None
        self._distances: dict[int, float] = {}

    @property
    def known(self) -> int:
        """How many have been compared."""
        return len(self._distances)

    def number(self, place: int) -> int:
        return self._numbers[place]

    def place(self, number: int) -> int:
        return number if self._places is None else self._places[number]

    def distance(self, number: int) -> float | None:
        """How unlike the wanted picture it is, where that is known."""
        return self._distances.get(number)

    def learn(self, found: Iterable[tuple[int, float]]) -> None:
        """Take in distances; `sort` lets them count."""
        self._distances.update(found)

    def sort(self) -> None:
        """The most alike first; what is not known yet comes after, in its own order."""
        self._numbers = sorted(self._distances, key=lambda number: (self._distances[number], number))
        self._numbers += [number for number in range(self.count) if number not in self._distances]
        self._places = {number: place for place, number in enumerate(self._numbers)}


def _settled(recipe: Recipe) -> Recipe:
    """A picture that has stepped nearby already, as one that can step again: two seeds, blended on the sphere."""
    step, source = recipe.nearby, recipe.source
    if step.amount and isinstance(source, SeedSource):
        blend = BlendSource((source.seed, step.seed), (1 - step.amount, step.amount), "z")
        return replace(recipe, source=blend)
    return recipe
