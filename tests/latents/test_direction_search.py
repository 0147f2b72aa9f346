"""Directions found on models, against scikit-learn, scipy and models whose directions are known."""

import logging
from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression

from latentlab import places
from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.direction_search import find_all, find_directions
from latentlab.latents.pca import pca
from latentlab.latents.random_directions import random_directions
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.latents.sampling import code_moments, draws
from latentlab.latents.sefa import sefa
from tests.toy_generator import ToyConfig, ToyGenerator, toy_plain, toy_style, toy_translator


def vectors(found) -> np.ndarray:
    return np.stack([direction.vector for direction in found]).astype(np.float64)


def column(found, name: str) -> np.ndarray:
    return np.array([getattr(direction, name) for direction in found])


def sampled_w(generator, count: int) -> np.ndarray:
    rows = [generator.map(draw.z, draw.condition)[:, 0] for draw in draws(generator, count, 512)]
    return torch.cat(rows).double().numpy()


@pytest.mark.parametrize("classes", [0, 3])
def test_pca_of_w_is_scikit_learns(classes):
    toy = toy_style(num_classes=classes, z_dim=12, w_dim=9)
    found = pca(toy)
    expected = PCA(svd_solver="full").fit(sampled_w(toy, 16_384))
    assert [direction.id for direction in found] == [f"pca:{index}" for index in range(9)]
    assert vectors(found).shape == (9, 9)
    cosines = (vectors(found) * expected.components_).sum(1)
    np.testing.assert_allclose(np.abs(cosines), 1, atol=1e-6)
    np.testing.assert_allclose(column(found, "sigma") ** 2, expected.explained_variance_, rtol=1e-6)
    np.testing.assert_allclose(column(found, "explained"), expected.explained_variance_ratio_, rtol=1e-6)


def test_moments_are_numpys_whatever_the_offset():
    toy = toy_style()
    toy.mapping.bias.data += 1000.0
    codes = sampled_w(toy, 1500)
    moments = code_moments(toy, 1500)
    np.testing.assert_allclose(moments.mean, codes.mean(0), rtol=1e-12)
    np.testing.assert_allclose(moments.covariance, np.cov(codes.T), rtol=1e-8, atol=1e-9)


class Linear(ToyGenerator):
    """A picture that is a known linear map of z, with a constant and, if asked, an even part."""

    def __init__(self, matrix: np.ndarray, even: float = 0.0, classes: int = 0) -> None:
        super().__init__(ToyConfig("plain", z_dim=matrix.shape[1], noise=False, num_classes=classes))
        self.matrix, self.even = torch.from_numpy(matrix).float(), even

    def synthesize(self, codes, noise=None, image=None):
        z = codes[:, 0, : self.config.z_dim]
        return (z @ self.matrix.T + 0.5 + self.even * z[:, :1] ** 2).view(-1, 3, 16, 16)


@pytest.mark.parametrize("even", [0.0, 3.0])
def test_without_w_the_directions_are_those_that_the_picture_answers_to(even):
    random = np.random.RandomState(0)
    left = np.linalg.qr(random.randn(768, 5))[0]
    right = np.linalg.qr(random.randn(5, 5))[0]
    strengths = np.array([5.0, 3.0, 2.0, 1.0, 0.5])
    found = pca(Linear(left * strengths @ right.T, even))
    np.testing.assert_allclose(np.abs((vectors(found) * right.T).sum(1)), 1, atol=1e-3)
    np.testing.assert_allclose(column(found, "sigma"), 1, atol=0.02)
    if not even:
        expected = strengths**2 / (strengths**2).sum()
        np.testing.assert_allclose(column(found, "explained"), expected, rtol=0.2)


def test_the_fit_is_scikit_learns_least_squares():
    toy = toy_plain(z_dim=6)
    found = pca(toy)
    z = torch.cat([draw.z for draw in draws(toy, 256, 64)])
    shown = [toy.synthesize(toy.map(sign * z)).flatten(1).double().numpy() for sign in (1, -1)]
    response = (shown[0] - shown[1]) / 2
    z = z.double().numpy()
    matrix = LinearRegression(fit_intercept=False).fit(z, response).coef_
    covariance = np.cov(sampled_w(toy, 16_384).T)
    root = scipy.linalg.sqrtm(covariance)
    _, changes, axes = np.linalg.svd(matrix @ root, full_matrices=False)
    moved = axes @ root
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    np.testing.assert_allclose(np.abs((vectors(found) * moved).sum(1)), 1, atol=1e-5)
    np.testing.assert_allclose(column(found, "sigma") ** 2, np.diag(moved @ covariance @ moved.T), rtol=1e-5)
    total = np.concatenate(shown).var(0, ddof=1).sum()
    np.testing.assert_allclose(column(found, "explained"), changes**2 / total, rtol=1e-5)


def test_numbers_of_z_that_do_nothing_are_no_direction():
    matrix = np.zeros((768, 5))
    matrix[:, 3] = 1.0
    found = pca(Linear(matrix))
    assert len(found) == 1
    np.testing.assert_allclose(vectors(found)[0], np.eye(5)[3], atol=0.01)


def test_a_model_that_always_draws_the_same_has_no_direction():
    assert len(pca(Linear(np.zeros((768, 5))))) == 0


@pytest.mark.parametrize("make", [toy_style, toy_plain])
@pytest.mark.parametrize("method", [pca, sefa, lambda toy: random_directions(toy, 3)])
def test_vectors_are_units_with_a_sign_and_leave_the_condition(make, method):
    toy = make(num_classes=3)
    found = method(toy)
    rows = vectors(found)
    assert rows.shape[1] == toy.capabilities.code_dim
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    assert (rows[:, toy.capabilities.latent_dims :] == 0).all()
    again = method(make(num_classes=3))
    assert list(again) == list(found)
    for direction in found:
        moved = Recipe(SeedSource(1), directions=(DirectionWeight(direction.id, 1.0),))
        change = resolve.codes(moved, toy, found) - resolve.codes(Recipe(SeedSource(1)), toy)
        np.testing.assert_allclose(change[0, 0].numpy(), direction.vector * direction.sigma, atol=1e-5)


@pytest.mark.parametrize("method", [pca, sefa])
def test_the_largest_number_is_positive_and_the_strongest_comes_first(method):
    found = method(toy_style(z_dim=20, w_dim=12))
    rows = vectors(found)
    assert (rows[np.arange(len(rows)), np.abs(rows).argmax(1)] > 0).all()
    assert all(a >= b for a, b in pairwise(column(found, "explained")))


@pytest.mark.parametrize(("first", "last", "prefix"), [(0, None, "sefa:"), (1, 2, "sefa:1-2:")])
def test_sefa_is_scipys_eigenvectors_of_the_weights(first, last, prefix):
    toy = toy_style(z_dim=12, w_dim=9)
    found = sefa(toy, first=first, last=last)
    end = 3 if last is None else last
    stacked = torch.cat(
        [
            affine.weight
            for index, block in enumerate(toy.toy_blocks)
            for code, affine in zip((index, index + 1), block.affines, strict=True)
            if first <= code <= end
        ]
    ).double()
    values, columns = scipy.linalg.eigh(stacked.T @ stacked)
    np.testing.assert_allclose(np.abs((vectors(found) * columns[:, ::-1].T).sum(1)), 1, atol=1e-6)
    np.testing.assert_allclose(column(found, "explained"), values[::-1] / values.sum(), rtol=1e-6)
    spread = (sampled_w(toy, 4096) @ vectors(found).T).std(0, ddof=1)
    np.testing.assert_allclose(column(found, "sigma"), spread, rtol=1e-5)
    assert [direction.id for direction in found] == [f"{prefix}{index}" for index in range(9)]


def test_sefa_of_a_plain_model_uses_the_first_layers_latent_columns():
    toy = toy_plain(num_classes=3)
    weight = toy.project.linear.weight[:, :8].double()
    _, columns = scipy.linalg.eigh(weight.T @ weight)
    np.testing.assert_allclose(np.abs((vectors(sefa(toy))[:, :8] * columns[:, ::-1].T).sum(1)), 1, atol=1e-6)
    with pytest.raises(RecipeError, match="no layers 3 to 5"):
        sefa(toy, first=3, last=5)


def test_the_first_direction_changes_the_picture_more_than_the_last():
    toy = toy_plain(z_dim=16)
    found = pca(toy)

    def change(index: int) -> float:
        pictures = [
            toy.synthesize(
                resolve.codes(
                    Recipe(SeedSource(5), directions=(DirectionWeight(f"pca:{index}", weight),)), toy, found
                )
            )
            for weight in (-1.0, 1.0)
        ]
        return float((pictures[0] - pictures[1]).square().mean())

    assert change(0) > 4 * change(len(found) - 1)


def test_random_directions_are_orthogonal_and_do_not_depend_on_their_number():
    toy = toy_style(w_dim=12)
    many = random_directions(toy, 7, 10)
    rows = vectors(many)
    np.testing.assert_allclose(rows @ rows.T, np.eye(10), atol=1e-6)
    np.testing.assert_allclose(vectors(random_directions(toy, 7, 4)), rows[:4], atol=1e-6)
    assert len(random_directions(toy, 7, 99)) == 12
    assert not np.allclose(vectors(random_directions(toy, 8, 4)), rows[:4], atol=0.1)
    full = random_directions(toy, 7, 12)
    assert column(full, "explained").sum() == pytest.approx(1)


def test_a_translator_has_no_directions():
    toy = toy_translator()
    assert len(pca(toy)) == len(sefa(toy)) == len(random_directions(toy, 0)) == 0


@pytest.mark.parametrize("make", [toy_style, toy_plain])
def test_progress_rises_to_one_and_cancelling_stops_at_the_next_batch(make):
    told: list[tuple[float, str]] = []
    assert find_all(make(), "m1", progress=lambda share, text: told.append((share, text))) is not None
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(text for _, text in told)
    asked = iter([False, False, True])
    told.clear()
    found = find_directions(
        make(),
        "pca",
        "m2",
        progress=lambda share, text: told.append((share, text)),
        cancelled=lambda: next(asked),
    )
    assert found is None
    assert len(told) == 2
    assert not list(places.cache_dir().rglob("*m2*/*"))


class Unwilling(ToyGenerator):
    """Must not be asked."""

    def map(self, z, condition=None):
        if hasattr(self, "ready"):
            raise AssertionError("the cache was not used")
        return super().map(z, condition)


def unwilling() -> ToyGenerator:
    generator = Unwilling(ToyConfig())
    generator.ready = True
    return generator


def test_found_once_it_is_read_from_the_cache():
    found = find_all(toy_style(), "abc123")
    again = find_all(unwilling(), "abc123")
    assert list(again) == list(found)
    assert [direction.id.split(":")[0] for direction in found] == ["pca"] * 6 + ["sefa"] * 6
    with pytest.raises(AssertionError):
        find_all(unwilling(), "another model")
    find_directions(toy_style(), "random", "abc123", seed=4)
    assert find_directions(unwilling(), "random", "abc123", seed=4).ids[0] == "random:4:0"
    with pytest.raises(AssertionError):
        find_directions(unwilling(), "random", "abc123", seed=5)
    with pytest.raises(AssertionError):
        find_directions(unwilling(), "sefa", "abc123", first=1)


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"0" * 64 + b"\n{}", None])
def test_a_damaged_cache_is_made_again(damage, caplog):
    found = find_directions(toy_style(), "pca", "abc")
    (path,) = places.cache_dir().rglob("*.json")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        again = find_directions(toy_style(), "pca", "abc")
    assert list(again) == list(found)
    assert "computed again" in caplog.text
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_no_room_for_the_cache_is_no_failure(caplog):
    places.cache_dir().parent.mkdir(parents=True, exist_ok=True)
    places.cache_dir().write_text("a file where the folder should be")
    assert len(find_directions(toy_style(), "pca", "abc")) == 6
    assert "cannot be kept" in caplog.text


def test_a_fingerprint_cannot_lead_out_of_the_cache():
    find_directions(toy_style(), "pca", "../../outside")
    (path,) = places.cache_dir().rglob("*.json")
    assert path.parent.parent == places.cache_dir() / "directions"
