"""From an architecture and its weights to a generator that is ready to draw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from latentlab.errors import CheckpointError
from latentlab.formats.weights import is_finite
from latentlab.models.catalogue import FAMILIES, config_to_json
from latentlab.models.generator import Generator

_SAMPLES = 64  # numbers of each tensor that the fingerprint looks at


def skeleton(family: str, config: Any) -> Generator:
    """The network without numbers: shapes and capabilities at no cost in memory."""
    with torch.device("meta"):
        return FAMILIES[family][1](config)


def assemble(family: str, config: Any, weights: Mapping[str, Tensor]) -> Generator:
    """A generator that takes over those of `weights` that it needs, without copying them.

    Raises:
        CheckpointError: one is missing, does not fit the architecture, or is not finite.
    """
    generator = skeleton(family, config)
    taken = {}
    missing = []
    broken = []
    for name, wanted in generator.state_dict().items():
        if name not in weights:
            missing.append(name)
            continue
        tensor = weights[name]
        if tensor.shape != wanted.shape:
            raise CheckpointError(
                f"The tensor {name!r} has shape {list(tensor.shape)} but the architecture that the file describes "
                f"needs {list(wanted.shape)}: the file is damaged, or of an unknown variant."
            )
        if not is_finite(tensor):
            broken.append(name)
        taken[name] = tensor
    if missing:
        raise CheckpointError(
            f"The network lacks {len(missing)} of the {len(missing) + len(taken)} tensors it needs, the first is "
            f"{missing[0]!r}: the file is incomplete, or of a variant that LatentLab does not know."
        )
    if broken:
        raise CheckpointError(
            f"{len(broken)} of the {len(taken)} tensors hold numbers that are not finite (NaN or infinity), the "
            f"first is {broken[0]!r}: training had diverged when this was saved. Open an earlier checkpoint."
        )
    generator.load_state_dict(taken, assign=True)
    _make_unsaved(generator)
    return generator.eval().requires_grad_(False)


def _make_unsaved(generator: Generator) -> None:
    """Fill the buffers that are not saved as the constructor does."""
    unsaved = [name for name, buffer in generator.named_buffers() if buffer.is_meta]
    if not unsaved:
        return
    fresh = dict(FAMILIES[generator.family][1](generator.config).named_buffers())
    for name in unsaved:
        module, _, own = name.rpartition(".")
        setattr(generator.get_submodule(module), own, fresh[name])


def fingerprint(generator: Generator) -> str:
    """Hash of architecture and weights. The same for one model in files of different kinds.

    The weights are sampled: two models that were trained apart differ everywhere. The mean of w is left out,
    because it is computed on opening where a file lacks it, and rounds differently from machine to machine.
    """
    digest = hashlib.blake2b(digest_size=16)
    architecture = {"family": generator.family, "config": config_to_json(generator.config)}
    digest.update(json.dumps(architecture, sort_keys=True).encode())
    for name, tensor in sorted(generator.state_dict().items()):
        if name.endswith("w_avg"):
            continue
        digest.update(f"{name}{list(tensor.shape)}".encode())
        flat = tensor.detach().cpu().numpy().reshape(-1)
        digest.update(flat[:: max(1, flat.size // _SAMPLES)].tobytes())
    return digest.hexdigest()


def memory_estimate(generator: Generator) -> int:
    """Bytes for the weights and one forward pass at float32, from shapes alone."""
    weights: int = sum(4 * tensor.numel() for tensor in generator.state_dict().values())
    # The input, the output and two intermediate values of a layer live at the same time.
    features = max((block.info.channels * block.info.resolution**2 for block in generator.blocks), default=0)
    return weights + 4 * 4 * features
