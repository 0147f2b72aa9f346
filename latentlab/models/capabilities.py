"""What a model is and can do, as plain values. Imports no torch, so that a window can show it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """What a block is, without running it."""

    name: str
    """Unique within the generator, as in the field: "b64", "L5_52_512", "up3"."""
    resolution: int
    """Side, in pixels, of the picture that this block's state shows. Features may be larger by an equal margin
    all round (StyleGAN3): the picture is their centre."""
    channels: int
    """Channels of the features it hands on."""
    codes: tuple[int, ...]
    """Which of the `num_codes` codes it consumes, in order. Two blocks may share one (StyleGAN2's toRGB)."""
    noise: tuple[tuple[int, int], ...] = ()
    """(H, W) of each noise map it adds, in order; empty where the architecture has none."""
    is_flat: bool = False
    """Fully connected: its features are a vector, numbers without a place in the picture."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can do: the interface shows the sections that apply, and never asks for a model's type."""

    family: str
    """Shown to the user, in the field's words: "StyleGAN2", "Convolutional VAE"."""
    resolution: int
    """Side of the final picture in pixels."""
    image_channels: int
    """1 (grey) or 3 (RGB)."""
    z_dim: int
    """Width of z; 0 for a translator, which starts from an image."""
    code_dim: int
    """Width of one code (w in StyleGAN; z and the embedded label in DCGAN)."""
    num_codes: int
    """Codes per picture: one per layer in StyleGAN, one in a VAE, none in a translator."""
    latent_dims: int
    """The first this many numbers of a code are latent; what follows carries the condition and is never
    truncated, mixed or moved by a direction."""
    has_mapping: bool = False
    """Codes are not z itself: there is a w space."""
    has_truncation: bool = True
    num_classes: int = 0
    class_names: tuple[str, ...] = ()
    """Empty, or one name per class."""
    has_noise: bool = False
    has_encoder: bool = False
    has_transform: bool = False
    """The picture can be rotated and shifted inside the network (StyleGAN3)."""
    is_translator: bool = False
    photo_channels: int = 0
    """Channels of the photo that it starts from or encodes; 0 means as many as `image_channels`."""
    has_captions: bool = False
    caption_words: tuple[str, ...] = ()
    """Words that captions may use, in small letters; others are passed over."""
    caption_examples: tuple[str, ...] = ()
    """A few captions that the model was trained with."""


class NoiseMode:
    """How noise maps are chosen: `CONST` the stored maps, `RANDOM` drawn from a seed, `NONE` no noise."""

    CONST: ClassVar[str] = "const"
    RANDOM: ClassVar[str] = "random"
    NONE: ClassVar[str] = "none"
