"""The transforms of ADA against scipy, torch and the distributions of the paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform
from scipy.spatial.transform import Rotation
from scipy.stats import kstest, norm

from trainers.augment import pipeline
from trainers.augment.pipeline import NUMBERS, Transforms, augment, colouring, moved, placement

_SIDE = 32


def _smooth(n: int = 2) -> torch.Tensor:
    """Pictures of a few long waves, (n, 3, 32, 32)."""
    places = torch.arange(_SIDE) * 2 * math.pi / _SIDE
    noise = torch.Generator().manual_seed(0)
    waves = torch.randint(-2, 3, (n, 3, 3, 2), generator=noise) / 2
    phases = 2 * math.pi * torch.rand(n, 3, 3, 1, 1, generator=noise)
    x, y = waves[..., 0, None, None] * places, waves[..., 1, None, None] * places[:, None]
    return (x + y + phases).sin().mean(2)


def _only(**chosen: float) -> torch.Tensor:
    """A row of numbers in which, at p = 0.5, nothing happens but what `chosen` says: {"n7": 0.0}."""
    numbers = torch.full((1, NUMBERS), 0.99)
    for name, value in chosen.items():
        numbers[0, int(name[1:])] = value
    return numbers


def _by_scipy(images: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """The same change by cubic splines; scipy has rows before columns."""
    linear = matrix[:2, :2].double().numpy()[::-1, ::-1]
    middle = np.full(2, (_SIDE - 1) / 2)
    offset = middle - linear @ middle + matrix[:2, 2].double().numpy()[::-1]
    drawn = [
        affine_transform(channel.numpy(), linear, offset, order=3, mode="mirror") for channel in images[0]
    ]
    return torch.from_numpy(np.stack(drawn))[None]


def test_p_0_is_the_picture_itself() -> None:
    images = torch.randn(3, 3, 16, 16)
    assert augment(images, torch.rand(3, NUMBERS), 0.0) is images


@pytest.mark.parametrize("side", [8, 17, 32])
def test_a_picture_that_is_not_moved_stays_as_it_was(side: int) -> None:
    images = torch.randn(2, 1, side, side, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(moved(images, torch.eye(3).expand(2, 3, 3)), images, atol=2e-5, rtol=0)
    unlucky = torch.full((2, NUMBERS), 0.99)
    torch.testing.assert_close(augment(images, unlucky, 0.5), images, atol=2e-5, rtol=0)


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({"n0": 0.0, "n1": 0.2}, lambda x: x.flip(3)),
        ({"n0": 0.0, "n1": 0.7}, lambda x: x),
        ({"n2": 0.0, "n3": 0.3}, lambda x: x.rot90(1, (2, 3))),
        ({"n2": 0.0, "n3": 0.6}, lambda x: x.rot90(2, (2, 3))),
        ({"n2": 0.0, "n3": 0.8}, lambda x: x.rot90(3, (2, 3))),
    ],
)
def test_flips_and_quarter_turns_are_torchs(numbers: dict[str, float], wanted: object) -> None:
    images = _smooth(1)
    found = augment(images, _only(**numbers), 0.5, Transforms(colour=False))
    torch.testing.assert_close(found, wanted(images), atol=0.04, rtol=0)  # type: ignore[operator]


def test_whole_shifts_move_whole_pixels() -> None:
    images = _smooth(1)
    found = augment(images, _only(n4=0.0, n5=1.0, n6=0.25), 0.5, Transforms(colour=False))
    # An eighth of 32 px to the left, a sixteenth down.
    torch.testing.assert_close(found[..., 2:, :-4], images[..., :-2, 4:], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "numbers",
    [
        {"n7": 0.0, "n8": 0.9},
        {"n7": 0.0, "n8": 0.1},
        {"n9": 0.0, "n10": 0.57},
        {"n11": 0.0, "n12": 0.8},
        {"n13": 0.0, "n14": 0.1},
        {"n15": 0.0, "n16": 0.7, "n17": 0.35},
        {"n7": 0.0, "n8": 0.3, "n9": 0.0, "n10": 0.7, "n11": 0.0, "n12": 0.2, "n15": 0.0, "n16": 0.6},
    ],
)
def test_scales_turns_and_fractional_shifts_are_scipys(numbers: dict[str, float]) -> None:
    images = _smooth(1)
    row = _only(**numbers)
    matrix = placement(row, 0.5, _SIDE, Transforms())[0]
    assert (matrix - torch.eye(3)).abs().max() > 0.01
    found = augment(images, row, 0.5, Transforms(colour=False))
    # The borders differ: scipy's mirrors never end, and its splines look past them.
    inside = (..., slice(4, -4), slice(4, -4))
    torch.testing.assert_close(found[inside], _by_scipy(images, matrix).float()[inside], atol=0.04, rtol=0)


def test_the_choices_follow_the_papers_distributions() -> None:
    numbers = torch.rand(4000, NUMBERS, generator=torch.Generator().manual_seed(0))
    p = 0.6
    scale = placement(numbers, p, 64, Transforms(False, False, False, True, False))
    both = (scale[:, 0, 0] * scale[:, 1, 1]).sqrt()  # the isotropic part
    drawn = both[numbers[:, 7] < p].log2().numpy()
    assert kstest(drawn, norm(0, 0.2).cdf).pvalue > 0.01
    assert np.allclose(both[numbers[:, 7] >= p], 1, atol=1e-5)
    turns = placement(numbers, p, 64, Transforms(False, False, False, False, True))
    turned = (turns[:, 0, 0] < 1 - 1e-6).float().mean().item()
    assert turned == pytest.approx(p, abs=0.03)  # both turns together happen with probability p
    flips = placement(numbers, p, 64, Transforms(True, False, False, False, False))[:, 0, 0]
    assert (flips < 0).float().mean().item() == pytest.approx(p / 2, abs=0.03)
    whole = placement(numbers, 1.0, 64, Transforms(False, False, True, False, False))[:, :2, 2]
    normal = pipeline._normal(numbers[:, 16]) * 8  # an eighth of 64 px
    steps = whole[:, 0] - normal
    assert torch.allclose(steps, steps.round(), atol=1e-3)
    assert steps.abs().max() == pytest.approx(8, abs=1e-3)


def test_colours_turn_about_grey() -> None:
    angle = 0.3
    row = _only(n24=0.0, n25=(angle / math.pi + 1) / 2)
    matrix = colouring(row, 0.5, 3)[0]
    wanted = Rotation.from_rotvec(np.full(3, angle / math.sqrt(3))).as_matrix()
    np.testing.assert_allclose(matrix[:, :3].numpy(), wanted, atol=1e-6)
    torch.testing.assert_close(matrix[:, 3], torch.zeros(3))


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({"n18": 0.0, "n19": float(norm.cdf(1.0))}, lambda x: x + 0.2),
        ({"n20": 0.0, "n21": float(norm.cdf(1.0))}, lambda x: x * math.sqrt(2)),
        ({"n22": 0.0, "n23": 0.1}, lambda x: x - 2 * x.mean(1, keepdim=True)),
        (
            {"n26": 0.0, "n27": float(norm.cdf(-1.0))},
            lambda x: x.mean(1, keepdim=True) + (x - x.mean(1, keepdim=True)) / 2,
        ),
        (
            {"n18": 0.0, "n19": float(norm.cdf(1.0)), "n20": 0.0, "n21": float(norm.cdf(2.0))},
            lambda x: (x + 0.2) * 2,
        ),
    ],
)
def test_colour_changes_are_those_of_the_paper(numbers: dict[str, float], wanted: object) -> None:
    images = _smooth(1)
    found = pipeline.recoloured(images, colouring(_only(**numbers), 0.5, 3))
    torch.testing.assert_close(found, wanted(images), atol=1e-4, rtol=0)  # type: ignore[operator]


def test_grey_pictures_stay_grey_pictures() -> None:
    numbers = torch.rand(4, NUMBERS, generator=torch.Generator().manual_seed(1))
    images = _smooth(4)[:, :1]
    found = augment(images, numbers, 1.0)
    assert found.shape == images.shape
    assert not torch.allclose(found, images)


def test_forbidden_transforms_never_happen() -> None:
    images = _smooth(4)
    numbers = torch.rand(4, NUMBERS, generator=torch.Generator().manual_seed(1))
    nothing = Transforms(*[False] * 6)
    torch.testing.assert_close(augment(images, numbers, 1.0, nothing), images, atol=2e-5, rtol=0)


def test_it_can_be_differentiated_twice() -> None:
    numbers = torch.rand(1, NUMBERS, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    images = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    images.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: augment(x, numbers, 1.0), (images,))
    assert torch.autograd.gradgradcheck(lambda x: augment(x, numbers, 1.0).square(), (images,))
