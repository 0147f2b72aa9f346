"""From an architecture and its weights to a generator that is ready to draw."""

from __future__ import annotations

import hashlib
import json
import math
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from latentlab.errors import CheckpointError
from latentlab.formats.weights import is_finite, numel_of
from latentlab.models.catalogue import FAMILIES, config_to_json
from latentlab.models.generator import Generator

_SMALL = 1 << 12  # numbers; so few are made as usual
_LARGE = 1 << 18  # numbers; fewer are not worth another thread
_SAMPLES = 64  # numbers of each tensor that the fingerprint looks at


class _ShapesOnly(TorchFunctionMode):
    """Makes constructors cheap: large tensors get a shape and no numbers; drawing or scaling them does nothing.

    Small ones are made as usual. Other arithmetic on tensors without numbers would work too, but torch takes
    seconds to import what it needs for that.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        if func in _FACTORIES:
            shape = args[0] if args and isinstance(args[0], (tuple, list)) else args
            if math.prod(shape) > _SMALL:
                return torch.empty(shape, dtype=options.get("dtype"), device="meta")
        elif args and isinstance(args[0], Tensor) and args[0].is_meta:
            is_scaling = func in _SCALING and isinstance(args[1], (int, float))
            if is_scaling or func in _IN_PLACE:
                return args[0]
        return func(*args, **options)


_FACTORIES = {torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn}
_SCALING = {Tensor.div, Tensor.__truediv__, Tensor.mul, Tensor.__mul__}
_IN_PLACE = {
    *(Tensor.normal_, Tensor.uniform_, Tensor.fill_, Tensor.zero_, Tensor.mul_, Tensor.clamp_),
    *(nn.init.normal_, nn.init.uniform_, nn.init.zeros_, nn.init.ones_, nn.init.constant_),
    *(nn.init.kaiming_uniform_, nn.init.kaiming_normal_, nn.init.xavier_uniform_, nn.init.trunc_normal_),
}


def skeleton(family: str, config: Any) -> Generator:
    """The network without numbers: shapes and capabilities at next to no cost in memory."""
    with torch.random.fork_rng(devices=[]), _ShapesOnly():
        return FAMILIES[family][1](config)


def assemble(family: str, config: Any, weights: Mapping[str, Tensor]) -> Generator:
    """A generator that takes over those of `weights` that it needs, without copying them.

    Two threads read the large ones and look through them, one already while the other makes the network.

    Raises:
        CheckpointError: one is missing, does not fit the architecture, or is not finite.
    """
    large = [name for name in weights if numel_of(weights, name) >= _LARGE]
    waiting = deque(large)
    found: dict[str, tuple[Tensor, bool]] = {}

    def take_large() -> None:
        while True:
            try:
                name = waiting.popleft()
            except IndexError:  # this thread or the other took the last one
                return
            take(name)

    def take(name: str) -> None:
        tensor = weights[name]
        found[name] = tensor, is_finite(tensor)

    with ThreadPoolExecutor(max_workers=1) as pool:
        helper = pool.submit(take_large)
        try:
            generator = skeleton(family, config)
            wanted = generator.state_dict()
            _check_complete(wanted, weights)
            for name in wanted.keys() - set(large):
                take(name)
            take_large()
        finally:
            waiting.clear()
        helper.result()
    for name, expected in wanted.items():
        _check_shape(name, found[name][0], expected)
    broken = [name for name in wanted if not found[name][1]]
    if broken:
        raise CheckpointError(
            f"{len(broken)} of the {len(wanted)} tensors hold numbers that are not finite (NaN or infinity), the "
            f"first is {broken[0]!r}: training had diverged when this was saved. Open an earlier checkpoint."
        )
    _put(generator, {name: found[name][0].to(expected.dtype) for name, expected in wanted.items()})
    _make_unsaved(generator)
    return generator.eval()


def _check_complete(wanted: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> None:
    missing = [name for name in wanted if name not in weights]
    if missing:
        raise CheckpointError(
            f"The network lacks {len(missing)} of the {len(wanted)} tensors it needs, the first is "
            f"{missing[0]!r}: the file is incomplete, or of a variant that LatentLab does not know."
        )


def _check_shape(name: str, tensor: Tensor, expected: Tensor) -> None:
    if tensor.shape != expected.shape or tensor.is_complex():
        raise CheckpointError(
            f"The tensor {name!r} has shape {list(tensor.shape)} but the architecture that the file describes "
            f"needs {list(expected.shape)}: the file is damaged, or of an unknown variant."
        )


def _put(generator: Generator, tensors: Mapping[str, Tensor]) -> None:
    """Set all parameters and saved buffers, whose shapes were checked; gradients off."""
    for path, module in generator.named_modules():
        prefix = f"{path}." if path else ""
        for name in module._parameters:
            if prefix + name in tensors:
                module._parameters[name] = nn.Parameter(tensors[prefix + name], requires_grad=False)
        for name in module._buffers:
            if prefix + name in tensors:
                module._buffers[name] = tensors[prefix + name]


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
