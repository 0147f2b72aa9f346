"""What can be edited on a model, listed once: sliders, keyframes, random and OSC are made from it. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latentlab.latents.activation_edits import AMOUNTS
from latentlab.latents.paths import Value, edit_key, get, has, with_value
from latentlab.latents.recipe import BlendSource, Recipe
from latentlab.models.capabilities import BlockInfo, Capabilities

if TYPE_CHECKING:  # it imports NumPy, which a window must not wait for
    from latentlab.latents.directions import Direction

__all__ = ["Editable", "Value", "editables", "get", "has", "layer_groups", "with_value"]

Kind = Literal["number", "integer", "seed", "choice"]
Section = Literal[
    "latent", "diversity", "classes", "caption", "directions", "mix", "noise", "pose", "layers", "activations"
]
Joins = Literal["always", "in use", "never"]

MAX_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Editable:
    """One value of a recipe that a hand can move."""

    path: str
    """For `get` and `with_value`."""
    label: str
    """In an artist's words: "Diversity"."""
    term: str
    """In a researcher's words: "truncation ψ"."""
    section: Section
    kind: Kind
    default: Value
    """What `get` finds in `Recipe()`."""
    low: float = 0.0
    """Ends of the slider; a typed number may go beyond."""
    high: float = 1.0
    step: float = 0.01
    fine_step: float = 0.001
    choices: tuple[str, ...] = ()
    """For the kind "choice"."""
    natural: tuple[float, float] | None = None
    """Mean and standard deviation of random values; None spreads them evenly from `low` to `high`."""
    joins: Joins = "never"
    """Whether "Randomise" reaches it: "in use" means only where the recipe has such an entry."""
    short: str = ""
    """The researcher's words where there is little room, if `term` is long: "slerp, t"."""


def editables(
    capabilities: Capabilities,
    *,
    directions: Iterable[Direction] = (),
    blocks: Sequence[BlockInfo] = (),
    recipe: Recipe | None = None,
) -> tuple[Editable, ...]:
    """Everything that can be edited on a model.

    Args:
        directions: those that are known for it.
        blocks: the model's, in order; without them there are no noise maps and no layer to stop after.
        recipe: adds what only this recipe has: blends, mixes of other layers, activation edits.
    """
    return (
        *_latent(capabilities, recipe),
        *_diversity(capabilities),
        *_classes(capabilities),
        *_caption(capabilities),
        *_directions(capabilities, directions),
        *_mix(capabilities, recipe),
        *_noise(capabilities, blocks),
        *_pose(capabilities),
        *_layers(blocks),
        *_activations(recipe),
    )


def layer_groups(num_codes: int) -> tuple[tuple[str, int, int], ...]:
    """Name, first and last layer of the coarse, middle and fine layers that a model has.

    The borders of Karras et al. 2019 (arXiv:1812.04948), section 3.1: to 8, to 32 pixels, and above.
    """
    borders = (("Coarse", 0, 3), ("Middle", 4, 7), ("Fine", 8, num_codes - 1))
    return tuple(
        (name, first, min(last, num_codes - 1)) for name, first, last in borders if first < num_codes
    )


def _latent(capabilities: Capabilities, recipe: Recipe | None) -> Iterator[Editable]:
    if not capabilities.z_dim:
        return
    yield _seed("source.seed", "Seed", "seed of z", "latent", joins="always")
    if recipe is not None and isinstance(recipe.source, BlendSource):
        for place in range(len(recipe.source.seeds)):
            name = f"Seed {place + 1}"
            yield _seed(f"blend[{place}].seed", name, "seed of z", "latent", default=None if place else 0)
            yield Editable(
                f"blend[{place}].weight",
                f"{name}, share",
                "blend weight",
                "latent",
                "number",
                0.0 if place else 1.0,
            )
    yield Editable(
        "nearby.amount", "Nearby", "slerp towards another z", "latent", "number", 0.0, short="slerp, t"
    )
    yield _seed("nearby.seed", "Nearby, where to", "seed of the other z", "latent")
    for index in range(capabilities.z_dim):
        yield Editable(
            f"components[{index}].value",
            f"Number {index}",
            f"z[{index}]",
            "latent",
            "number",
            None,
            low=-4.0,
            high=4.0,
            natural=(0.0, 1.0),
            joins="in use",
        )


def _diversity(capabilities: Capabilities) -> Iterator[Editable]:
    if not capabilities.has_truncation or not capabilities.num_codes:
        return
    yield Editable(
        "truncation_psi",
        "Diversity",
        "truncation ψ",
        "diversity",
        "number",
        1.0,
        low=-1.0,
        high=2.0,
        natural=(0.8, 0.1),
        joins="always",
    )
    if capabilities.num_codes > 1:
        yield _layer("truncation_cutoff", "Diversity, layers", "truncation cutoff", "diversity", capabilities)


def _classes(capabilities: Capabilities) -> Iterator[Editable]:
    for index in range(capabilities.num_classes):
        yield Editable(
            f"classes[{index}].weight",
            capabilities.class_names[index] if capabilities.class_names else f"Class {index}",
            f"weight of class {index}",
            "classes",
            "number",
            0.0 if index else 1.0,
            joins="always",
        )


def _caption(capabilities: Capabilities) -> Iterator[Editable]:
    if capabilities.has_captions:
        term = "blend of the embeddings of two captions"
        yield Editable("caption_blend", "Blend", term, "caption", "number", 0.0)


def _directions(capabilities: Capabilities, directions: Iterable[Direction]) -> Iterator[Editable]:
    for direction in directions:
        path = f"directions[{direction.id}]"
        yield Editable(
            f"{path}.weight",
            direction.name,
            f"{direction.id}, in σ of the codes",
            "directions",
            "number",
            0.0,
            low=-4.0,
            high=4.0,
            natural=(0.0, 1.0),
            joins="in use",
        )
        if capabilities.num_codes > 1:
            for end, name in (("first", "first layer"), ("last", "last layer")):
                yield _layer(
                    f"{path}.{end}",
                    f"{direction.name}, {name}",
                    f"{direction.id}, {name}",
                    "directions",
                    capabilities,
                    default=0 if end == "first" else None,
                )


def _mix(capabilities: Capabilities, recipe: Recipe | None) -> Iterator[Editable]:
    if capabilities.num_codes < 2:
        return
    ranges = {(first, last): name for name, first, last in layer_groups(capabilities.num_codes)}
    for layers in recipe.mix if recipe is not None else ():
        ranges.setdefault((layers.first, layers.last), f"Layers {layers.first} to {layers.last}")
    for (first, last), name in ranges.items():
        path = f"mix[{first}..{last}]"
        term = f"style mixing, layers {first} to {last}"
        yield Editable(f"{path}.weight", name, term, "mix", "number", 0.0)
        yield _seed(f"{path}.seed", f"{name}, seed", f"{term}, seed", "mix", default=None, joins="in use")


def _noise(capabilities: Capabilities, blocks: Sequence[BlockInfo]) -> Iterator[Editable]:
    if not capabilities.has_noise:
        return
    yield Editable(
        "noise.mode",
        "Grain",
        "noise mode",
        "noise",
        "choice",
        "const",
        choices=("const", "random", "none"),
    )
    yield _seed("noise.seed", "Grain, seed", "noise seed", "noise", joins="in use")
    yield Editable("noise.strength", "Strength", "noise strength", "noise", "number", 1.0, high=2.0)
    number = 0
    for block in blocks:
        for height, width in block.noise:
            name = f"Grain at {width} × {height}"
            term = f"noise map {number} in {block.name}"
            yield Editable(
                f"noise.layers[{number}]", name, f"strength of {term}", "noise", "number", 1.0, high=2.0
            )
            yield _seed(
                f"noise.seeds[{number}]",
                f"{name}, seed",
                f"seed of {term}",
                "noise",
                default=None,
                joins="in use",
            )
            number += 1


def _pose(capabilities: Capabilities) -> Iterator[Editable]:
    if not capabilities.has_transform:
        return
    turn, shift = "rotation of the input grid, degrees", "translation of the input grid, picture sides"
    yield Editable(
        "transform.rotation",
        "Turn",
        turn,
        "pose",
        "number",
        0.0,
        low=-180.0,
        high=180.0,
        step=1.0,
        fine_step=0.1,
        short="input rotation",
    )
    yield Editable("transform.x", "Right", shift, "pose", "number", 0.0, low=-1.0, short="translation x")
    yield Editable("transform.y", "Down", shift, "pose", "number", 0.0, low=-1.0, short="translation y")


def _layers(blocks: Sequence[BlockInfo]) -> Iterator[Editable]:
    if blocks:
        names = ("", *(block.name for block in blocks))
        yield Editable("stop_after", "Stop after", "last block run", "layers", "choice", "", choices=names)


def _activations(recipe: Recipe | None) -> Iterator[Editable]:
    edits = recipe.edits if recipe is not None else ()
    for place, edit in enumerate(edits):
        amount = AMOUNTS[edit.operation]
        yield Editable(
            f"edits[{edit_key(edits, place)}].amount",
            f"{edit.block}, {amount.name.lower()}",
            f"activation edit (network bending): {amount.meaning}",
            "activations",
            "number",
            None,
            low=amount.low,
            high=amount.high,
            step=amount.step,
        )


def _seed(
    path: str, label: str, term: str, section: Section, *, default: Value = 0, joins: Joins = "never"
) -> Editable:
    return Editable(path, label, term, section, "seed", default, 0, MAX_SEED, 1, 1, joins=joins)


def _layer(
    path: str, label: str, term: str, section: Section, model: Capabilities, *, default: Value = None
) -> Editable:
    return Editable(path, label, term, section, "integer", default, 0, model.num_codes - 1, 1, 1)
