"""`g_ema` checkpoints of the well-known StyleGAN2 port to PyTorch, from its converter and from its trainer.

The maths is StyleGAN2's (arXiv:1912.04958); only names and shapes differ. The trainer does not keep the mean of w,
and old files have neither noise maps nor filters: these are made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from latentlab.errors import CheckpointError
from latentlab.formats.reading import Reading
from latentlab.formats.report import Candidate
from latentlab.formats.stored import Network
from latentlab.formats.stylegan2_names import averaged_first, prefix_of

if TYPE_CHECKING:
    from torch import Tensor

    from latentlab.models.stylegan2 import StyleGAN2Config

_ANCHOR = "conv1.conv.modulation.weight"
_MEAN = "latent_avg"
_STYLE = re.compile(r"style\.(\d{1,3})\.weight")
_MEAN_SEEDS = 10_000
_BATCH = 1_000


def join_mean(networks: dict[str, Network]) -> None:
    """Put a mean of w that lies beside the networks into those that it belongs to."""
    for place, beside in list(networks.items()):
        mean = beside.tensors.get(_MEAN)
        if mean is None:
            continue
        for name, network in networks.items():
            is_below = name.rpartition(".")[0] == place and name != place
            if is_below and prefix_of(network, _ANCHOR) is not None:
                network.tensors.setdefault(_MEAN, mean)


def recognise(networks: Mapping[str, Network]) -> list[Reading]:
    """Readings of the port's generators among `networks`, averaged ones first."""
    for name in sorted(networks, key=averaged_first):
        prefix = prefix_of(networks[name], _ANCHOR)
        if prefix is not None and f"{prefix}input.input" in networks[name].tensors:
            return [_reading(name, networks[name], prefix)]
    return []


def lacks(network: Network) -> tuple[str, ...]:
    """What had to be made for lack of it in the file, in words."""
    made = []
    if not any(name.endswith(_MEAN) for name in network.tensors):
        made.append(
            f"The mean of w is not in the file; it is estimated from {_MEAN_SEEDS:,} seeds, as the port does."
        )
    if not any("noises.noise_" in name for name in network.tensors):
        made.append("The fixed noise maps are not in the file; new ones are drawn, always the same.")
    return tuple(made)


def _reading(name: str, network: Network, prefix: str) -> Reading:
    shapes = {
        key.removeprefix(prefix): tensor.shape
        for key, tensor in network.tensors.items()
        if key.startswith(prefix)
    }
    config = _config(shapes)
    mean = next((key for key in (f"{prefix}{_MEAN}", _MEAN) if key in network.tensors), None)
    return Reading(
        candidate=Candidate("stylegan2", f"StyleGAN2 (skip), {config.resolution} px", "stylegan2", config),
        network=name,
        convert=lambda tensors: _convert(tensors, prefix, mean, config),
    )


def _config(shapes: Mapping[str, tuple[int, ...]]) -> StyleGAN2Config:
    from latentlab.models.style_layers import MappingConfig
    from latentlab.models.stylegan2 import StyleGAN2Config

    layers = sum(_STYLE.fullmatch(name) is not None for name in shapes)
    style = _shape(shapes, "style.1.weight", 2)
    channels = [_shape(shapes, "conv1.conv.weight", 5)[1]]
    while f"convs.{2 * len(channels) - 1}.conv.weight" in shapes:
        channels.append(_shape(shapes, f"convs.{2 * len(channels) - 1}.conv.weight", 5)[1])
    return StyleGAN2Config(
        resolution=4 << (len(channels) - 1),
        channels=tuple(channels),
        z_dim=style[1],
        w_dim=_shape(shapes, _ANCHOR, 2)[1],
        image_channels=_shape(shapes, "to_rgb1.conv.weight", 5)[1],
        mapping=MappingConfig(num_layers=layers),
        kernel_size=_shape(shapes, "conv1.conv.weight", 5)[3],
        filter_shape=shapes.get("convs.0.conv.blur.kernel", (4, 4)),
    )


def _shape(shapes: Mapping[str, tuple[int, ...]], name: str, dimensions: int) -> tuple[int, ...]:
    shape = shapes.get(name)
    if shape is None or len(shape) != dimensions:
        problem = "lacks the tensor" if shape is None else "has an odd tensor"
        raise CheckpointError(
            f"The StyleGAN2 network {problem} {name!r}: the file is incomplete, or of an unknown variant."
        )
    return shape


def _convert(
    tensors: Mapping[str, Tensor], prefix: str, mean: str | None, config: StyleGAN2Config
) -> dict[str, Tensor]:
    """The port's tensors under NVIDIA's names: only names and shapes change."""
    weights: dict[str, Tensor] = {}
    for index in range(config.mapping.num_layers):
        for part in ("weight", "bias"):
            weights[f"mapping.fc{index}.{part}"] = _get(tensors, f"{prefix}style.{index + 1}.{part}")
    weights["synthesis.b4.const"] = _get(tensors, f"{prefix}input.input")[0]
    noises = 0
    for theirs, ours in _layers(config):
        is_colour = "rgb" in theirs
        weights[f"{ours}.weight"] = _get(tensors, f"{prefix}{theirs}.conv.weight")[0]
        for part in ("weight", "bias"):
            weights[f"{ours}.affine.{part}"] = _get(tensors, f"{prefix}{theirs}.conv.modulation.{part}")
        bias = f"{prefix}{theirs}.bias" if is_colour else f"{prefix}{theirs}.activate.bias"
        weights[f"{ours}.bias"] = _get(tensors, bias).reshape(-1)
        if is_colour:
            continue
        weights[f"{ours}.noise_strength"] = _get(tensors, f"{prefix}{theirs}.noise.weight").reshape(())
        weights[f"{ours}.noise_const"] = _noise(tensors, prefix, noises, 4 << ((noises + 1) // 2))
        noises += 1
    for level in range(1, len(config.channels)):
        block = f"synthesis.b{4 << level}"
        for ours, theirs in (
            (f"{block}.conv0", f"convs.{2 * level - 2}.conv.blur.kernel"),
            (block, f"to_rgbs.{level - 1}.upsample.kernel"),
        ):
            weights[f"{ours}.resample_filter"] = _filter(tensors, prefix + theirs, config.filter_shape)
    weights["mapping.w_avg"] = _mean(tensors[mean], config) if mean else _estimated_mean(weights, config)
    return weights


def _layers(config: StyleGAN2Config) -> Iterator[tuple[str, str]]:
    """The port's names of convolutions and colour layers, and NVIDIA's, in the order of the noise maps."""
    yield "conv1", "synthesis.b4.conv1"
    yield "to_rgb1", "synthesis.b4.torgb"
    for level in range(1, len(config.channels)):
        block = f"synthesis.b{4 << level}"
        yield f"convs.{2 * level - 2}", f"{block}.conv0"
        yield f"convs.{2 * level - 1}", f"{block}.conv1"
        yield f"to_rgbs.{level - 1}", f"{block}.torgb"


def _get(tensors: Mapping[str, Tensor], name: str) -> Tensor:
    if name not in tensors:
        raise CheckpointError(
            f"The StyleGAN2 network lacks the tensor {name!r}: the file is incomplete. Get it again."
        )
    return tensors[name]


def _noise(tensors: Mapping[str, Tensor], prefix: str, index: int, side: int) -> Tensor:
    from latentlab.models.seeds import normal_from_seed

    name = f"{prefix}noises.noise_{index}"
    return tensors[name].reshape(side, side) if name in tensors else normal_from_seed(index, side, side)


def _filter(tensors: Mapping[str, Tensor], name: str, shape: tuple[int, ...]) -> Tensor:
    from latentlab.models.resampling import binomial_filter

    # The port stores the gain of 4 that enlarging needs in the filter.
    return tensors[name] / 4 if name in tensors else binomial_filter(shape)


def _mean(mean: Tensor, config: StyleGAN2Config) -> Tensor:
    # Encoders built on the port keep one copy per layer.
    rows = mean.reshape(-1, config.w_dim) if mean.numel() % config.w_dim == 0 and mean.numel() else None
    if rows is None:
        raise CheckpointError(
            f"The mean of w has shape {list(mean.shape)}, but this network needs {config.w_dim} numbers: the file "
            "is damaged."
        )
    return rows[0].clone()


def _estimated_mean(weights: Mapping[str, Tensor], config: Any) -> Tensor:
    """Mean of w over many seeds, from the mapping network alone."""
    import torch

    from latentlab.models.seeds import normal_from_seed
    from latentlab.models.style_layers import MappingNetwork

    mapping = MappingNetwork(config.mapping, config.z_dim, 0, config.w_dim)
    own = {name.removeprefix("mapping."): t for name, t in weights.items() if name.startswith("mapping.")}
    mapping.load_state_dict(own, strict=False)
    total = torch.zeros(config.w_dim, dtype=torch.float64)
    with torch.inference_mode():
        for batch in torch.split(normal_from_seed(0, _MEAN_SEEDS, config.z_dim), _BATCH):
            total += mapping(batch).double().sum(dim=0)
    return (total / _MEAN_SEEDS).float().clone()
