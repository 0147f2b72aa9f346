"""Tiny untrained generators with every capability, for tests: a picture takes well under a millisecond.

    toy_style()       w space, truncation, one code per layer, noise, transform, optional classes
    toy_plain()       codes are z (and the embedded class): like a DCGAN, optionally with an encoder
    toy_translator()  starts from an image

Weights come from a seed, so two toys with the same settings are the same model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities, NoiseMode
from latentlab.models.generator import Block, Generator, Posterior, State
from latentlab.models.seeds import normal_from_seed


@dataclass(frozen=True, slots=True)
class ToyConfig:
    kind: str = "style"
    """"style", "plain" or "translator"."""
    z_dim: int = 8
    w_dim: int = 6
    """Width of w; a plain toy has none."""
    channels: int = 5
    resolution: int = 16
    """4, 8, 16, ...: one block for each power of two."""
    image_channels: int = 3
    num_classes: int = 0
    own_pictures: bool = True
    """Blocks sum an RGB picture; otherwise only the last one has a picture, and probes are needed."""
    noise: bool = True
    encoder: bool = False
    seed: int = 0


class ToyBlock(Block):
    """Doubles the side (but for the first), scales the channels by its first code, adds noise, and draws."""

    def __init__(self, config: ToyConfig, index: int, codes: tuple[int, ...], code_dim: int) -> None:
        super().__init__()
        side = 4 << index
        self.info = BlockInfo(
            name=f"b{side}",
            resolution=side,
            channels=config.channels,
            codes=codes,
            noise=((side, side),) if config.noise else (),
        )
        self._first, self._last = index == 0, side == config.resolution
        self._own_pictures = config.own_pictures
        channels = config.channels
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.affines = nn.ModuleList(nn.Linear(code_dim, channels) for _ in codes)
        self.to_rgb = nn.Conv2d(channels, config.image_channels, 1)

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        if state.features is None:
            raise ShapeError("A toy block needs features.")
        features = state.features
        if not self._first:
            features = functional.interpolate(features, scale_factor=2.0, mode="nearest")
        if self.affines:
            features = features * (1 + self.affines[0](codes[:, 0]))[:, :, None, None]
        features = self.conv(features)
        for noise_map in noise:
            if noise_map is not None:
                features = features + noise_map
        features = functional.leaky_relu(features, 0.2)
        shown = features
        if len(self.affines) > 1:
            shown = features * (1 + self.affines[1](codes[:, 1]))[:, :, None, None]
        if not self._own_pictures:
            return State(features, self.to_rgb(shown) if self._last else None)
        image = self.to_rgb(shown)
        if state.image is not None:
            image = image + functional.interpolate(state.image, scale_factor=2.0, mode="nearest")
        return State(features, image)

    def code_weights(self) -> tuple[Tensor, ...]:
        return tuple(affine.weight for affine in self.affines)


class ToyGenerator(Generator):
    family: ClassVar[str] = "toy"
    code_mean: Tensor
    transform: Tensor

    def __init__(self, config: ToyConfig) -> None:
        super().__init__()
        self.config = config
        sides = config.resolution.bit_length() - 2
        style, translator = config.kind == "style", config.kind == "translator"
        latent = 0 if translator else (config.w_dim if style else config.z_dim)
        code_dim = latent + (config.num_classes if config.kind == "plain" else 0)
        self.capabilities = Capabilities(
            family="Toy",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=0 if translator else config.z_dim,
            code_dim=code_dim,
            num_codes=0 if translator else (sides + 1 if style else 1),
            latent_dims=latent,
            has_mapping=style,
            has_truncation=not translator,
            num_classes=config.num_classes,
            has_noise=config.noise,
            has_encoder=config.encoder,
            has_transform=style,
            is_translator=translator,
        )
        if style:
            self.mapping = nn.Linear(config.z_dim + config.num_classes, config.w_dim)
        if config.encoder:
            pixels = config.image_channels * config.resolution**2
            self.encoder = nn.Linear(pixels, 2 * config.z_dim)
        if translator:
            self.from_rgb = nn.Conv2d(config.image_channels, config.channels, 1)
        elif style:
            self.constant = nn.Parameter(torch.empty(1, config.channels, 4, 4))
        else:
            self.project = ToyProject(code_dim, config)
        self.toy_blocks = nn.ModuleList(
            ToyBlock(config, index, self._codes_of(index), code_dim) for index in range(sides)
        )
        self.noise_strength = nn.Parameter(torch.empty(sides))
        self.register_buffer("transform", torch.eye(3))
        self.register_buffer("code_mean", torch.zeros(code_dim))
        for number, (_, parameter) in enumerate(sorted(self.named_parameters())):
            scale = 0.6 if parameter.ndim == 1 else 1.2 / max(1, parameter[0].numel()) ** 0.5
            parameter.data.copy_(scale * normal_from_seed(config.seed * 1000 + number, *parameter.shape))
        if style:
            with torch.no_grad():
                self.code_mean.copy_(self._mean_code())
        self.eval().requires_grad_(False)

    def _codes_of(self, index: int) -> tuple[int, ...]:
        if self.config.kind == "style":
            return (index, index + 1)
        return ()

    def _mean_code(self) -> Tensor:
        z = normal_from_seed(4242, 512, self.config.z_dim)
        classes = self.config.num_classes
        condition = torch.full((512, classes), 1 / classes) if classes else None
        return self.map(z, condition)[:, 0].mean(0)

    @property
    def blocks(self) -> tuple[Block, ...]:
        first = [self.project] if self.config.kind == "plain" else []
        return (*first, *self.toy_blocks)

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        if self.config.kind == "translator":
            return z.new_zeros(len(z), 0, 0)
        if self.config.num_classes:
            if condition is None:
                raise ShapeError("This toy needs a class.")
            z = torch.cat([z, condition.to(z)], dim=1)
        if self.config.kind == "style":
            w = functional.leaky_relu(self.mapping(z), 0.2)
            return w[:, None].repeat(1, self.capabilities.num_codes, 1)
        return z[:, None]

    def start(self, image: Tensor | None = None) -> State:
        if self.config.kind == "translator":
            if image is None:
                raise ShapeError("A translator starts from an image.")
            return State(functional.adaptive_avg_pool2d(self.from_rgb(image), 4))
        if image is not None:
            return super().start(image)
        return State(self.constant) if self.config.kind == "style" else State()

    def noise_maps(
        self, mode: str = NoiseMode.CONST, *, seed: int = 0, strength: tuple[float, ...] | float = 1.0
    ) -> tuple[tuple[Tensor | None, ...], ...]:
        maps: list[tuple[Tensor | None, ...]] = []
        number = 0
        for block in self.blocks:
            own: list[Tensor | None] = []
            for height, width in block.info.noise:
                factor = strength[number] if isinstance(strength, tuple) else strength
                start = seed if mode == NoiseMode.RANDOM else 900
                drawn = normal_from_seed((start * 31 + number) % 2**32, 1, 1, height, width)
                learned = factor * self.noise_strength[number]
                own.append(None if mode == NoiseMode.NONE else drawn.to(self.code_mean.device) * learned)
                number += 1
            maps.append(tuple(own))
        return tuple(maps)

    def encode(self, images: Tensor, condition: Tensor | None = None) -> Posterior:
        mu, logvar = self.encoder(images.flatten(1)).chunk(2, dim=1)
        return Posterior(mu, logvar)

    def set_transform(self, matrix: Tensor) -> None:
        """Kept in `transform` for tests to look at; the toy's picture does not move."""
        self.transform.copy_(matrix)


class ToyProject(Block):
    """Code to 4x4 features, without noise or a picture."""

    def __init__(self, code_dim: int, config: ToyConfig) -> None:
        super().__init__()
        self.linear = nn.Linear(code_dim, config.channels * 16)
        self.info = BlockInfo(name="project", resolution=4, channels=config.channels, codes=(0,))

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        return State(self.linear(codes[:, 0]).unflatten(1, (self.info.channels, 4, 4)))

    def code_weights(self) -> tuple[Tensor, ...]:
        return (self.linear.weight,)


def toy_style(**changes: object) -> ToyGenerator:
    """Like a small StyleGAN2; `changes` are fields of `ToyConfig`."""
    return ToyGenerator(ToyConfig(**{"kind": "style", **changes}))  # type: ignore[arg-type]


def toy_plain(**changes: object) -> ToyGenerator:
    """Like a small DCGAN: the code is z and the class weights behind it. `encoder=True` makes it a VAE."""
    return ToyGenerator(ToyConfig(**{"kind": "plain", "noise": False, **changes}))  # type: ignore[arg-type]


def toy_translator(**changes: object) -> ToyGenerator:
    """Like a small image translator."""
    return ToyGenerator(ToyConfig(**{"kind": "translator", "noise": False, **changes}))  # type: ignore[arg-type]
