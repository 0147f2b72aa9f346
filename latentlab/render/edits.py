"""Changes to a block's features (network bending, Broad et al. 2021, arXiv:2005.12420)."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.errors import RecipeError
from latentlab.latents.recipe import ActivationEdit
from latentlab.models.generator import State
from latentlab.models.seeds import normal_from_seed


@torch.inference_mode()
def edited(state: State, edits: tuple[ActivationEdit, ...]) -> State:
    """Apply `edits` in order to the features that a block hands on.

    `amount` means: scale, the factor; ablate, the share taken away (1 silences); noise, standard deviations of
    the channel's own values; rotate, degrees counter-clockwise; shift_x and shift_y, picture widths to the right
    and heights down; blur, standard deviation in pixels of these features. Where the features move, the picture
    is mirrored at its edges.

    Raises:
        RecipeError: the block has no features, the channels do not exist, or flat features are to be moved.
    """
    features = state.features
    if features is None:
        raise RecipeError(f"Block {edits[0].block} hands on no features: remove the edit of its activations.")
    for edit in edits:
        features = _edited(features, edit)
    return State(features, state.image)


def _edited(features: Tensor, edit: ActivationEdit) -> Tensor:
    if not edit.channels:
        return _changed(features, edit)
    count = features.shape[1]
    if not all(0 <= channel < count for channel in edit.channels):
        raise RecipeError(
            f"Block {edit.block} has {count} channels, but an edit names channel {max(edit.channels)}: "
            "the recipe belongs to another model, or the edit must be removed."
        )
    channels = list(edit.channels)
    features = features.clone()
    features[:, channels] = _changed(features[:, channels], edit)
    return features


def _changed(features: Tensor, edit: ActivationEdit) -> Tensor:
    amount = edit.amount
    if edit.operation == "scale":
        return features * amount
    if edit.operation == "ablate":
        return features * (1.0 - amount)
    if edit.operation == "noise":
        return _with_noise(features, amount, edit.seed)
    if features.ndim != 4:
        raise RecipeError(
            f"Block {edit.block} is fully connected: its features have no place to {edit.operation}. "
            "Remove the edit, or use scale, ablate or noise."
        )
    if edit.operation == "blur":
        return _blurred(features, amount)
    if edit.operation == "rotate":
        return _moved(features, angle=amount)
    if edit.operation == "shift_x":
        return _moved(features, x=amount)
    return _moved(features, y=amount)


def _with_noise(features: Tensor, amount: float, seed: int) -> Tensor:
    """The same noise for every picture of a batch, so that a batch shows what single pictures show."""
    axes = (2, 3) if features.ndim == 4 else (1,)
    spread = features.std(dim=axes, correction=0, keepdim=True)
    noise = normal_from_seed(seed, *features.shape[1:]).to(features)
    return features + amount * spread * noise


def _moved(features: Tensor, *, angle: float = 0.0, x: float = 0.0, y: float = 0.0) -> Tensor:
    """Rotate counter-clockwise by `angle` degrees and shift by shares of the width and height, bilinearly."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    # Where each output point is read from, in coordinates of [-1, 1] with y down.
    inverse = torch.tensor(
        [[cos, -sin, -2.0 * x], [sin, cos, -2.0 * y]], dtype=features.dtype, device=features.device
    )
    batch = features.shape[0]
    grid = functional.affine_grid(inverse.expand(batch, 2, 3), list(features.shape), align_corners=False)
    return functional.grid_sample(
        features, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def _blurred(features: Tensor, sigma: float) -> Tensor:
    """Gaussian blur, separable, cut at three standard deviations and at the size of the features."""
    if sigma <= 0.0:
        return features
    for axis in (2, 3):
        radius = min(math.ceil(3.0 * sigma), features.shape[axis] - 1)
        offsets = torch.arange(-radius, radius + 1, dtype=features.dtype, device=features.device)
        weights = torch.exp(-0.5 * (offsets / sigma).square())
        weights = weights / weights.sum()
        pad = (radius, radius, 0, 0) if axis == 3 else (0, 0, radius, radius)
        kernel = weights.reshape((1, 1, 1, -1) if axis == 3 else (1, 1, -1, 1))
        padded = functional.pad(features, pad, mode="reflect")
        flat = padded.reshape(-1, 1, *padded.shape[2:])
        features = functional.conv2d(flat, kernel).reshape(features.shape)
    return features
