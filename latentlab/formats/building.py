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
    """A generator that takes over `weights`, which are not copied.

    Raises:
        CheckpointError: the weights do not fit the architecture, or are not finite.
    """
    generator = skeleton(family, config)
    _check_fit(generator, weights)
    broken = [name for name, tensor in weights.items() if not is_finite(tensor)]
    if broken:
        raise CheckpointError(
            f"{len(broken)} of the {len(weights)} tensors hold numbers that are not finite (NaN or infinity), the "
            f"first is {broken[0]!r}: training had diverged when this was saved. Open an earlier checkpoint."
        )
    generator.load_state_dict(dict(weights), assign=True)
    if any(buffer.is_meta for buffer in generator.buffers()):
        # Buffers that are not saved are made by the constructor.
        fresh = dict(FAMILIES[family][1](config).named_buffers())
        for name, buffer in list(generator.named_buffers()):
            if buffer.is_meta:
                module, _, own = name.rpartition(".")
                setattr(generator.get_submodule(module), own, fresh[name])
    return generator.eval().requires_grad_(False)


def _check_fit(generator: Generator, weights: Mapping[str, Tensor]) -> None:
    wanted = generator.state_dict()
    missing = sorted(set(wanted) - set(weights))
    surplus = sorted(set(weights) - set(wanted))
    if missing or surplus:
        problem = f"lacks {missing[0]!r}" if missing else f"has {surplus[0]!r} too many"
        raise CheckpointError(
            f"The weights do not fit the architecture that the file describes: it {problem}. The file is "
            "incomplete or damaged."
        )
    for name, tensor in wanted.items():
        if tensor.shape != weights[name].shape:
            raise CheckpointError(
                f"The tensor {name!r} has shape {list(weights[name].shape)} but the architecture that the file "
                f"describes needs {list(tensor.shape)}: the file is damaged, or of an unknown variant."
            )


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
        flat = tensor.detach().reshape(-1)
        digest.update(flat[:: max(1, flat.numel() // _SAMPLES)].cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def memory_estimate(generator: Generator) -> int:
    """Bytes for the weights and one forward pass at float32, from shapes alone."""
    weights: int = sum(4 * tensor.numel() for tensor in generator.state_dict().values())
    # The input, the output and two intermediate values of a layer live at the same time.
    features = max((block.info.channels * block.info.resolution**2 for block in generator.blocks), default=0)
    return weights + 4 * 4 * features
