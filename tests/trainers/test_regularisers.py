"""Penalties against closed forms and finite differences."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from trainers import regularisers


def _noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def critic() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0)).double()


def _images(n: int = 4) -> Tensor:
    return torch.randn(n, 3, 2, 2, generator=_noise(), dtype=torch.float64)


def test_r1_is_the_squared_norm_of_the_gradient(critic: nn.Module) -> None:
    images = _images().requires_grad_()
    found = regularisers.squared_gradient(critic(images), images)
    step = 1e-5
    for row in range(4):
        slopes = []
        for index in range(12):
            nudge = torch.zeros(12, dtype=torch.float64)
            nudge[index] = step
            nudge = nudge.view(1, 3, 2, 2)
            image = images.detach()[row : row + 1]
            slopes.append((critic(image + nudge) - critic(image - nudge)).item() / (2 * step))
        assert found[row].item() == pytest.approx(sum(slope**2 for slope in slopes), rel=1e-6)


def test_two_batches_at_once_are_two_penalties(critic: nn.Module) -> None:
    real, fake = _images().requires_grad_(), (2 * _images()).requires_grad_()
    scores = critic(torch.cat([real, fake]))
    for found, images in zip(regularisers.squared_gradients(scores, real, fake), (real, fake), strict=True):
        torch.testing.assert_close(found, regularisers.squared_gradient(critic(images), images))


def test_r1_teaches_the_weights(critic: nn.Module) -> None:
    """Its gradient with respect to a weight, by finite differences: the penalty is differentiated twice."""
    images = _images().requires_grad_()
    weight = critic.get_parameter("1.weight")

    def penalty() -> Tensor:
        return regularisers.squared_gradient(critic(images), images).mean()

    (slope,) = torch.autograd.grad(penalty(), weight)
    step = 1e-5
    with torch.no_grad():
        weight[2, 5] += step
    above = penalty().item()
    with torch.no_grad():
        weight[2, 5] -= 2 * step
    below = penalty().item()
    assert slope[2, 5].item() == pytest.approx((above - below) / (2 * step), rel=1e-5)


def test_wgan_gp_wants_slope_one() -> None:
    direction = torch.randn(12, generator=_noise(1), dtype=torch.float64)
    direction /= direction.norm()

    def score(images: Tensor, slope: float) -> Tensor:
        return slope * images.flatten(1) @ direction

    real, fake, share = _images(), _images() + 3, torch.rand(4, generator=_noise(), dtype=torch.float64)
    for slope in (0.25, 1.0, 3.0):
        found = regularisers.one_lipschitz(lambda x, slope=slope: score(x, slope), real, fake, share)
        torch.testing.assert_close(found, torch.full((4,), (slope - 1) ** 2).double(), atol=1e-9, rtol=0)


def test_wgan_gp_looks_between_real_and_fake() -> None:
    seen: list[Tensor] = []

    def critic(images: Tensor) -> Tensor:
        seen.append(images.detach())
        return images.flatten(1).sum(1)

    real, fake = torch.zeros(3, 2), torch.ones(3, 2)
    regularisers.one_lipschitz(critic, real, fake, torch.tensor([0.0, 0.25, 1.0]))
    assert seen[0][:, 0].tolist() == [1, 0.75, 0]


def test_path_lengths_of_a_linear_picture_are_those_of_its_matrix() -> None:
    """With G(w) = A w of every layer, Jᵀ y is Aᵀ y / sqrt(HW) for each."""
    matrix = torch.randn(48, 5, generator=_noise(1), dtype=torch.float64)
    ws = torch.randn(6, 2, 5, generator=_noise(2), dtype=torch.float64, requires_grad=True)
    images = (ws[:, 0] @ matrix.T + 2 * ws[:, 1] @ matrix.T).view(6, 3, 4, 4)
    normal = torch.randn(6, 3, 4, 4, generator=_noise(3), dtype=torch.float64)
    found = regularisers.path_lengths(images, ws, normal)
    back = normal.flatten(1) @ matrix / 4
    layers = torch.stack([back, 2 * back], 1)
    torch.testing.assert_close(found, layers.square().sum(2).mean(1).sqrt())


def test_mode_seeking_is_the_ratio_of_codes_to_pictures() -> None:
    z, other = torch.randn(2, 8, 4, generator=_noise())
    far = 1_000 * torch.eye(4)
    loss = regularisers.mode_seeking(z @ far, other @ far, z, other)
    assert loss.item() == pytest.approx(
        1e-3, rel=2e-2
    )  # but for the constant against 0, and for what is faint
    collapsed = (1e-3 * torch.randn(8, 4, generator=_noise())).requires_grad_()
    regularisers.mode_seeking(collapsed, -collapsed.detach(), z, other).backward()
    assert collapsed.grad is not None
    assert (collapsed.grad * collapsed < 0).all(), "even the least difference grows"
    same = regularisers.mode_seeking(torch.zeros(8, 4), torch.zeros(8, 4), z, z)
    assert math.isfinite(same.item())


def test_a_faint_pattern_in_plain_ground_hardly_counts_as_a_difference() -> None:
    z, other = torch.randn(2, 4, 3, generator=_noise())
    ground = torch.ones(4, 3, 8, 8)

    def gained(differs: torch.Tensor) -> float:
        """For a unit of absolute difference."""
        loss = regularisers.mode_seeking(ground, ground - differs, z, other).item()
        return 1 / (loss * differs.mean().item())

    grain, spot = torch.full(ground.shape, 0.02), torch.zeros(ground.shape)
    spot[:, :, 2:4, 2:4] = 1.5
    assert gained(grain) < 0.1 * gained(spot)


def test_packing_puts_neighbours_into_the_channels() -> None:
    images = torch.arange(6)[:, None, None, None] * torch.ones(6, 3, 2, 2)
    packed = regularisers.pack(images, 2)
    assert packed.shape == (3, 6, 2, 2)
    assert packed[1, :, 0, 0].tolist() == [2, 2, 2, 3, 3, 3]
    points = torch.tensor([[0.0, 1], [2, 3], [4, 5], [6, 7]])
    assert regularisers.pack(points, 2).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert regularisers.pack(images, 1) is images


def test_a_limited_spectrum_has_largest_singular_value_one() -> None:
    torch.manual_seed(0)
    network = regularisers.limit_spectrum(
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4))
    )
    for _ in range(100):
        network(torch.zeros(1, 3, 8, 8))
    for index in (0, 3):
        matrix = network.get_submodule(str(index)).weight.flatten(1)
        assert torch.linalg.svdvals(matrix)[0].item() == pytest.approx(1, abs=1e-3)
    network.eval()
    before = network(torch.ones(1, 3, 8, 8))
    assert torch.equal(network(torch.ones(1, 3, 8, 8)), before)  # looking does not move the estimate


def test_lazy_penalties_weigh_the_same_on_average() -> None:
    assert sum(regularisers.lazy_weight(step, 4) for step in range(8)) == 8
    assert [regularisers.lazy_weight(step, 1) for step in range(3)] == [1, 1, 1]
    rate, betas = regularisers.lazy_adam(0.0025, (0.0, 0.99), 16)
    assert rate == pytest.approx(0.0025 * 16 / 17)
    # One step and its penalty together forget as much as one step did.
    assert betas[1] ** (17 / 16) == pytest.approx(0.99)
    assert betas[0] == 0
