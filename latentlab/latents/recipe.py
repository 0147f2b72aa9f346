"""A picture is a pure function of a model and a recipe. A recipe is one frozen value of plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoiseChoice = Literal["const", "random", "none"]
Space = Literal["z", "w", "w+"]


@dataclass(frozen=True, slots=True)
class SeedSource:
    """z drawn from a seed; the same on every platform and torch version."""

    seed: int = 0
    """0 ... 2**32 - 1."""


@dataclass(frozen=True, slots=True)
class BlendSource:
    """A blend of seeds: spherical in z, linear in w."""

    seeds: tuple[int, ...]
    weights: tuple[float, ...]
    """One per seed; normalised to sum 1."""
    space: Literal["z", "w"] = "z"


@dataclass(frozen=True, slots=True)
class VectorSource:
    """A stored latent: z (z_dim), w (code_dim) or w+ (num_codes * code_dim, layer by layer)."""

    space: Space
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PhotoSource:
    """A picture on disk: what a translator starts from, or what an encoder turns into z (its mean)."""

    path: str
    sha256: str
    """Of the file's bytes: a changed picture is noticed, a moved one can be found again."""


LatentSource = SeedSource | BlendSource | VectorSource | PhotoSource


@dataclass(frozen=True, slots=True)
class Nearby:
    """A step from the source towards another seed's z, keeping the length natural."""

    seed: int = 0
    amount: float = 0.0
    """0 stays, 1 arrives."""


@dataclass(frozen=True, slots=True)
class Component:
    """One raw number of z, set by hand; replaces what the source drew."""

    index: int
    value: float


@dataclass(frozen=True, slots=True)
class ClassWeight:
    """A class and its share of the mixture."""

    index: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class LayerSource:
    """Layers `first` to `last` (inclusive) take their code from another source."""

    first: int
    last: int
    source: LatentSource
    weight: float = 1.0
    """0 keeps the picture's own code, 1 replaces it; in between the codes are blended linearly."""


@dataclass(frozen=True, slots=True)
class DirectionWeight:
    """How far the picture is moved along a direction."""

    direction: str
    """Identity of the direction: "pca:0", "sefa:3", "random:7:0", "learned:<hash>", "file:<hash>"."""
    weight: float = 0.0
    """In standard deviations of the model's own codes along the direction."""
    first: int = 0
    last: int | None = None
    """Layers moved, inclusive; None means to the last."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Per-pixel noise of models that have it."""

    mode: NoiseChoice = "const"
    seed: int = 0
    strength: float = 1.0
    layers: tuple[tuple[int, float], ...] = ()
    """(noise map index, factor) for maps whose strength differs; multiplied with `strength`."""
    seeds: tuple[tuple[int, int], ...] = ()
    """(noise map index, seed) for maps drawn from a seed of their own, also where the mode is "const"."""


@dataclass(frozen=True, slots=True)
class Transform:
    """Pose inside the network, for models that can (StyleGAN3)."""

    rotation: float = 0.0
    """Degrees, counter-clockwise."""
    x: float = 0.0
    """Shift to the right, in picture widths."""
    y: float = 0.0
    """Shift downwards, in picture heights."""


@dataclass(frozen=True, slots=True)
class ActivationEdit:
    """A change to one block's features (network bending)."""

    block: str
    operation: Literal["scale", "ablate", "noise", "rotate", "shift_x", "shift_y", "blur"]
    amount: float = 1.0
    channels: tuple[int, ...] = ()
    """Channels changed; empty means all."""
    seed: int = 0
    muted: bool = False
    """Kept in the list but not applied."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed, beside the model, to draw one picture."""

    source: LatentSource = SeedSource()
    nearby: Nearby = Nearby()
    components: tuple[Component, ...] = ()
    classes: tuple[ClassWeight, ...] = ()
    """Class mixture; empty means class 0 where the model has classes. Weights are normalised to sum 1."""
    caption: str = ""
    """What is to be drawn, for models that read captions; empty says nothing in particular."""
    second_caption: str = ""
    caption_blend: float = 0.0
    """0 is the caption, 1 the second one; in between, and beyond, what they stand for is blended linearly."""
    truncation_psi: float = 1.0
    truncation_cutoff: int | None = None
    """Layers that truncation reaches, from the first; None means all."""
    mix: tuple[LayerSource, ...] = ()
    directions: tuple[DirectionWeight, ...] = ()
    noise: Noise = Noise()
    transform: Transform = Transform()
    edits: tuple[ActivationEdit, ...] = ()
    stop_after: str = ""
    """Name of the block whose picture is shown; empty means the last."""
