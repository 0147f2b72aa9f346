"""Ways between latents, against formulas and optimisers that are not ours."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.spatial import geometric_slerp

from latentlab.latents.interpolation import lerp, mean, patch, slerp, spherical_mean
from latentlab.models.seeds import normal_from_seed


def z(seed: int, dims: int = 8) -> torch.Tensor:
    return normal_from_seed(seed, 1, dims).double()


def unit(a: torch.Tensor) -> np.ndarray:
    return (a / a.norm()).numpy().ravel()


@pytest.mark.parametrize("t", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("dims", [2, 3, 8, 512])
def test_slerp_follows_scipys_great_arc_and_keeps_the_length_between(t, dims):
    a, b = z(1, dims), z(2, dims)
    point = slerp(a, b, t)
    np.testing.assert_allclose(unit(point), geometric_slerp(unit(a), unit(b), t), atol=1e-12)
    assert point.norm().item() == pytest.approx((1 - t) * a.norm().item() + t * b.norm().item())


def test_slerp_is_shoemakes_formula_for_vectors_of_one_length():
    a, b = z(3) / z(3).norm(), z(4) / z(4).norm()
    angle = torch.arccos((a * b).sum())
    for t in (0.25, 0.6):
        expected = (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
        torch.testing.assert_close(slerp(a, b, t), expected)


@given(
    st.integers(0, 99), st.floats(-20, 0), st.floats(0, 1), st.sampled_from([1.0, -1.0]), st.integers(1, 9)
)
def test_slerp_is_smooth_near_parallel_and_opposite(seed, power, t, sign, dims):
    a = z(seed, dims)
    b = sign * a + 10**power * z(seed + 1, dims)
    point = slerp(a, b, t)
    assert torch.isfinite(point).all()
    if dims > 1 and b.norm() > 0:
        between = (1 - t) * a.norm() + t * b.norm()
        assert point.norm().item() == pytest.approx(between.item(), rel=1e-9)
        angle = np.arctan2(
            np.linalg.norm(unit(b) - unit(b) @ unit(a) * unit(a)), unit(a) @ unit(b)
        )  # independent of which arc is taken
        assert unit(point) @ unit(a) == pytest.approx(np.cos(t * angle), abs=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_slerp_arrives_even_where_arcs_are_not_unique(sign):
    a = z(5)
    torch.testing.assert_close(slerp(a, sign * a, 0.0), a)
    torch.testing.assert_close(slerp(a, sign * a, 1.0), sign * a)
    assert torch.equal(slerp(a, sign * a, 0.3), slerp(a, sign * a, 0.3))


def test_slerp_with_a_zero_vector():
    a, zero = z(6), torch.zeros(1, 8).double()
    torch.testing.assert_close(slerp(a, zero, 0.25), 0.75 * a)
    torch.testing.assert_close(slerp(zero, a, 0.25), 0.25 * a)
    assert torch.equal(slerp(zero, zero, 0.5), zero)


def test_slerp_of_a_batch_is_slerp_of_each_row():
    a, b = normal_from_seed(1, 5, 8), normal_from_seed(2, 5, 8)
    a[2] = b[2]
    rows = torch.cat([slerp(a[i : i + 1], b[i : i + 1], 0.3) for i in range(5)])
    torch.testing.assert_close(slerp(a, b, 0.3), rows)
    assert slerp(a, b, 0.3).dtype == torch.float32


def test_lerp_and_mean_are_straight():
    a, b, c = z(1), z(2), z(3)
    torch.testing.assert_close(lerp(a, b, 0.25), 0.75 * a + 0.25 * b)
    points = torch.stack([a, b, c])
    torch.testing.assert_close(
        mean(points, [0.2, 0.3, 0.5]), torch.from_numpy(np.average(points, axis=0, weights=[2, 3, 5]))
    )


@pytest.mark.parametrize("t", [0.0, 0.2, 0.5, 1.0])
def test_spherical_mean_of_two_is_slerp(t):
    a, b = z(1), z(2)
    torch.testing.assert_close(
        spherical_mean(torch.stack([a, b]), [1 - t, t]), slerp(a, b, t), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("weights", [(0.2, 0.3, 0.5), (0.6, 0.1, 0.3), (0.25, 0.25, 0.25, 0.25)])
@pytest.mark.parametrize("dims", [3, 6])
def test_spherical_mean_has_the_least_squared_angles(weights, dims):
    points = torch.stack([z(seed, dims) for seed in range(len(weights))])
    units = np.stack([unit(point) for point in points])

    def cost(x):
        angles = np.arccos(np.clip(units @ (x / np.linalg.norm(x)), -1, 1))
        return float(np.dot(weights, angles**2))

    found = spherical_mean(points, weights)
    starts = [*units, np.average(units, axis=0, weights=weights), unit(found)]
    best = min(
        (minimize(cost, start, method="Nelder-Mead", tol=1e-12) for start in starts), key=lambda r: r.fun
    )
    assert cost(unit(found)) <= best.fun + 1e-9
    lengths = points.norm(dim=-1).ravel().numpy()
    assert found.norm().item() == pytest.approx(np.dot(weights, lengths))


@given(st.lists(st.sampled_from([0, 1, 2, -1, -2, 9]), min_size=1, max_size=5))
def test_spherical_mean_is_finite_whatever_the_points(picks):
    points = torch.stack(
        [torch.zeros(1, 4) if p == 9 else (-1 if p < 0 else 1) * z(abs(p), 4) for p in picks]
    )
    found = spherical_mean(points, [1 / len(picks)] * len(picks))
    assert torch.isfinite(found).all()


def test_patch_meets_its_corners_and_edges():
    corners = torch.stack([z(seed) for seed in range(4)])
    for number, (u, v) in enumerate([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]):
        for spherical in (True, False):
            torch.testing.assert_close(patch(corners, u, v, spherical=spherical), corners[number])
    torch.testing.assert_close(patch(corners, 0.3, 0.0, spherical=True), slerp(corners[0], corners[1], 0.3))
    torch.testing.assert_close(patch(corners, 1.0, 0.6, spherical=True), slerp(corners[1], corners[3], 0.6))
    weights = [0.7 * 0.4, 0.3 * 0.4, 0.7 * 0.6, 0.3 * 0.6]
    torch.testing.assert_close(
        patch(corners, 0.3, 0.6, spherical=False),
        torch.from_numpy(np.average(corners, axis=0, weights=weights)),
    )
