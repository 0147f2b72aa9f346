"""A generator of points in the plane, for the two-dimensional tasks on which GANs are studied.

Its picture is the plane: the points of many fixed codes as a soft cloud, coloured by the direction of their code,
and the point of the current code on top. So the map from codes to points can be explored like any other model.
Reference tasks: VEEGAN (Srivastava et al. 2017, arXiv:1705.07761), PacGAN (Lin et al. 2018, arXiv:1712.04086).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.models.generator import Block, Generator, State
from latentlab.models.seeds import normal_from_seed
from latentlab.models.steps import Activation, check_range

_CLOUD = 2048
"""Points of the cloud."""
_SHOWN = 32
"""Nominal side of what a fully connected layer shows."""


@dataclass(frozen=True, slots=True)
class PointsConfig:
    """Architecture only; saved as JSON beside the weights."""

    hidden: tuple[int, ...] = (128, 128, 128)
    """Widths of the hidden layers."""
    z_dim: int = 2
    slope: float = 0.2
    """Of the leaky ReLU of the hidden layers."""
    extent: float = 1.5
    """The picture shows the plane from -extent to extent."""
    resolution: int = 256

    def __post_init__(self) -> None:
        check_range("hidden layers", len(self.hidden), 1, 64)
        for width in self.hidden:
            check_range("hidden", width, 1, 1 << 14)
        check_range("z_dim", self.z_dim, 2, 1 << 14)
        check_range("resolution", self.resolution, 16, 2048)
        Activation("leaky_relu", self.slope)  # checks it
        if not (math.isfinite(self.extent) and self.extent > 0):
            raise CheckpointError(f"A plane cannot reach to {self.extent}: the file is damaged.")


class LayerBlock(Block):
    """A linear layer and its leaky ReLU."""

    def __init__(self, info: BlockInfo, inputs: int, slope: float) -> None:
        super().__init__()
        self.info = info
        self.linear = nn.Linear(inputs, info.channels)
        self._slope = slope

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        features = codes[:, 0] if self.info.codes else state.features
        if features is None:
            raise ShapeError(f"Block {self.info.name} was given no features: run the blocks before it.")
        return State(self.layer(features))

    def layer(self, features: Tensor) -> Tensor:
        """(N, inputs) to (N, channels)."""
        return nn.functional.leaky_relu(self.linear(features), self._slope)

    def code_weights(self) -> tuple[Tensor, ...]:
        return (self.linear.weight,) if self.info.codes else ()


class PlaneBlock(Block):
    """The last linear layer, and the picture of the plane."""

    def __init__(self, info: BlockInfo, layers: list[LayerBlock], config: PointsConfig) -> None:
        super().__init__()
        self.info = info
        self.linear = nn.Linear(config.hidden[-1], 2)
        self._layers = tuple(layers)  # a tuple: their weights belong to the generator
        self._z_dim = config.z_dim
        self._extent = config.extent

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        if state.features is None:
            raise ShapeError(f"Block {self.info.name} was given no features: run the blocks before it.")
        points: Tensor = self.linear(state.features)
        return State(points, self._plane(points))

    def code_weights(self) -> tuple[Tensor, ...]:
        return ()

    def points(self, z: Tensor) -> Tensor:
        """Points (N, 2) of codes (N, z_dim), through all layers."""
        features = z
        for layer in self._layers:
            features = layer.layer(features)
        result: Tensor = self.linear(features)
        return result

    def cloud(self) -> tuple[Tensor, Tensor]:
        """Points (M, 2) of the fixed codes, and their colours (M, 3) in [0, 1]."""
        z = normal_from_seed(0, _CLOUD, self._z_dim).to(self.linear.weight)
        turn = torch.atan2(z[:, 1], z[:, 0])
        thirds = turn.new_tensor([0.0, 2 * math.pi / 3, 4 * math.pi / 3])
        return self.points(z), 0.62 + 0.38 * (turn[:, None] - thirds).cos()

    def _plane(self, points: Tensor) -> Tensor:
        """Draw (N, 2) each on its own picture of the cloud, (N, 3, R, R)."""
        side = self.info.resolution
        cloud, colours = self.cloud()
        across, down = self._profiles(cloud, 1.1)
        light = torch.einsum("mc,my,mx->cyx", colours, down, across)
        plane = 1 - (-0.5 * light).exp()
        axis = (torch.arange(side, device=points.device) - (side - 1) / 2).abs() < 0.6
        plane = torch.maximum(plane, 0.16 * (axis[:, None] | axis[None, :]))
        picture = plane.expand(len(points), -1, -1, -1)
        for width, level in ((side / 40, 0.0), (side / 60, 1.0)):  # a white disc with a dark rim
            across, down = self._profiles(points, width)
            disc = (down[:, :, None] * across[:, None, :] - 0.35).mul(12).sigmoid()[:, None]
            picture = picture + disc * (level - picture)
        return 2 * (0.07 + 0.93 * picture) - 1

    def _profiles(self, points: Tensor, width: float) -> tuple[Tensor, Tensor]:
        """How far each point reaches into each column and row, (N, R) each; `width` in pixels."""
        side = self.info.resolution
        places = torch.arange(side, device=points.device, dtype=points.dtype)
        x, y = (points * points.new_tensor([1.0, -1.0]) / self._extent + 1).mul(side / 2).sub(0.5).unbind(1)
        across, down = ((-0.5 * ((places - at[:, None]) / width).square()).exp() for at in (x, y))
        return across, down


class Points(Generator):
    """z to a point, and the point to a picture of the plane."""

    family = "points"

    def __init__(self, config: PointsConfig) -> None:
        super().__init__()
        self.config = config
        widths = (config.z_dim, *config.hidden)
        layers = [
            LayerBlock(BlockInfo(f"fc{index}", _SHOWN, after, () if index else (0,)), before, config.slope)
            for index, (before, after) in enumerate(itertools.pairwise(widths))
        ]
        plane = PlaneBlock(BlockInfo("plane", config.resolution, 2, ()), layers, config)
        self.layers = nn.ModuleDict({block.info.name: block for block in (*layers, plane)})
        self.register_buffer("code_mean", torch.zeros(config.z_dim), persistent=False)
        self.capabilities = Capabilities(
            family="Points in the plane",
            resolution=config.resolution,
            image_channels=3,
            z_dim=config.z_dim,
            code_dim=config.z_dim,
            num_codes=1,
            latent_dims=config.z_dim,
        )

    @property
    def _plane(self) -> PlaneBlock:
        plane = self.layers["plane"]
        assert isinstance(plane, PlaneBlock)
        return plane

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for block in self.layers.values() if isinstance(block, Block))

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        return z[:, None]

    def points(self, z: Tensor) -> Tensor:
        """Points (N, 2) of codes (N, z_dim), without their pictures."""
        return self._plane.points(z)
