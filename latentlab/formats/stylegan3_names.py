"""StyleGAN3 generators under the names of NVIDIA's release: from network pickles, or bare state dicts.

A pickle says sizes, rates, paddings and filters of every layer. A bare state dict has filters and sizes; rates and
paddings follow from them with the release's constants (Karras et al. 2021, arXiv:2106.12423, appendix C).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from latentlab.errors import CheckpointError
from latentlab.formats.reading import Reading
from latentlab.formats.report import Candidate
from latentlab.formats.stored import Network
from latentlab.formats.stylegan2_names import Facts, averaged_first, mapping_config, prefix_of, renamed

if TYPE_CHECKING:
    from torch import Tensor

_ANCHOR = "synthesis.input.freqs"
_LAYER = re.compile(r"synthesis\.(L(\d{1,3})_(\d{1,5})_(\d{1,5}))\.weight")
_MARGIN = 10
_TAPS = 6
"""Per sample at the higher rate."""


def recognise(networks: Mapping[str, Network]) -> list[Reading]:
    """Readings of the StyleGAN3 generators among `networks`, averaged ones first."""
    for name in sorted(networks, key=averaged_first):
        prefix = prefix_of(networks[name], _ANCHOR)
        if prefix is not None:
            return [_reading(name, networks[name], prefix)]
    return []


def _reading(name: str, network: Network, prefix: str) -> Reading:
    facts = Facts(network, prefix)
    names = _layer_names(facts)
    config = _config(facts, names)
    kind = "R" if config.layers[0].kernel_size == 1 else "T"
    layers = {f"synthesis.{own}": f"synthesis.{config.layer_name(i)}" for i, own in enumerate(names)}

    def convert(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        return renamed(tensors, prefix, layers)

    description = f"StyleGAN3-{kind}, {config.resolution} px"
    return Reading(Candidate("stylegan3", description, "stylegan3", config), name, convert)


def _layer_names(facts: Facts) -> list[str]:
    said = facts.modules.get("synthesis", {}).get("layer_names")
    if isinstance(said, tuple) and said and all(isinstance(name, str) for name in said):
        return list(said)
    found = sorted((int(match[2]), match[1]) for match in map(_LAYER.fullmatch, facts.shapes) if match)
    if not found:
        raise CheckpointError("The StyleGAN3 network has no layers: the file is incomplete.")
    return [name for _, name in found]


def _config(facts: Facts, names: list[str]) -> Any:
    from latentlab.models.stylegan3 import StyleGAN3Config

    w_dim = facts.shape("synthesis.input.affine.weight", 2)[1]
    mapping, z_dim, c_dim = mapping_config(facts, w_dim)
    source = facts.modules.get("synthesis.input", {})
    first = _LAYER.fullmatch(f"synthesis.{names[0]}.weight")
    size = _pair(source.get("size", int(first[3]) if first else None))
    layers = []
    in_size = size
    for index, name in enumerate(names):
        layers.append(_layer(facts, name, in_size, is_torgb=index == len(names) - 1))
        in_size = layers[-1].out_size
    return StyleGAN3Config(
        resolution=in_size[0],
        input_channels=facts.shape("synthesis.input.weight", 2)[1],
        input_size=size,
        sampling_rate=float(source.get("sampling_rate", size[0] - 2 * _MARGIN)),
        bandwidth=float(source.get("bandwidth", 2.0)),
        layers=tuple(layers),
        z_dim=z_dim,
        w_dim=w_dim,
        c_dim=c_dim,
        image_channels=layers[-1].out_channels,
        mapping=mapping,
        output_scale=float(facts.modules.get("synthesis", {}).get("output_scale", 0.25)),
    )


def _layer(facts: Facts, name: str, in_size: tuple[int, int], *, is_torgb: bool) -> Any:
    from latentlab.models.stylegan3 import StyleGAN3LayerConfig

    path = f"synthesis.{name}"
    out_channels, in_channels, kernel, _ = facts.shape(f"{path}.weight", 4)
    said = facts.modules.get(path, {})
    up_filter = facts.shapes.get(f"{path}.up_filter")
    down_filter = facts.shapes.get(f"{path}.down_filter")
    up_taps = up_filter[0] if up_filter else 1
    down_taps = down_filter[0] if down_filter else 1
    up = said.get("up_factor", max(1, up_taps // _TAPS))
    down = said.get("down_factor", max(1, down_taps // _TAPS))
    match = _LAYER.fullmatch(f"{path}.weight")
    out_size = _pair(said.get("out_size", int(match[3]) if match else None))
    in_size = _pair(said.get("in_size", in_size))
    padding: list[int] = []
    for before, after in zip(in_size, out_size, strict=True):
        total = (after - 1) * down + 1 - (before + kernel - 1) * up + up_taps + down_taps - 2
        low = (total + up) // 2
        padding += [low, total - low]
    return StyleGAN3LayerConfig(
        in_channels=in_channels,
        out_channels=out_channels,
        kernel_size=kernel,
        in_size=in_size,
        out_size=out_size,
        up=up,
        down=down,
        padding=_four(said.get("padding", tuple(padding))),
        up_filter=up_filter,
        down_filter=down_filter,
        conv_clamp=said.get("conv_clamp", 256.0),
        is_torgb=bool(said.get("is_torgb", is_torgb)),
    )


def _pair(value: Any) -> tuple[int, int]:
    """A width and height, from one number or two."""
    numbers = (value, value) if isinstance(value, int) else value
    if isinstance(numbers, tuple) and len(numbers) == 2 and all(type(number) is int for number in numbers):
        return numbers
    raise CheckpointError(
        "A StyleGAN3 layer does not say its size: the file is damaged, or of an unknown variant."
    )


def _four(value: Any) -> tuple[int, int, int, int]:
    if isinstance(value, tuple) and len(value) == 4 and all(type(number) is int for number in value):
        return value
    raise CheckpointError("A StyleGAN3 layer has an impossible padding: the file is damaged.")
