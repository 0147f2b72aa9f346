"""Gaussian VAE (Kingma & Welling 2014, arXiv:1312.6114), fully connected or convolutional.

With classes it is the conditional VAE of Sohn et al. 2015 ("Learning Structured Output Representation using
Deep Conditional Generative Models"). A beta-VAE (Higgins et al. 2017) differs in its training alone. Images
are float32 in [-1, 1].
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.flow import CodeFlow
from latentlab.models.generator import Posterior
from latentlab.models.stack import UNIT, CodeConfig, CodeGenerator, Condition, StepBlock
from latentlab.models.steps import (
    Activation,
    Conv,
    Flow,
    Linear,
    Norm,
    Reshape,
    Shape,
    Skip,
    Step,
    Transposed,
    Upsample,
    check_range,
    shapes_after,
)


@dataclass(frozen=True, slots=True)
class VAEConfig(CodeConfig):
    """`layers` are the decoder. `conv_vae`, `light_vae` and `mlp_vae` make good architectures."""

    encoder: tuple[Step, ...] = ()
    """From a picture to features; empty, with `head` None, where the file holds the decoder alone."""
    head: Linear | Conv | None = None
    """From the encoder's features to mu and, with weights of its own, to logvar."""
    encoder_condition: int | None = None
    """What stands for the class is put behind the features (as constant channels behind a picture's) before
    this step of the encoder, or before `head` if it is the encoder's length; None: the encoder sees no class."""

    def __post_init__(self) -> None:
        CodeConfig.__post_init__(self)  # super() does not work in a dataclass with slots
        flows = [place for place, step in enumerate(self.layers) if isinstance(step, Flow)]
        if flows not in ([], [0]) or (flows and self.condition is not None):
            raise CheckpointError("A flow can only come first, in a decoder without classes.")
        if self.head is None:
            return
        if self.encoder_condition is not None:
            if self.condition is None:
                raise CheckpointError("The encoder takes a class that the model does not have.")
            check_range("encoder_condition", self.encoder_condition, 0, len(self.encoder))
        end = self._encoder_end(self.head)
        if math.prod(end) != self.z_dim:
            raise CheckpointError(f"The encoder ends in {end}, not in {self.z_dim} numbers of z.")

    def _encoder_end(self, head: Step) -> Shape:
        if self.condition is None or self.encoder_condition is None:
            return shapes_after((*self.encoder, head), self.picture)[-1]
        channels, *sides = shapes_after(self.encoder[: self.encoder_condition], self.picture)[-1]
        rest = (*self.encoder[self.encoder_condition :], head)
        return shapes_after(rest, (channels + self.condition.width, *sides))[-1]


class VAE(CodeGenerator):
    """A decoder that draws, and the encoder it was trained with where the file has it."""

    family = "vae"
    config: VAEConfig

    def __init__(self, config: VAEConfig) -> None:
        super().__init__(config, _family_name(config))
        self.encoder = nn.Sequential(*(step.module() for step in config.encoder))
        self.to_mu = config.head.module() if config.head else None
        self.to_logvar = config.head.module() if config.head else None
        self.capabilities = replace(self.capabilities, has_encoder=config.head is not None)

    def encode(self, images: Tensor, condition: Tensor | None = None) -> Posterior:
        """Map images (N, C, H, W) in [-1, 1] to a diagonal Gaussian over z.

        Where the decoder begins with a flow, the Gaussian is the encoder's led back through it: its mean exactly,
        its volume too, and the widths of its dimensions in their old proportions.

        Args:
            images: pictures of this model's resolution.
            condition: (N, num_classes) class weights where the encoder takes them.

        Raises:
            ShapeError: images do not have this model's channels and resolution, or there is no encoder.
        """
        if self.to_mu is None or self.to_logvar is None:
            raise ShapeError("This model's file held no encoder: a picture cannot be turned into a latent.")
        if tuple(images.shape[1:]) != self.config.picture:
            raise ShapeError(
                f"The encoder takes pictures {self.config.picture} but was given {tuple(images.shape[1:])}: "
                "resize the picture first."
            )
        features = self.config.image_range.from_signed(images)
        for index, step in enumerate((*self.encoder, None)):
            if index == self.config.encoder_condition and self.condition is not None:
                features = _beside(features, self.condition(condition))
            features = features if step is None else step(features)
        posterior = Posterior(self.to_mu(features).flatten(1), self.to_logvar(features).flatten(1))
        flow = self._flow
        if flow is None:
            return posterior
        mu, change = flow.inverse(posterior.mu)
        return Posterior(mu, posterior.logvar + 2 * change[:, None] / self.config.z_dim)

    @property
    def _flow(self) -> CodeFlow | None:
        """What stands between z and the code that the encoder gives."""
        first = self.blocks[0]
        assert isinstance(first, StepBlock)
        layer = first.layers[0]
        return layer if isinstance(layer, CodeFlow) else None


def _beside(features: Tensor, numbers: Tensor) -> Tensor:
    """`numbers` (N, K) behind flat features, or as K constant channels behind a picture's."""
    numbers = numbers.to(features)
    if features.ndim == 4:
        numbers = numbers[:, :, None, None].expand(-1, -1, *features.shape[2:])
    return torch.cat([features, numbers], dim=1)


def kl_to_prior(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(q(z|x) || N(0, I)) in nats per image and dimension, (N, z_dim). Appendix B."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def conv_vae(
    resolution: int = 64,
    *,
    z_dim: int = 128,
    image_channels: int = 3,
    width: int = 32,
    max_width: int = 256,
    num_classes: int = 0,
) -> VAEConfig:
    """A convolutional VAE: strided convolutions down to 4 x 4, nearest-neighbour upsampling back.

    Upsampling before a convolution leaves no checkerboard (Odena et al. 2016, "Deconvolution and Checkerboard
    Artifacts"); group normalisation (Wu & He 2018, arXiv:1803.08494) behaves the same in training and drawing.

    Args:
        resolution: a power of two, 8 to 512.
        z_dim: width of z.
        image_channels: 1 or 3.
        width: channels at full resolution; doubled at every halving.
        max_width: what the doubling stops at.
        num_classes: above 0, encoder and decoder are told the class.
    """
    if resolution not in (8, 16, 32, 64, 128, 256, 512):
        raise CheckpointError(
            f"A convolutional VAE cannot have {resolution} px: choose a power of two, 8 to 512."
        )
    sides = [4 << level for level in range(resolution.bit_length() - 2)]  # 4, 8, ..., resolution
    channels = {side: min(max_width, width * resolution // side) for side in sides}
    condition = Condition(num_classes) if num_classes else None
    code_dim = z_dim + num_classes

    encoder: list[Step] = [
        Conv(image_channels + num_classes, channels[resolution], padding=1),
        Activation("silu"),
    ]
    for side in reversed(sides[:-1]):
        encoder += [Conv(channels[2 * side], channels[side], 4, stride=2, padding=1, bias=False)]
        encoder += _group_silu(channels[side])
    flat = channels[4] * 16
    encoder += [Reshape((flat,))]

    decoder: list[Step] = [Linear(code_dim, flat), Reshape((channels[4], 4, 4)), *_group_silu(channels[4])]
    for side in sides[1:]:
        decoder += [Upsample(), Conv(channels[side // 2], channels[side], padding=1, bias=False)]
        decoder += _group_silu(channels[side])
    last = channels[resolution]
    decoder += [Conv(last, last, padding=1, bias=False), *_group_silu(last)]
    decoder += [Conv(last, image_channels, padding=1), Activation("tanh")]
    return VAEConfig(
        resolution=resolution,
        z_dim=z_dim,
        layers=tuple(decoder),
        image_channels=image_channels,
        encoder=tuple(encoder),
        head=Linear(flat, z_dim),
        condition=condition,
        encoder_condition=0 if condition else None,
    )


def light_vae(
    resolution: int = 64,
    *,
    z_dim: int = 64,
    image_channels: int = 3,
    width: int = 48,
    max_width: int = 192,
    num_classes: int = 0,
) -> VAEConfig:
    """A convolutional VAE for training on a CPU: most of its work lies at 4 to 16 px, where a CPU is quickest.

    The first convolution goes to a quarter of the size at once, and transposed ones lead back. No normalisation:
    with it, and noise in z, such decoders draw grey for several hundred steps.

    Args:
        resolution: a power of two, 16 to 512.
        z_dim: width of z.
        image_channels: 1 or 3.
        width: channels at half the resolution; doubled at every halving.
        max_width: what the doubling stops at.
        num_classes: above 0, encoder and decoder are told the class.
    """
    if resolution not in (16, 32, 64, 128, 256, 512):
        raise CheckpointError(f"A light VAE cannot have {resolution} px: choose a power of two, 16 to 512.")
    sides = [4 << level for level in range(resolution.bit_length() - 3)]  # 4, 8, ..., resolution / 2
    channels = {side: min(max_width, width * resolution // (2 * side)) for side in sides}
    condition = Condition(num_classes) if num_classes else None
    silu = Activation("silu")

    def residual(side: int) -> list[Step]:
        if side > 16:
            return [silu]
        conv = Conv(channels[side], channels[side], padding=1)
        return [Skip((silu, conv, silu, conv)), silu]

    quarter = resolution // 4
    encoder: list[Step] = [
        Conv(image_channels + num_classes, channels[quarter], 8, stride=4, padding=2),
        silu,
    ]
    for side in reversed([side for side in sides if side < quarter]):
        encoder += [Conv(channels[2 * side], channels[side], 4, stride=2, padding=1), *residual(side)]
    flat = channels[4] * 16
    encoder += [Reshape((flat,))]

    decoder: list[Step] = [Linear(z_dim + num_classes, 256), silu, Linear(256, flat)]
    decoder += [Reshape((channels[4], 4, 4)), silu]
    for side in sides[1:]:
        decoder += [Transposed(channels[side // 2], channels[side]), *residual(side)]
    decoder += [Transposed(channels[sides[-1]], image_channels)]
    return VAEConfig(
        resolution=resolution,
        z_dim=z_dim,
        layers=tuple(decoder),
        image_channels=image_channels,
        encoder=tuple(encoder),
        head=Linear(flat, z_dim),
        condition=condition,
        encoder_condition=0 if condition else None,
    )


def mlp_vae(
    resolution: int = 28,
    *,
    z_dim: int = 20,
    image_channels: int = 1,
    hidden: tuple[int, ...] = (400,),
    num_classes: int = 0,
) -> VAEConfig:
    """A fully connected VAE with a sigmoid output, as in the paper's appendix C.2.

    Args:
        resolution: of the picture.
        z_dim: width of z.
        image_channels: 1 or 3.
        hidden: widths of the hidden layers, from the picture in.
        num_classes: above 0, encoder and decoder are told the class.
    """
    pixels = image_channels * resolution**2
    condition = Condition(num_classes) if num_classes else None
    widths = (pixels + num_classes, *hidden)
    encoder: list[Step] = [Reshape((pixels,))]
    for before, after in itertools.pairwise(widths):
        encoder += [Linear(before, after), Activation("relu")]
    decoder: list[Step] = []
    for before, after in itertools.pairwise((z_dim + num_classes, *reversed(hidden))):
        decoder += [Linear(before, after), Activation("relu")]
    decoder += [Linear(hidden[0], pixels), Activation("sigmoid")]
    decoder += [Reshape((image_channels, resolution, resolution))]
    return VAEConfig(
        resolution=resolution,
        z_dim=z_dim,
        layers=tuple(decoder),
        image_channels=image_channels,
        encoder=tuple(encoder),
        head=Linear(widths[-1], z_dim),
        condition=condition,
        encoder_condition=1 if condition else None,
        image_range=UNIT,
    )


def _group_silu(channels: int) -> list[Step]:
    return [Norm("group", channels, groups=min(8, channels)), Activation("silu")]


def _family_name(config: VAEConfig) -> str:
    spatial = any(isinstance(step, (Conv, Transposed)) for step in config.layers)
    kind = "Convolutional VAE" if spatial else "MLP VAE"
    return f"Conditional {kind[0].lower() if spatial else kind[0]}{kind[1:]}" if config.condition else kind
