"""Writes network pickles as NVIDIA's releases do, full-size and with random weights, to time the reading of them.

The instructions are written one by one: nothing of the releases is needed, and what is timed has their number of
objects, texts and references.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from latentlab.models.resampling import binomial_filter
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config, SynthesisBlock

_HOOKS = (
    "_backward_pre_hooks",
    "_backward_hooks",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)
_SOURCE = "raise RuntimeError('the program text of a network must never be run')\n" + "# " + "x" * 40_000


@dataclass(frozen=True, slots=True)
class Call:
    """A function that whoever unpickles naively would call."""

    module: str
    name: str
    arguments: tuple[Any, ...]


class PickleWriter:
    """Writes protocol 4, remembering every text and function as Python's own pickler does."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to `file`."""
        self._file = file
        self._memo: dict[Any, int] = {}
        self._count = 0

    def write(self, value: Any) -> None:
        """Write a whole pickle."""
        self._file.write(pickle.PROTO + b"\x04")
        self._save(value)
        self._file.write(pickle.STOP)

    def _save(self, value: Any) -> None:
        write = self._file.write
        match value:
            case None:
                write(pickle.NONE)
            case bool():
                write(pickle.NEWTRUE if value else pickle.NEWFALSE)
            case int() if 0 <= value < 256:
                write(pickle.BININT1 + bytes([value]))
            case int():
                write(pickle.BININT + struct.pack("<i", value))
            case float():
                write(pickle.BINFLOAT + struct.pack(">d", value))
            case str():
                self._once(value, lambda: self._file.write(_text(value)))
            case dict():
                write(pickle.EMPTY_DICT)
                self._memoize()
                write(pickle.MARK)
                for key, item in value.items():
                    self._save(key)
                    self._save(item)
                write(pickle.SETITEMS)
            case ():
                write(pickle.EMPTY_TUPLE)
            case tuple() if len(value) <= 3:
                for item in value:
                    self._save(item)
                write((pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3)[len(value) - 1])
                self._memoize()
            case tuple():
                write(pickle.MARK)
                for item in value:
                    self._save(item)
                write(pickle.TUPLE)
                self._memoize()
            case Tensor():
                self._save_storage(value)
            case Call():
                self._once((value.module, value.name), lambda: self._name(value))
                self._save(value.arguments)
                write(pickle.REDUCE)
                self._memoize()
            case _:
                raise TypeError(f"{type(value).__name__} has no place in a network pickle")

    def _name(self, call: Call) -> None:
        self._save(call.module)
        self._save(call.name)
        self._file.write(pickle.STACK_GLOBAL)

    def _save_storage(self, numbers: Tensor) -> None:
        """The numbers of a tensor, as bytes that are a torch stream of their own."""
        head = storage_head(numbers.numel())
        self._file.write(pickle.BINBYTES + struct.pack("<I", len(head) + 4 * numbers.numel()) + head)
        self._file.write(numbers.contiguous().reshape(-1).numpy().data)
        self._memoize()

    def _once(self, key: Any, save: Callable[[], object]) -> None:
        if key in self._memo:
            index = self._memo[key]
            self._file.write(
                pickle.BINGET + bytes([index])
                if index < 256
                else pickle.LONG_BINGET + struct.pack("<I", index)
            )
        else:
            save()
            self._memo[key] = self._memoize()

    def _memoize(self) -> int:
        self._file.write(pickle.MEMOIZE)
        self._count += 1
        return self._count - 1


def storage_head(numel: int, dtype: str = "FloatStorage") -> bytes:
    """What a legacy torch stream of one storage has before its numbers, byte for byte."""
    key = "94087656704032"
    if numel < 256:
        count = pickle.BININT1 + bytes([numel])
    else:
        count = (
            pickle.BININT2 + struct.pack("<H", numel)
            if numel < 1 << 16
            else pickle.BININT + struct.pack("<i", numel)
        )
    sizes = [("short", 2), ("int", 4), ("long", 4)]
    return b"".join(
        (
            b"\x80\x02\x8a\x0a" + (0x1950A86A20F9469CFC6C).to_bytes(10, "little") + b".",
            b"\x80\x02M\xe9\x03.",
            b"\x80\x02}q\x00(" + _text("protocol_version") + b"q\x01M\xe9\x03",
            _text("little_endian") + b"q\x02\x88" + _text("type_sizes") + b"q\x03}q\x04(",
            *(
                _text(name) + b"q" + bytes([5 + i]) + b"K" + bytes([size])
                for i, (name, size) in enumerate(sizes)
            ),
            b"uu.",
            b"\x80\x02(" + _text("storage") + b"q\x00c" + f"torch\n{dtype}\n".encode() + b"q\x01",
            _text(key) + b"q\x02" + _text("cpu") + b"q\x03" + count + b"Ntq\x04Q.",
            b"\x80\x02]q\x00" + _text(key) + b"q\x01a.",
            struct.pack("<q", numel),
        )
    )


def _text(text: str) -> bytes:
    return pickle.BINUNICODE + struct.pack("<I", len(text)) + text.encode()


def tensor(values: Tensor) -> Call:
    """A dense tensor as torch reduces it, in the order it has in memory (channels last, for example)."""
    storage = Call("torch.storage", "_load_from_bytes", (values.as_strided((values.numel(),), (1,)),))
    shape, strides = tuple(values.shape), tuple(values.stride())
    return Call("torch._utils", "_rebuild_tensor_v2", (storage, 0, shape, strides, False, _empty()))


def module(
    class_name: str,
    tensors: dict[str, Tensor],
    modules: dict[str, Any] | None = None,
    buffers: tuple[str, ...] = (),
    **attributes: Any,
) -> Call:
    """A network module as the releases reduce it."""
    state = {
        "training": False,
        "_parameters": {
            name: Call("torch._utils", "_rebuild_parameter", (tensor(values), False, _empty()))
            for name, values in tensors.items()
            if name not in buffers
        },
        "_buffers": {name: tensor(values) for name, values in tensors.items() if name in buffers},
        **{name: _empty() for name in _HOOKS},
        "_modules": modules or {},
        **attributes,
    }
    meta = {
        "type": "class",
        "version": 6,
        "module_src": _SOURCE,
        "class_name": class_name,
        "state": state,
    }
    return Call("torch_utils.persistence", "_reconstruct_persistent_obj", (meta,))


def write_network_pickle(path: Path, generator: StyleGAN2) -> None:
    """Write the three networks of a training run; 372 MB for a full-size generator of 1024 px.

    Args:
        path: of the file.
        generator: is written twice, as G and as G_ema, with a random discriminator of its size between them.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        discriminator = _discriminator(generator.config.channels)
    own = generator_module(generator)
    networks = {"G": own, "D": discriminator, "G_ema": own}
    with path.open("wb") as file:
        PickleWriter(file).write({"training_set_kwargs": None, **networks, "augment_pipe": None})


def generator_module(generator: StyleGAN2) -> Call:
    """A StyleGAN2 generator as the releases reduce it, every fact told by its modules."""
    weights = generator.state_dict()
    config = generator.config
    blocks = {block.info.name: _block(weights, block, config) for block in generator.blocks}
    resolutions = tuple(block.info.resolution for block in generator.blocks)
    synthesis = module(
        "SynthesisNetwork",
        {},
        blocks,
        w_dim=config.w_dim,
        img_resolution=config.resolution,
        img_channels=config.image_channels,
        block_resolutions=resolutions,
        num_ws=config.num_ws,
    )
    dense = {
        f"fc{index}": _dense(
            weights,
            f"mapping.fc{index}",
            activation=config.mapping.activation,
            bias_gain=config.mapping.lr_multiplier,
        )
        for index in range(config.mapping.num_layers)
    }
    if config.c_dim:
        dense["embed"] = _dense(weights, "mapping.embed", activation="linear", bias_gain=1.0)
    mean = {"w_avg": weights["mapping.w_avg"]} if config.mapping.has_w_avg else {}
    mapping = module(
        "MappingNetwork",
        mean,
        dense,
        ("w_avg",),
        z_dim=config.z_dim,
        c_dim=config.c_dim,
        num_ws=config.num_ws,
    )
    return module(
        "Generator",
        {},
        {"synthesis": synthesis, "mapping": mapping},
        z_dim=config.z_dim,
        c_dim=config.c_dim,
        w_dim=config.w_dim,
        img_resolution=config.resolution,
        num_ws=config.num_ws,
    )


def _block(weights: dict[str, Tensor], block: SynthesisBlock, config: StyleGAN2Config) -> Call:
    path = f"synthesis.{block.info.name}"
    layers = {
        name: _layer(weights, f"{path}.{name}", block.info.resolution, config)
        for name in ("conv0", "conv1", "torgb", "skip")
        if f"{path}.{name}.weight" in weights
    }
    # The releases give every block and layer a filter, used or not.
    own = {
        "resample_filter": binomial_filter(config.filter_shape),
        **_own(weights, path, ("const", "resample_filter")),
    }
    return module(
        "SynthesisBlock",
        own,
        layers,
        ("resample_filter",),
        resolution=block.info.resolution,
        architecture=config.architecture,
        is_last=block.info.resolution == config.resolution,
        num_conv=len(block.layers),
        num_torgb=int(block.has_torgb),
    )


def _layer(weights: dict[str, Tensor], path: str, resolution: int, config: StyleGAN2Config) -> Call:
    kind = path.rpartition(".")[2]
    own = _own(weights, path, ("weight", "bias", "noise_strength", "noise_const", "resample_filter"))
    if kind == "skip":
        return module(
            "Conv2dLayer", own, {}, ("resample_filter",), activation="linear", conv_clamp=None, up=2
        )
    affine = {"affine": _dense(weights, f"{path}.affine", activation="linear", bias_gain=1.0)}
    if kind == "torgb":
        return module("ToRGBLayer", own, affine, conv_clamp=config.conv_clamp, weight_gain=0.5)
    own.setdefault("resample_filter", binomial_filter(config.filter_shape))
    return module(
        "SynthesisLayer",
        own,
        affine,
        ("noise_const", "resample_filter"),
        resolution=resolution,
        activation=config.activation,
        conv_clamp=config.conv_clamp,
        up=2 if kind == "conv0" else 1,
        use_noise=config.use_noise,
    )


def _own(weights: dict[str, Tensor], path: str, names: tuple[str, ...]) -> dict[str, Tensor]:
    return {name: weights[f"{path}.{name}"] for name in names if f"{path}.{name}" in weights}


def _dense(weights: dict[str, Tensor], path: str, **attributes: Any) -> Call:
    return module("FullyConnectedLayer", _own(weights, path, ("weight", "bias")), **attributes)


def _discriminator(channels: tuple[int, ...]) -> Call:
    blocks = {}
    for level in range(len(channels) - 1, 0, -1):
        width, wider = channels[level], channels[level - 1]
        layers = {
            name: module("Conv2dLayer", {"weight": torch.randn(outputs, width, side, side)}, up=1, down=down)
            for name, outputs, side, down in (
                ("conv0", width, 3, 1),
                ("conv1", wider, 3, 2),
                ("skip", wider, 1, 2),
            )
        }
        blocks[f"b{4 << level}"] = module("DiscriminatorBlock", {}, layers, resolution=4 << level)
    last = {"weight": torch.randn(channels[0], channels[0] * 16), "bias": torch.randn(channels[0])}
    blocks["b4"] = module("DiscriminatorEpilogue", {}, {"fc": module("FullyConnectedLayer", last)})
    return module("Discriminator", {}, blocks, img_resolution=4 << (len(channels) - 1))


def _empty() -> Call:
    return Call("collections", "OrderedDict", ())
