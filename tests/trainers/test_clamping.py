"""What a discriminator is shown of a picture, and what the generator learns from it."""

from __future__ import annotations

import torch

from trainers.clamping import as_seen


def test_numbers_beyond_black_and_white_are_black_and_white() -> None:
    images = torch.tensor([-3.0, -1.0, 0.25, 1.0, 1.5])
    assert as_seen(images).tolist() == [-1.0, -1.0, 0.25, 1.0, 1.0]


def test_what_lies_far_beyond_learns_to_come_back_and_never_to_go_further() -> None:
    images = torch.tensor([-3.0, -3.0, 0.5, 0.5, 2.0, 2.0], requires_grad=True)
    assert _moves(images) == [1.0, 0.0, 1.0, -1.0, 0.0, -1.0]


def test_white_is_learned_until_no_tremor_shows() -> None:
    just = torch.tensor([-1.05, -1.05, 1.0, 1.0, 1.05, 1.05], requires_grad=True)
    assert _moves(just) == [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]
    noise = torch.Generator().manual_seed(0)
    level = torch.full((64,), -0.3, requires_grad=True)
    for _ in range(200):
        pushed = torch.autograd.grad(as_seen(level).sum(), level)[0]
        level = (level - 0.1 * pushed + 0.01 * torch.randn(64, generator=noise)).detach().requires_grad_()
    assert (as_seen(level) == -1).all()


def _moves(images: torch.Tensor) -> list[float]:
    """How numbers move that are wanted higher and lower in turn."""
    wanted = torch.tensor([1.0, -1.0]).repeat(len(images) // 2)
    (-wanted * as_seen(images)).sum().backward()
    assert images.grad is not None
    return [float(-gradient) for gradient in images.grad]
