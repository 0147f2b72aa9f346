"""Every family of networks by key, and how a network is built from its architecture alone."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any

from latentlab.errors import CheckpointError
from latentlab.models.dcgan import DCGAN, DCGANConfig
from latentlab.models.generator import Generator
from latentlab.models.layered import LayeredConfig, LayeredGAN
from latentlab.models.mlp_gan import MLPGAN, MLPGANConfig
from latentlab.models.points import Points, PointsConfig
from latentlab.models.stylegan import StyleGAN, StyleGANConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.stylegan3 import StyleGAN3, StyleGAN3Config
from latentlab.models.text_to_image import TextToImage, TextToImageConfig
from latentlab.models.translator import Translator, TranslatorConfig
from latentlab.models.vae import VAE, VAEConfig

FAMILIES: dict[str, tuple[type[Any], type[Generator]]] = {
    "stylegan": (StyleGANConfig, StyleGAN),
    "stylegan2": (StyleGAN2Config, StyleGAN2),
    "stylegan3": (StyleGAN3Config, StyleGAN3),
    "vae": (VAEConfig, VAE),
    "mlp_gan": (MLPGANConfig, MLPGAN),
    "dcgan": (DCGANConfig, DCGAN),
    "layered_gan": (LayeredConfig, LayeredGAN),
    "text_to_image": (TextToImageConfig, TextToImage),
    "points": (PointsConfig, Points),
    "translator": (TranslatorConfig, Translator),
}
"""Family key to (config dataclass, generator class). A generator class takes its config alone."""


def build(family: str, config: Mapping[str, Any]) -> Generator:
    """Build an untrained network from a family key and its architecture as plain JSON values.

    Raises:
        CheckpointError: the family is unknown, or a value is missing, unknown or out of range.
    """
    if family not in FAMILIES:
        raise CheckpointError(f"Unknown model family {family!r}: this file needs a newer LatentLab.")
    config_type, generator_type = FAMILIES[family]
    return generator_type(config_from_json(config_type, config))


def config_to_json(config: Any) -> dict[str, Any]:
    """A config dataclass as JSON values: tuples become lists."""
    return dataclasses.asdict(config)


def config_from_json(config_type: type[Any], values: Mapping[str, Any]) -> Any:
    """The inverse of `config_to_json`; every value is checked against its field's type before use."""
    hints = typing.get_type_hints(config_type)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise CheckpointError(
            f"Unknown architecture setting {unknown[0]!r}: this file needs a newer LatentLab."
        )
    try:
        return config_type(**{name: _checked(hints[name], value, name) for name, value in values.items()})
    except TypeError as error:
        raise CheckpointError(f"The architecture in this file is incomplete: {error}.") from error


def _checked(hint: Any, value: Any, name: str) -> Any:
    """`value` as the type `hint` names: a plain value, None, a union, a tuple or a config dataclass."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in typing.get_args(hint):
            return None
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        for option in options:
            try:
                return _checked(option, value, name)
            except CheckpointError:
                continue
    elif origin is tuple and isinstance(value, (list, tuple)):
        kinds = typing.get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            kinds = (kinds[0],) * len(value)
        if len(kinds) == len(value):
            return tuple(_checked(kind, item, name) for kind, item in zip(kinds, value, strict=True))
    elif origin is typing.Literal:
        if value in typing.get_args(hint):
            return value
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, Mapping):
            return config_from_json(hint, value)
    elif hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    elif type(value) is hint:
        return value
    raise CheckpointError(
        f"Architecture setting {name!r} has an impossible value {value!r}: the file is damaged."
    )
