"""The small reference networks of the original releases; the README of tests/data/reference says what is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

FOLDER = Path(__file__).parent / "data" / "reference"

STYLEGAN2 = ("sg2ada_uncond64", "sg2ada_cond64", "sg2ada_resnet32", "sg2sg3_skip32")
STYLEGAN3 = ("sg3t_32", "sg3r_32")


@dataclass(frozen=True)
class Reference:
    """One network: constructor arguments, weights, and what goes in and comes out."""

    name: str
    facts: dict[str, Any]
    weights: dict[str, Tensor]
    arrays: dict[str, Tensor]

    @property
    def condition(self) -> Tensor | None:
        """Class weights, or None for an unconditional network."""
        return self.arrays["c"] if self.arrays["c"].shape[1] else None


def load(name: str) -> Reference:
    """Read a reference network."""
    with np.load(FOLDER / f"{name}.npz") as arrays:
        tensors = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    facts = json.loads((FOLDER / f"{name}.json").read_text())
    return Reference(name, facts, load_file(FOLDER / f"{name}.safetensors"), tensors)


def assert_same(found: Tensor, wanted: Tensor, what: str) -> None:
    """Agree within 2e-5 of the largest value (at least 1)."""
    assert found.shape == wanted.shape, what
    tolerance = 2e-5 * max(1.0, float(wanted.abs().max()))
    assert float((found - wanted).abs().max()) <= tolerance, what


def assert_probes(found: Tensor, reference: Reference, module: str) -> None:
    """`found` (1, ...) is what the reference's module put out for sample 0, as far as it was kept."""
    if f"mid/{module}" in reference.arrays:
        middle = reference.arrays[f"mid/{module}"]
        assert_same(found[:, : middle.shape[1]], middle, module)
    flat = found[0].flatten()
    probe = reference.arrays[f"probe/{module}"]
    count = len(probe)
    indices = torch.tensor([i * (len(flat) - 1) // (count - 1) for i in range(count)])
    # The tolerance is that of the whole map, of which the probe holds a few values.
    assert_same(
        torch.cat([flat[indices], flat.abs().max()[None]]), torch.cat([probe, flat.abs().max()[None]]), module
    )
