"""Random recipes that leave alone what is locked. The same seed gives the same recipe. Imports no torch."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from random import Random

from latentlab.latents.editable import MAX_SEED, Editable
from latentlab.latents.paths import Value, get, has, with_value
from latentlab.latents.recipe import BlendSource, Nearby, Recipe

SMALL_STEP = 0.25
"""How far "nearby" goes where the recipe does not say."""


def randomise(
    recipe: Recipe,
    editables: Iterable[Editable],
    *,
    seed: int,
    strength: float = 1.0,
    locked: Collection[str] = (),
) -> Recipe:
    """Another picture: a new latent or a step towards one, and random values for what is in use.

    Each value has a random stream of its own, so that a lock changes nothing else.

    Args:
        editables: what may change; those with `joins` "never" do not.
        strength: 0 changes nothing; 1 replaces. In between numbers go that share of the way and seeds are
            replaced with that chance, but for the picture's own: it steps towards a new one (`Recipe.nearby`).
        locked: paths that keep their values.
    """
    if strength <= 0:
        return recipe
    strength = min(strength, 1.0)
    classes = []
    for editable in editables:
        if editable.path in locked or editable.joins == "never" or not _is_used(recipe, editable):
            continue
        random = _stream(seed, editable.path)
        if editable.path == "source.seed":
            recipe = _other_latent(recipe, random, strength, locked)
        elif editable.section == "classes":
            classes.append(editable.path)
        else:
            recipe = _moved(recipe, editable, random, strength)
    return _other_classes(recipe, classes, _stream(seed, "classes"), strength)


def randomised(recipe: Recipe, editable: Editable, *, seed: int) -> Recipe:
    """One value drawn anew, whether it joins in `randomise` or not."""
    return with_value(recipe, editable.path, draw(editable, _stream(seed, editable.path)))


def nearby(recipe: Recipe, *, seed: int) -> Recipe:
    """A picture like this one: a step towards the z of `seed`, as far as `recipe.nearby` goes or a small one."""
    return replace(recipe, nearby=Nearby(seed, recipe.nearby.amount or SMALL_STEP))


def draw(editable: Editable, random: Random) -> Value:
    """A random value that is natural for it."""
    if editable.kind == "choice":
        return random.choice(editable.choices)
    if editable.kind in ("seed", "integer"):
        return random.randint(int(editable.low), int(editable.high))
    if editable.natural is None:
        return random.uniform(editable.low, editable.high)
    mean, deviation = editable.natural
    return min(max(random.gauss(mean, deviation), editable.low), editable.high)


def _stream(seed: int, name: str) -> Random:
    """Random numbers of one value's own."""
    return Random(f"{seed} {name}")  # noqa: S311 (pictures, not secrets)


def _is_used(recipe: Recipe, editable: Editable) -> bool:
    if editable.path == "noise.seed":
        return recipe.noise.mode == "random"
    return editable.joins == "always" or has(recipe, editable.path)


def _moved(recipe: Recipe, editable: Editable, random: Random, strength: float) -> Recipe:
    """Part of the way for numbers; all of it, by chance, for the rest."""
    here, target = get(recipe, editable.path), draw(editable, random)
    if isinstance(here, (int, float)) and isinstance(target, float):
        return with_value(recipe, editable.path, here + strength * (target - here))
    return with_value(recipe, editable.path, target) if random.random() < strength else recipe


def _other_latent(recipe: Recipe, random: Random, strength: float, locked: Collection[str]) -> Recipe:
    """A new source, or for less than full strength a step from the present one."""
    may_step = not {"nearby.seed", "nearby.amount"} & set(locked)
    target = random.randint(0, MAX_SEED)
    if strength < 1 and may_step:
        return replace(recipe, nearby=Nearby(target, strength))
    if strength < 1 and random.random() >= strength:
        return recipe
    if "nearby.amount" not in locked:
        recipe = replace(recipe, nearby=replace(recipe.nearby, amount=0.0))
    if isinstance(recipe.source, BlendSource):
        for place in range(len(recipe.source.seeds)):
            path, other = f"blend[{place}].seed", random.randint(0, MAX_SEED)
            if path not in locked:
                recipe = with_value(recipe, path, other)
        return recipe
    return with_value(recipe, "source.seed", target)


def _other_classes(recipe: Recipe, paths: list[str], random: Random, strength: float) -> Recipe:
    """Shift the mixture towards one class among those that may change."""
    if not paths:
        return recipe
    target = random.choice(paths)
    before = recipe
    for path in paths:
        if path == target or has(before, path):
            weight = get(before, path)
            assert isinstance(weight, (int, float))  # class weights are numbers
            recipe = with_value(recipe, path, weight + strength * ((path == target) - weight))
    return recipe
