"""A plain feed-forward generator: steps in a row, cut into blocks. Base of VAEs, plain GANs and translators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.models.generator import Block, Generator, State
from latentlab.models.steps import Conv, Linear, Shape, Skip, Step, Transposed, check_range, shapes_after

_WEIGHTED = (Linear, Conv, Transposed, Skip)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a class reaches a network.

    "concat" puts `width` numbers behind z: the class weights themselves, or an embedding of them. "product"
    multiplies z with an embedding of the same width (ACGAN, Odena et al. 2017, arXiv:1610.09585).
    """

    num_classes: int
    kind: Literal["concat", "product"] = "concat"
    embedding: int = 0
    """Width of the embedding; 0 for plain class weights (one-hot)."""

    def __post_init__(self) -> None:
        check_range("num_classes", self.num_classes, 1, 1 << 16)
        check_range("embedding", self.embedding, 1 if self.kind == "product" else 0, 1 << 16)

    @property
    def width(self) -> int:
        """Numbers that stand for the class."""
        return self.embedding or self.num_classes

    @property
    def added(self) -> int:
        """Numbers that the class adds to the code."""
        return self.width if self.kind == "concat" else 0


class ConditionEncoder(nn.Module):
    """Class weights (N, num_classes) to the numbers that stand for them, (N, width)."""

    def __init__(self, condition: Condition) -> None:
        super().__init__()
        self.num_classes = condition.num_classes
        self.weight = (
            nn.Parameter(torch.randn(condition.num_classes, condition.embedding))
            if condition.embedding
            else None
        )

    def forward(self, weights: Tensor | None) -> Tensor:
        if weights is None or weights.ndim != 2 or weights.shape[1] != self.num_classes:
            raise ShapeError(f"This model needs a class: give weights for its {self.num_classes} classes.")
        return weights if self.weight is None else weights.to(self.weight) @ self.weight


@dataclass(frozen=True, slots=True)
class ImageRange:
    """The numbers that a network uses for black and white."""

    black: float = -1.0
    white: float = 1.0

    def __post_init__(self) -> None:
        if not -1000 <= self.black < self.white <= 1000:
            raise CheckpointError(
                f"Pictures between {self.black} and {self.white} make no sense: the file is damaged."
            )

    def to_signed(self, images: Tensor) -> Tensor:
        """The network's numbers to [-1, 1]."""
        if self == ImageRange():
            return images
        return (images - self.black) * (2 / (self.white - self.black)) - 1

    def from_signed(self, images: Tensor) -> Tensor:
        """[-1, 1] to the network's numbers."""
        if self == ImageRange():
            return images
        return (images + 1) * ((self.white - self.black) / 2) + self.black


SIGNED = ImageRange()
UNIT = ImageRange(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class CodeConfig:
    """A network from one code to a picture. Architecture only; saved as JSON beside the weights."""

    resolution: int
    z_dim: int
    layers: tuple[Step, ...]
    """From a code (z, then what stands for the class) to a picture (image_channels, resolution, resolution)."""
    image_channels: int = 3
    condition: Condition | None = None
    image_range: ImageRange = SIGNED

    def __post_init__(self) -> None:
        check_range("resolution", self.resolution, 1, 2048)
        check_range("z_dim", self.z_dim, 1, 1 << 16)
        check_channels(self.image_channels)
        if self.condition and self.condition.kind == "product" and self.condition.embedding != self.z_dim:
            raise CheckpointError(
                f"An embedding of {self.condition.embedding} numbers cannot multiply a z of {self.z_dim}: "
                "the file is damaged."
            )
        check_end(self.layers, (self.code_dim,), self.picture)

    @property
    def picture(self) -> Shape:
        """(C, H, W)."""
        return (self.image_channels, self.resolution, self.resolution)

    @property
    def code_dim(self) -> int:
        """Width of a code: z, and what stands for the class behind it."""
        return self.z_dim + (self.condition.added if self.condition else 0)


def check_channels(image_channels: int) -> None:
    """Raise CheckpointError for pictures that cannot be shown."""
    if image_channels not in (1, 3):
        raise CheckpointError(f"{image_channels} image channels: only grey (1) and RGB (3) can be shown.")


def check_end(steps: tuple[Step, ...], shape: Shape, picture: Shape) -> None:
    """Raise CheckpointError unless the steps turn `shape` into `picture`."""
    end = shapes_after(steps, shape)[-1]
    if end != picture:
        raise CheckpointError(f"The layers end in {end}, not in a picture {picture}: the file is damaged.")


class StepBlock(Block):
    """A few steps that belong together: one with weights and what surrounds it."""

    def __init__(
        self,
        info: BlockInfo,
        steps: tuple[Step, ...],
        *,
        code_dim: int = 0,
        image_range: ImageRange | None = None,
    ) -> None:
        """Make the block.

        Args:
            info: what the block is.
            steps: its layers.
            code_dim: width of the code it starts from; 0 when it starts from the features before it.
            image_range: of the last block alone, whose features are the picture.
        """
        super().__init__()
        self.info = info
        self.layers = nn.ModuleList(step.module() for step in steps)
        self._code_dim = code_dim
        self._image_range = image_range
        self._weighted = next((i for i, step in enumerate(steps) if isinstance(step, _WEIGHTED)), len(steps))

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        features = codes[:, 0] if self._code_dim else state.features
        if features is None:
            raise ShapeError(f"Block {self.info.name} was given no features: run the blocks before it.")
        for layer in self.layers:
            features = layer(features)
        assert features is not None
        return State(features, self._image_range.to_signed(features) if self._image_range else None)

    @torch.no_grad()
    def code_weights(self) -> tuple[Tensor, ...]:
        """What the first layer with weights makes of each number of the code.

        Linear, or a convolution of the code seen as a picture: it is affine in the code, so its matrix is its
        response to the unit vectors less its response to zero. Behind a flow it is only nearly that: what a unit
        step from the mean does.
        """
        if not self._code_dim:
            return ()
        weight = next(self.parameters())
        response = torch.cat([torch.zeros(1, self._code_dim), torch.eye(self._code_dim)]).to(weight)
        for layer in self.layers[: self._weighted + 1]:
            response = layer(response)
        response = response.flatten(1)
        return ((response[1:] - response[:1]).T,)


def cut(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Cut a network into blocks.

    A block holds one step with weights, what prepares its input (upsampling, pooling, reshaping that follows
    an activation) and what acts on its output.
    """
    starts = [0]
    waiting: int | None = None  # first of the preparing steps since the last block was complete
    weighted = False
    for index, step in enumerate(steps):
        if isinstance(step, _WEIGHTED):
            if weighted:
                starts.append(index if waiting is None else waiting)
            weighted, waiting = True, None
        elif step.op in ("upsample", "pool"):
            waiting = index if waiting is None else waiting
        elif step.op != "reshape":
            waiting = None
    return [steps[a:b] for a, b in zip(starts, [*starts[1:], len(steps)], strict=True)]


def block_infos(pieces: list[tuple[Step, ...]], shape: Shape, resolution: int) -> list[BlockInfo]:
    """Name the blocks after what they do: "fc", "up8", "conv64", "down128", "res3".

    Args:
        pieces: what `cut` made.
        shape: of what the first block starts from; the code where it is flat.
        resolution: of the final picture; what a fully connected block shows is at most 32 pixels wide.
    """
    infos: list[BlockInfo] = []
    names: dict[str, int] = {}
    codes = (0,) if len(shape) == 1 else ()
    for index, piece in enumerate(pieces):
        after = shapes_after(piece, shape)[-1]
        name = _name(piece, shape, after)
        names[name] = names.get(name, 0) + 1
        unique = (
            f"res{names[name]}" if name == "res" else name if names[name] == 1 else f"{name}_{names[name]}"
        )
        side = after[1] if len(after) == 3 else min(resolution, 32)
        flat = len(after) != 3
        infos.append(BlockInfo(unique, side, after[0], codes if index == 0 else (), is_flat=flat))
        shape = after
    return infos


def _name(piece: tuple[Step, ...], before: Shape, after: Shape) -> str:
    if any(isinstance(step, Skip) for step in piece):
        return "res"
    if any(isinstance(step, Linear) for step in piece):
        return "fc"
    side = before[1] if len(before) == 3 else 1
    return f"{'up' if after[1] > side else 'down' if after[1] < side else 'conv'}{after[1]}"


class StackGenerator(Generator):
    """A generator made of steps."""

    def _build(self, steps: tuple[Step, ...], shape: Shape, picture: Shape, image_range: ImageRange) -> None:
        """Make the blocks.

        Args:
            steps: from a code or an image to the picture.
            shape: of what the first step starts from: (code_dim,), or (C, H, W) of an image.
            picture: (image_channels, resolution, resolution).
            image_range: of the picture.
        """
        code_dim = shape[0] if len(shape) == 1 else 0
        pieces = cut(steps)
        infos = block_infos(pieces, shape, picture[1])
        last = len(pieces) - 1
        self.layers = nn.ModuleDict(
            {
                info.name: StepBlock(
                    info,
                    piece,
                    code_dim=0 if index else code_dim,
                    image_range=image_range if index == last else None,
                )
                for index, (info, piece) in enumerate(zip(infos, pieces, strict=True))
            }
        )
        self.register_buffer("code_mean", torch.zeros(code_dim), persistent=False)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for block in self.layers.values() if isinstance(block, Block))


class CodeGenerator(StackGenerator):
    """A generator that starts from one code: z, and what stands for the class behind it."""

    config: CodeConfig
    condition: ConditionEncoder | None

    def __init__(self, config: CodeConfig, family_name: str) -> None:
        super().__init__()
        self.config = config
        self._build(config.layers, (config.code_dim,), config.picture, config.image_range)
        self.condition = ConditionEncoder(config.condition) if config.condition else None
        self.capabilities = Capabilities(
            family=family_name,
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.code_dim,
            num_codes=1,
            latent_dims=config.z_dim,
            num_classes=config.condition.num_classes if config.condition else 0,
        )

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        if self.condition is None or self.config.condition is None:
            return z[:, None]
        numbers: Tensor = self.condition(condition).to(z)
        if self.config.condition.kind == "product":
            return (z * numbers)[:, None]
        return torch.cat([z, numbers], dim=1)[:, None]


def layer_keys(steps: tuple[Step, ...], shape: Shape, resolution: int) -> list[str]:
    """Where each step's tensors lie in a generator's `state_dict`, one prefix per step.

    A `Skip`'s own steps lie at "<prefix>steps.<i>.".
    """
    pieces = cut(steps)
    return [
        f"layers.{info.name}.layers.{index}."
        for info, piece in zip(block_infos(pieces, shape, resolution), pieces, strict=True)
        for index in range(len(piece))
    ]
