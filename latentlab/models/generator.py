"""The one shape that every generator has: `map`, then an ordered list of blocks.

From this shape come previews, stopping between blocks, re-running only what follows a change, mixing by
layer, feature views and activation edits, for every family alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from latentlab.errors import ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities, NoiseMode


class State(NamedTuple):
    """What one block hands to the next.

    `features` is (N, C, H, W), or (N, C) in a fully connected network, or None before the first block.
    `image` is the RGB picture accumulated so far, (N, image_channels, h, w) in about [-1, 1], for
    generators that sum one (StyleGAN2 skip), and the finished picture after the last block of every
    generator; otherwise None.
    """

    features: Tensor | None = None
    image: Tensor | None = None


class Block(nn.Module, ABC):
    """One step of synthesis."""

    info: BlockInfo

    @abstractmethod
    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """Run the block.

        Args:
            state: what the block before handed on (`Generator.start()` for the first).
            codes: (N, len(info.codes), code_dim), the codes of `info.codes` in that order.
            noise: one map per entry of `info.noise`, (1 or N, 1, H, W), already multiplied by the learned and
                the user's strength; None adds nothing. An empty tuple adds nothing at all.
        """

    @abstractmethod
    def code_weights(self) -> tuple[Tensor, ...]:
        """The matrices (out, code_dim) that first act on each code of `info.codes`, in that order.

        SeFa (Shen & Zhou 2021, arXiv:2007.06600) finds directions from them. A block without codes has none.
        """

    def rgb(self, state: State) -> Tensor | None:
        """The picture of this block's own state where the architecture has one, (N, C, r, r); else None.

        Blocks without one are shown through a fitted linear probe (`latentlab.render.probe`).
        """
        return state.image

    def __call__(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        result: State = super().__call__(state, codes, noise)
        return result


class Posterior(NamedTuple):
    """A diagonal Gaussian over z: mu and logvar, (N, z_dim) each."""

    mu: Tensor
    logvar: Tensor


class Generator(nn.Module, ABC):
    """A model that draws pictures. Images are float, RGB or grey, in about [-1, 1], not clamped."""

    family: ClassVar[str]
    """Key in `latentlab.models.catalogue`."""
    config: Any
    """The frozen dataclass the network was built from; with the weights, all that is needed to rebuild it."""
    capabilities: Capabilities
    code_mean: Tensor
    """(code_dim,): where truncation pulls to; w_avg in StyleGAN, zero where the codes are z."""

    @property
    @abstractmethod
    def blocks(self) -> tuple[Block, ...]:
        """The synthesis blocks, first to last."""

    @abstractmethod
    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """Codes of a batch, before truncation.

        Args:
            z: (N, z_dim), standard normal.
            condition: (N, num_classes) class weights, rows summing to 1 (one-hot or a mixture); what
                `ReadsCaptions.read` makes of captions; None for an unconditional model.

        Returns:
            (N, num_codes, code_dim).
        """

    def start(self, image: Tensor | None = None) -> State:
        """State before the first block. A translator starts from `image` (N, C, H, W) in [-1, 1]."""
        if image is not None:
            raise ShapeError(
                "This model starts from a latent code, not from an image: open an image translator."
            )
        return State()

    def truncate(self, codes: Tensor, psi: float, cutoff: int | None = None) -> Tensor:
        """Pull the latent part of the first `cutoff` codes (all if None) towards `code_mean`.

        psi 1 changes nothing, 0 is the mean, negative values mirror. StyleGAN (arXiv:1812.04948), appendix B.
        """
        if psi == 1.0 or not self.capabilities.num_codes:
            return codes
        latent = self.capabilities.latent_dims
        stop = codes.shape[1] if cutoff is None else cutoff
        mean = self.code_mean[:latent].to(codes)
        codes = codes.clone()
        codes[:, :stop, :latent] = mean + psi * (codes[:, :stop, :latent] - mean)
        return codes

    def noise_maps(
        self, mode: str = NoiseMode.CONST, *, seed: int = 0, strength: tuple[float, ...] | float = 1.0
    ) -> tuple[tuple[Tensor | None, ...], ...]:
        """Noise for every block, in the form `Block.forward` takes.

        Args:
            mode: one of `NoiseMode`.
            seed: for `NoiseMode.RANDOM`; the same seed gives the same maps on every platform.
            strength: the user's factor on the learned strengths; one number, or one per noise map of the
                model, in order of the blocks.
        """
        return tuple(() for _ in self.blocks)

    def synthesize(
        self,
        codes: Tensor,
        noise: tuple[tuple[Tensor | None, ...], ...] | None = None,
        image: Tensor | None = None,
    ) -> Tensor:
        """Run all blocks: (N, num_codes, code_dim) to (N, image_channels, resolution, resolution)."""
        noise = self.noise_maps() if noise is None else noise
        state = self.start(image)
        for block, maps in zip(self.blocks, noise, strict=True):
            state = block(state, codes[:, list(block.info.codes)], maps)
        if state.image is None:
            raise ShapeError(f"{self.capabilities.family}: the last block handed on no image.")
        return state.image

    def forward(self, z: Tensor, condition: Tensor | None = None, *, psi: float = 1.0) -> Tensor:
        """Draw a batch: (N, z_dim) to (N, image_channels, resolution, resolution)."""
        return self.synthesize(self.truncate(self.map(z, condition), psi))

    def name_classes(self, names: tuple[str, ...]) -> None:
        """Give the classes names, one each."""
        if len(names) != self.capabilities.num_classes:
            raise ShapeError(
                f"The card names {len(names)} classes but the model has {self.capabilities.num_classes}: "
                "correct the card."
            )
        self.capabilities = replace(self.capabilities, class_names=names)


class Encodes(Protocol):
    """A generator with an encoder (`capabilities.has_encoder`)."""

    def encode(self, images: Tensor, condition: Tensor | None = None) -> Posterior:
        """Images (N, C, H, W) in [-1, 1] to a diagonal Gaussian over z."""


class ReadsCaptions(Protocol):
    """A generator that draws what a caption says (`capabilities.has_captions`)."""

    def read(self, captions: Sequence[str]) -> Tensor:
        """What stands for each caption, (N, caption_dim): the condition that `map` takes.

        Blends of rows stand for pictures between the captions. An empty caption says nothing in particular.
        """


class Transforms(Protocol):
    """A generator whose picture can be moved inside the network (`capabilities.has_transform`)."""

    def set_transform(self, matrix: Tensor) -> None:
        """Set the inverse of the wished 3x3 rotation and translation of the picture plane."""


def one_hot(label: int, num_classes: int, *, batch: int = 1) -> Tensor:
    """Class weights (batch, num_classes) of one pure class."""
    weights = torch.zeros(batch, num_classes)
    weights[:, label] = 1.0
    return weights
