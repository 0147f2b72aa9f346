"""Children of pictures: what each unit inherits, what changes by chance, what is kept. Imports no torch.

Units are those of `crossing`: the layers of a model that has one code per layer, parts of the code where it has
one. Neighbouring units are inherited together, as in style mixing (Karras et al. 2019, arXiv:1812.04948, section
3.1), so that what hangs together stays together. Chance steps part of the way towards a new random latent. The
same seed gives the same children. Children are plain recipes, and may be parents in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from random import Random
from typing import Literal

from latentlab.errors import RecipeError
from latentlab.latents.crossing import Latent, Units, blended
from latentlab.latents.recipe import (
    BlendSource,
    DirectionWeight,
    LatentSource,
    LayerSource,
    Nearby,
    Recipe,
    SeedSource,
    VectorSource,
)

Trait = Literal["diversity", "class", "grain", "pose"]
TRAITS: tuple[Trait, ...] = ("diversity", "class", "grain", "pose")

MOST_PARENTS = 8
COUNT = 12
_RUNS = (2, 4)
"""How many runs of units a child takes from its parents."""
_CHANGES = (1, 3)
"""How many runs of units chance changes, each towards a latent of its own."""
_STACKED = 24
"""Entries of a recipe's mix beyond which its latent is stored as numbers before it is bred from."""
_SHIFT = 1.0
"""Standard deviations by which chance at full strength moves a direction that is in use."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How children come about."""

    change: float = 0.25
    """How far chance goes: 0 only crosses parents, 1 replaces what it touches."""
    units: tuple[int, ...] = ()
    """Units that are as in the first parent."""
    traits: tuple[Trait, ...] = ()
    """Settings that are as in the first parent."""
    directions: tuple[str, ...] = ()
    """Directions along which a child stays where the first parent is."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Parents and what came of them."""

    parents: tuple[Recipe, ...]
    children: tuple[Recipe, ...]
    rules: Rules = Rules()


Gene = tuple[tuple[LatentSource, float], ...]
"""What makes one layer's code: sources blended in one after the other, the first with weight 1."""


@dataclass(frozen=True, slots=True)
class Genome:
    """One parent's latent, unit by unit."""

    genes: tuple[Gene, ...] = ()
    """Of each layer, where units are layers."""
    z: tuple[float, ...] = ()
    """Its numbers, where units are numbers."""


def needs_baking(recipe: Recipe, units: Units) -> bool:
    """Whether a parent's latent must be stored as numbers before it can be bred from (`baking.baked`)."""
    if units.kind == "numbers":
        return True
    stepped = bool(recipe.nearby.amount) and not isinstance(recipe.source, SeedSource)
    return bool(recipe.components) or stepped or len(recipe.mix) > _STACKED


def genome_of(recipe: Recipe, units: Units, latent: Latent | None = None) -> Genome:
    """A parent's genome.

    Args:
        latent: `baking.baked` of the recipe without its directions, where `needs_baking`.

    Raises:
        RecipeError: this model's pictures cannot be taken apart.
    """
    if units.kind == "none":
        raise RecipeError("This model's pictures have no latent, so they cannot be bred: open another model.")
    if units.kind == "numbers":
        assert latent is not None  # every such parent needs baking
        return Genome(z=latent.z)
    if latent is not None:
        return Genome(genes=(((latent.source, 1.0),),) * units.count)
    source = recipe.source
    if recipe.nearby.amount and isinstance(source, SeedSource):  # slerp of two z is their spherical mean
        amount = recipe.nearby.amount
        source = BlendSource((source.seed, recipe.nearby.seed), (1 - amount, amount), "z")
    genes = []
    for layer in range(units.count):
        mixed = [item for item in recipe.mix if item.first <= layer <= item.last and item.weight]
        gene: list[tuple[LatentSource, float]] = [(source, 1.0)]
        for item in mixed:
            gene = [(item.source, 1.0)] if item.weight == 1.0 else [*gene, (item.source, item.weight)]
        genes.append(tuple(gene))
    return Genome(genes=tuple(genes))


def breed(
    parents: Sequence[Recipe],
    genomes: Sequence[Genome],
    units: Units,
    rules: Rules,
    *,
    seed: int,
    count: int = COUNT,
) -> tuple[Recipe, ...]:
    """Children, each another one; fewer than `count` where chance is 0 and parents have no more crossings.

    `Rules.directions` is not seen to here: it needs the codes (`held`).

    Raises:
        RecipeError: there is no parent.
    """
    if not parents:
        raise RecipeError("There is no parent: choose at least one picture.")
    children: dict[Recipe, None] = {}
    for attempt in range(4 * count):
        random = Random(f"{seed} {attempt}")  # noqa: S311 (pictures, not secrets)
        child = _child(parents, genomes, units, rules, random)
        if child not in parents:
            children[child] = None
        if len(children) == count:
            break
    return tuple(children)


def held(child: Recipe, direction: str, by: float) -> Recipe:
    """The child moved along a direction by standard deviations, over all layers, beside what it does already."""
    others = tuple(item for item in child.directions if item.direction != direction)
    own = sum(item.weight for item in child.directions if item.direction == direction)
    return replace(child, directions=(*others, DirectionWeight(direction, round(own + by, 4))))


def _child(
    parents: Sequence[Recipe], genomes: Sequence[Genome], units: Units, rules: Rules, random: Random
) -> Recipe:
    givers = _givers(len(parents), units.count, random)
    for unit in rules.units:
        givers[unit] = 0
    frame = _frame(parents, rules, random)
    if units.kind == "numbers":
        return replace(frame, source=VectorSource("z", _numbers(genomes, givers, units, rules, random)))
    genes = [genomes[giver].genes[layer] for layer, giver in enumerate(givers)]
    if rules.change:
        for run in _changed_runs(units.count, rules, random):
            other = SeedSource(random.randrange(2**32))
            for layer in run:
                genes[layer] = (*genes[layer], (other, rules.change))
    base = max(dict.fromkeys(gene[0][0] for gene in genes), key=[gene[0][0] for gene in genes].count)
    return replace(frame, source=base, mix=tuple(_entries(genes, base)))


def _givers(parents: int, units: int, random: Random) -> list[int]:
    """Which parent each unit comes from; with two or more parents every child has at least two."""
    if parents == 1 or units == 1:
        return [random.randrange(parents)] * units
    runs = min(random.randint(*_RUNS), units)
    cuts = sorted(random.sample(range(1, units), runs - 1))
    givers: list[int] = []
    last = -1
    for first, end in zip((0, *cuts), (*cuts, units), strict=True):
        last = random.choice([other for other in range(parents) if other != last])
        givers += [last] * (end - first)
    return givers


def _changed_runs(units: int, rules: Rules, random: Random) -> Iterator[list[int]]:
    """Runs of neighbouring units that chance changes; kept ones are left out."""
    runs = min(random.randint(*_CHANGES), units)
    cuts = sorted(random.sample(range(1, units), runs - 1)) if units > 1 else []
    for first, end in zip((0, *cuts), (*cuts, units), strict=True):
        yield [unit for unit in range(first, end) if unit not in rules.units]


def _entries(genes: Sequence[Gene], base: LatentSource) -> Iterator[LayerSource]:
    """A mix that gives every layer its gene; neighbouring layers with the same gene share entries."""
    first = 0
    for gene, run in groupby(genes):
        last = first + len(list(run)) - 1
        if gene[0][0] != base:
            yield LayerSource(first, last, gene[0][0])
        for source, weight in gene[1:]:
            yield LayerSource(first, last, source, weight)
        first = last + 1


def _numbers(
    genomes: Sequence[Genome], givers: Sequence[int], units: Units, rules: Rules, random: Random
) -> tuple[float, ...]:
    values = list(genomes[0].z)
    for unit, giver in enumerate(givers):
        for index in units.numbers[unit]:
            values[index] = genomes[giver].z[index]
    free = [
        index for unit, part in enumerate(units.numbers) if unit not in rules.units for index in sorted(part)
    ]
    if rules.change and free:
        other = [random.gauss(0.0, 1.0) for _ in free]
        shares = (1 - rules.change, rules.change)
        for index, value in zip(free, blended([[values[i] for i in free], other], shares), strict=True):
            values[index] = value
    return tuple(values)


def _frame(parents: Sequence[Recipe], rules: Rules, random: Random) -> Recipe:
    """Everything but the latent: settings from one parent or another, directions each from one."""

    def giver(trait: Trait) -> Recipe:
        chosen = random.choice(parents)
        return parents[0] if trait in rules.traits else chosen

    diversity, condition, grain, pose = (giver(trait) for trait in TRAITS)
    return replace(
        parents[0],
        nearby=Nearby(),
        components=(),
        mix=(),
        truncation_psi=diversity.truncation_psi,
        truncation_cutoff=diversity.truncation_cutoff,
        classes=condition.classes,
        caption=condition.caption,
        noise=grain.noise,
        transform=pose.transform,
        directions=tuple(_directions(parents, rules, random)),
    )


def _directions(parents: Sequence[Recipe], rules: Rules, random: Random) -> Iterator[DirectionWeight]:
    for direction in dict.fromkeys(item.direction for parent in parents for item in parent.directions):
        giver = random.choice(parents)
        shift = random.gauss(0.0, _SHIFT) * rules.change
        for item in giver.directions:
            if item.direction == direction and item.weight:
                yield replace(item, weight=round(item.weight + shift, 4))
                break
