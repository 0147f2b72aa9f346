"""DiffAugment (Zhao et al. 2020, arXiv:2006.10738): colour, translation and cutout of real and fake alike."""

from __future__ import annotations

import torch
from torch import Tensor

NUMBERS = 7
"""Uniform numbers per image: brightness, saturation, contrast, shift down and right, hole down and right."""

_LARGEST_SHIFT = 0.125
"""Share of the side."""
_HOLE = 0.5
"""Side of the hole, as a share of the picture's."""


def diff_augment(
    images: Tensor, numbers: Tensor, *, colour: bool = True, translation: bool = True, cutout: bool = True
) -> Tensor:
    """Change every image in its own way.

    Args:
        images: (N, C, H, W) in [-1, 1].
        numbers: (N, NUMBERS), uniform in [0, 1).
        colour: change brightness, saturation and contrast.
        translation: shift by up to an eighth of the side; grey comes in.
        cutout: put a grey square of half the side somewhere.
    """
    if colour:
        images = _recoloured(images, numbers[:, 0:3])
    if translation:
        images = _shifted(images, numbers[:, 3:5])
    if cutout:
        images = _with_hole(images, numbers[:, 5:7])
    return images


def _recoloured(images: Tensor, numbers: Tensor) -> Tensor:
    brightness, saturation, contrast = numbers[:, :, None, None, None].unbind(1)
    images = images + (brightness - 0.5)
    grey = images.mean(1, keepdim=True)
    images = grey + 2 * saturation * (images - grey)
    middle = images.mean((1, 2, 3), keepdim=True)
    return middle + (contrast + 0.5) * (images - middle)


def _shifted(images: Tensor, numbers: Tensor) -> Tensor:
    height, width = images.shape[2:]
    rows, row_mask = _shifted_positions(height, numbers[:, 0])
    columns, column_mask = _shifted_positions(width, numbers[:, 1])
    index = torch.arange(len(images), device=images.device)[:, None, None]
    moved = images.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    inside = row_mask[:, None, :, None] & column_mask[:, None, None, :]
    return moved * inside


def _shifted_positions(side: int, numbers: Tensor) -> tuple[Tensor, Tensor]:
    """Where each of `side` positions is read from after a whole shift, and whether that is inside, (N, side)."""
    largest = int(side * _LARGEST_SHIFT + 0.5)
    shift = (numbers * (2 * largest + 1)).long() - largest
    wanted = torch.arange(side, device=numbers.device) - shift[:, None]
    return wanted.clamp(0, side - 1), (wanted >= 0) & (wanted < side)


def _with_hole(images: Tensor, numbers: Tensor) -> Tensor:
    outside = [_outside_hole(side, number) for side, number in zip(images.shape[2:], numbers.T, strict=True)]
    return images * (outside[0][:, None, :, None] | outside[1][:, None, None, :])


def _outside_hole(side: int, numbers: Tensor) -> Tensor:
    """Which of `side` positions are outside the hole, (N, side). Its middle may be at the edge."""
    hole = int(side * _HOLE + 0.5)
    start = (numbers * (side + 1 - hole % 2)).long() - hole // 2
    positions = torch.arange(side, device=numbers.device)
    return (positions < start[:, None]) | (positions >= start[:, None] + hole)
