"""What a file holds, found without building a network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.models.generator import Generator


@dataclass(frozen=True, slots=True)
class Card:
    """What a person should know about a model."""

    name: str
    family: str = ""
    """Family in the field's words: "StyleGAN2"."""
    description: str = ""
    data: str = ""
    """What it was trained on, with its licence."""
    licence: str = ""
    recipe: str = ""
    """How it was trained: preset, steps, time."""
    measures: tuple[tuple[str, str], ...] = ()
    class_names: tuple[str, ...] = ()
    seed: int = 0
    """Of the picture that it opens with."""

    @property
    def preset(self) -> str:
        """Name of the preset of `trainers` that it was trained by, if the recipe tells one."""
        found = re.match(r"Preset ([\w-]+):", self.recipe)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One plausible reading of a file whose shapes leave something open."""

    key: str
    """Identity of the reading, stable between runs; what "the choice is remembered" remembers."""
    description: str
    """In words: "output in [-1, 1] (tanh), ReLU inside"."""
    family: str
    """Key in `latentlab.models.catalogue`."""
    config: Any
    """The family's frozen config."""
    score: float = 0.0
    """How natural its samples look, 0 ... 1; 0 until ranked."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """Everything `inspect` can say about a file without building it."""

    path: str
    format: str
    """"LatentLab", "NVIDIA network pickle", "StyleGAN2 PyTorch port", "PyTorch state dict", ..."""
    card: Card
    resolution: int = 0
    parameters: int = 0
    memory_bytes: int = 0
    """Estimate of what the opened model needs at float32, weights and one forward pass."""
    candidates: tuple[Candidate, ...] = ()
    """Best first; one when nothing is open, none when the file was not recognised."""
    doubts: tuple[str, ...] = ()
    """Anything a careful person would want to know: ignored code, unused networks, NaN weights."""
    found: tuple[str, ...] = ()
    """For an unrecognised file: what was in it, and what was missing."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedModel:
    """A model ready to render."""

    generator: Generator
    """In eval mode, float32, gradients off, on the device asked for."""
    card: Card
    report: FileReport
    fingerprint: str
    """Hash of architecture and weights; identifies the model wherever its file lies."""
    candidate: Candidate
    extra: dict[str, Any] = field(default_factory=dict)
    """Plain values that travelled with the weights (probe coefficients, direction files)."""
    sheets: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    """Pictures (H, W, 3) of samples by key of candidate, where several readings were compared on opening."""
