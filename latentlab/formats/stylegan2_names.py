"""StyleGAN2 generators under the names of NVIDIA's releases: from network pickles, or bare state dicts.

What the modules in a pickle say about themselves is believed rather than any default: the two releases and their
users' variants differ in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from latentlab.errors import CheckpointError
from latentlab.formats.reading import Reading
from latentlab.formats.report import Candidate
from latentlab.formats.stored import Network

if TYPE_CHECKING:
    from torch import Tensor

_ANCHOR = "synthesis.b4.const"


def recognise(networks: Mapping[str, Network]) -> list[Reading]:
    """Readings of the StyleGAN2 generators among `networks`, averaged ones first."""
    readings = []
    for name in sorted(networks, key=averaged_first):
        prefix = prefix_of(networks[name], _ANCHOR)
        if prefix is not None:
            readings.append(_reading(name, networks[name], prefix))
    return readings[:1]


def averaged_first(name: str) -> tuple[bool, str]:
    """Sorts the names of networks so that running averages of generators come first."""
    return not name.lower().endswith("ema"), name


def prefix_of(network: Network, anchor: str) -> str | None:
    """What stands before `anchor` among the names of a network's tensors; None if it is not there."""
    for name in network.tensors:
        if name == anchor or name.endswith("." + anchor):
            return name.removesuffix(anchor)
    return None


def _reading(name: str, network: Network, prefix: str) -> Reading:
    facts = Facts(network, prefix)
    config = _config(facts)
    description = f"StyleGAN2 ({config.architecture}), {config.resolution} px"
    return Reading(
        candidate=Candidate("stylegan2", description, "stylegan2", config),
        network=name,
        convert=lambda tensors: renamed(tensors, prefix),
    )


def renamed(
    tensors: Mapping[str, Tensor], prefix: str, layers: Mapping[str, str] | None = None
) -> Mapping[str, Tensor]:
    """Tensors of a file under our names.

    Args:
        tensors: of the file.
        prefix: what stands before every name in the file, and not here.
        layers: names in the file of some of the layers ("synthesis.L0_36_512"), and what they are here.
    """
    from latentlab.formats.weights import Renamed

    names = {}
    for name in tensors:
        if name.startswith(prefix):
            own = name.removeprefix(prefix)
            layer = ".".join(own.split(".")[:2])
            if layers and layer in layers:
                own = layers[layer] + own.removeprefix(layer)
            names[own] = name
    return Renamed(tensors, names)


class Facts:
    """Shapes of a network's tensors and the attributes of its modules, under NVIDIA's names."""

    def __init__(self, network: Network, prefix: str) -> None:
        self.shapes = {
            name.removeprefix(prefix): tensor.shape
            for name, tensor in network.tensors.items()
            if name.startswith(prefix)
        }
        self.modules = {
            path.removeprefix(prefix): values
            for path, values in network.modules.items()
            if (path + ".").startswith(prefix)
        }

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """Shape of a tensor that must be there.

        Raises:
            CheckpointError: it is missing or has another number of dimensions.
        """
        shape = self.shapes.get(name)
        if shape is None or len(shape) != dimensions:
            problem = "lacks the tensor" if shape is None else "has an odd tensor"
            raise CheckpointError(
                f"The network {problem} {name!r}: the file is incomplete, or of a variant that LatentLab does not "
                "know."
            )
        return shape

    def common(self, attribute: str, paths: list[str], default: Any) -> Any:
        """What all modules at `paths` say of themselves; `default` where none says anything.

        Raises:
            CheckpointError: they differ.
        """
        said = [self.modules[path][attribute] for path in paths if attribute in self.modules.get(path, {})]
        if any(value != said[0] for value in said):
            raise CheckpointError(
                f"The layers of this network differ in {attribute!r}, which LatentLab does not know how to run."
            )
        return said[0] if said else default


def mapping_config(facts: Facts, w_dim: int) -> tuple[Any, int, int]:
    """The mapping network's config, z_dim and c_dim.

    Raises:
        CheckpointError: a layer is missing.
    """
    from latentlab.models.style_layers import MappingConfig

    layers: list[str] = []
    while f"mapping.fc{len(layers)}.weight" in facts.shapes:
        layers.append(f"mapping.fc{len(layers)}")
    width, inputs = facts.shape("mapping.fc0.weight", 2)
    embed, c_dim = (
        facts.shape("mapping.embed.weight", 2) if "mapping.embed.weight" in facts.shapes else (0, 0)
    )
    config = MappingConfig(
        num_layers=len(layers),
        lr_multiplier=facts.common("bias_gain", layers, 0.01),
        activation=facts.common("activation", layers, "lrelu"),
        embed_features=embed if c_dim and embed != w_dim else None,
        layer_features=width if len(layers) > 1 and width != w_dim else None,
        has_w_avg="mapping.w_avg" in facts.shapes,
    )
    return config, inputs - embed, c_dim


def _config(facts: Facts) -> Any:
    from latentlab.models.stylegan2 import StyleGAN2Config

    blocks = ["synthesis.b4"]
    while f"synthesis.b{4 << len(blocks)}.conv1.weight" in facts.shapes:
        blocks.append(f"synthesis.b{4 << len(blocks)}")
    layers = [f"{block}.{conv}" for block in blocks for conv in ("conv0", "conv1")]
    layers = [layer for layer in layers if f"{layer}.weight" in facts.shapes]
    colours = [f"{block}.torgb" for block in blocks if f"{block}.torgb.weight" in facts.shapes]
    if not colours:
        raise CheckpointError("The network has no layer that makes colours (torgb): the file is incomplete.")
    w_dim = facts.shape("synthesis.b4.conv1.affine.weight", 2)[1]
    mapping, z_dim, c_dim = mapping_config(facts, w_dim)
    filters = [name for name in facts.shapes if name.endswith("conv0.resample_filter")]
    return StyleGAN2Config(
        resolution=4 << (len(blocks) - 1),
        channels=tuple(facts.shape(f"{block}.conv1.weight", 4)[0] for block in blocks),
        z_dim=z_dim,
        w_dim=w_dim,
        c_dim=c_dim,
        image_channels=facts.shape(f"{colours[0]}.weight", 4)[0],
        mapping=mapping,
        architecture=facts.common("architecture", blocks, _architecture(facts)),
        kernel_size=facts.shape("synthesis.b4.conv1.weight", 4)[2],
        activation=facts.common("activation", layers, "lrelu"),
        conv_clamp=_number(facts.common("conv_clamp", [*layers, *colours], None)),
        use_noise="synthesis.b4.conv1.noise_strength" in facts.shapes,
        filter_shape=facts.shapes[filters[0]] if filters else (4, 4),
    )


def _architecture(facts: Facts) -> str:
    if "synthesis.b8.skip.weight" in facts.shapes:
        return "resnet"
    return "skip" if "synthesis.b4.torgb.weight" in facts.shapes else "orig"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
