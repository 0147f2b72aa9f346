"""DiffAugment against torchvision and hand-made cases."""

from __future__ import annotations

import pytest
import torch

from trainers.augment.diff_augment import NUMBERS, diff_augment
from trainers.vision import transforms

_NEUTRAL = torch.tensor([0.5] * 5 + [0.0] * 2)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1


def _rows(*changes: dict[int, float]) -> torch.Tensor:
    rows = _NEUTRAL.repeat(len(changes), 1)
    for row, change in zip(rows, changes, strict=True):
        for index, value in change.items():
            row[index] = value
    return rows


def test_neutral_numbers_change_nothing(images: torch.Tensor) -> None:
    torch.testing.assert_close(diff_augment(images, _rows(*[{}] * 4), cutout=False), images)
    assert (
        diff_augment(images, torch.rand(4, NUMBERS), colour=False, translation=False, cutout=False) is images
    )


def test_colours(images: torch.Tensor) -> None:
    brighter, grey, vivid, flat = diff_augment(
        images, _rows({0: 0.9}, {1: 0.0}, {1: 1.0}, {2: 0.0}), translation=False, cutout=False
    )
    torch.testing.assert_close(brighter, images[0] + 0.4)
    torch.testing.assert_close(grey, images[1].mean(0, keepdim=True).expand(3, 16, 16))
    mean = images[2].mean(0)
    torch.testing.assert_close(vivid, mean + 2 * (images[2] - mean))
    torch.testing.assert_close(flat, (images[3] + images[3].mean()) / 2)


def test_shifts_are_whole_and_let_grey_in(images: torch.Tensor) -> None:
    """An eighth of 16 px is 2: five shifts in each direction, each as likely."""
    for position, down in enumerate(range(-2, 3)):
        numbers = _rows(*[{3: (position + 0.5) / 5, 4: 0.99}] * 4)
        found = diff_augment(images, numbers, colour=False, cutout=False)
        wanted = transforms.affine(images, 0.0, [2, down], 1.0, [0.0, 0.0], fill=0.0)
        torch.testing.assert_close(found, wanted)


def test_the_hole_is_a_quarter_of_the_picture_or_cut_by_the_border() -> None:
    white = torch.ones(3, 1, 16, 16)
    found = diff_augment(
        white, _rows({5: 0.5, 6: 0.5}, {}, {5: 0.99, 6: 0.5}), colour=False, translation=False
    )
    holes = (found == 0).flatten(1).sum(1)
    assert holes.tolist() == [64, 16, 32]
    assert found[0, 0, 4:12, 4:12].abs().max() == 0
    assert found[1, 0, :4, :4].abs().max() == 0


def test_it_can_be_differentiated_twice(images: torch.Tensor) -> None:
    numbers = torch.rand(2, NUMBERS, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    small = images[:2, :, :4, :4].double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: diff_augment(x, numbers), (small,))
    assert torch.autograd.gradgradcheck(lambda x: diff_augment(x, numbers).square(), (small,))
