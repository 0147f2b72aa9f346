"""Directions learned from pictures that a person marked: "more like these, less like those".

As in Shen et al. 2020 (InterFaceGAN, arXiv:1907.10786, section 3) a boundary between the two sides is fitted by
regularised logistic regression in the space of codes: w where a model has one, z otherwise. With six pictures and
hundreds of numbers the regularisation decides: codes are whitened, and weights cost less along the directions that
change pictures more (`pca`), so that noise in numbers that hardly show is not taken for what was meant. The
picture is moved along the covariance times the boundary's normal: the way on which the model's own codes change
when the marked property does (Haufe et al. 2014, "On the interpretation of weight vectors of linear models",
equation 6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.errors import RecipeError
from latentlab.latents import logistic, resolve
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.lesson import FEWEST, Lesson
from latentlab.latents.pca import padded
from latentlab.latents.recipe import Recipe
from latentlab.latents.sampling import Cancelled, Moments, Progress, code_moments, draws, latent_part
from latentlab.latents.sources import PhotoLoader
from latentlab.models.generator import Generator

Floats = NDArray[np.float64]

_SAMPLES = 4096
_NOTHING = 1e-8
"""Share of the largest variance below which a dimension of the codes is rounding."""
_FLOOR = 0.02
"""What a dimension costs at most, as the inverse of its share of the mean: nothing is ruled out."""
_CONTRAST = 4
"""Random pictures per marked one where only one side was marked."""
_LEFT = 0.05
"""Length that must be left of a direction once others were taken out of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A direction, and how far it is to be trusted."""

    direction: Direction
    right: tuple[bool, ...]
    """For each marked picture, A then B: whether it falls on its side when it is left out of the fit."""
    ridge: float
    """Regularisation that was chosen."""

    @property
    def accuracy(self) -> float:
        """Share of the marked pictures that are told right when left out: cross-validated."""
        return sum(self.right) / len(self.right)


@dataclass(frozen=True, slots=True, eq=False)
class CodeSpace:
    """How a model's codes vary, and which of it shows in pictures."""

    mean: Floats
    """(D,), D is `Capabilities.latent_dims`."""
    root: Floats
    """(D, K): root @ root.T is the covariance of the codes."""
    unroot: Floats
    """(K, D): what turns centred codes into K uncorrelated numbers of variance 1."""
    scale: Floats
    """(K, K): root of what a weight may be, mean diagonal 1 / K: numbers that show more may weigh more."""

    def features(self, codes: Floats) -> Floats:
        """Codes (N, D) as what the regression sees, (N, K), of mean squared length about 1."""
        features: Floats = (codes - self.mean) @ self.unroot.T @ self.scale
        return features

    def step(self, normal: Floats) -> Floats:
        """The unit vector (D,) along which codes go when a boundary's score rises; `normal` is (K,)."""
        step: Floats = self.root @ (self.scale @ normal)
        return step / max(float(np.linalg.norm(step)), 1e-30)


def code_space(moments: Moments, components: Iterable[Direction]) -> CodeSpace:
    """Gather what is known of a model's codes.

    Args:
        moments: of its own samples.
        components: `pca` of it, with the share of the pictures' variance that each explains.
    """
    covariance = moments.covariance.numpy()
    variances, axes = np.linalg.eigh(covariance)
    kept = variances > _NOTHING * variances[-1]
    lengths = np.sqrt(variances[kept])
    root, unroot = axes[:, kept] * lengths, (axes[:, kept] / lengths).T
    size = len(lengths)
    shown = np.zeros((size, size))
    for direction in components:
        way = unroot @ direction.vector[: len(covariance)].astype(np.float64) * direction.sigma
        shown += (direction.explained or 0.0) * np.outer(way, way)
    shown = shown * size / trace if (trace := float(np.trace(shown))) > 0 else np.eye(size)
    values, turned = np.linalg.eigh(shown + _FLOOR * np.eye(size))
    scale = (turned * np.sqrt(values.clip(0.0) / values.sum())) @ turned.T
    return CodeSpace(moments.mean.numpy(), root, unroot, scale)


def learn(
    lesson: Lesson,
    generator: Generator,
    known: DirectionSet,
    *,
    photo: PhotoLoader | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Learned | None:
    """Learn a direction, in the calling thread, within seconds; None when cancelled.

    Args:
        known: what the marked recipes and `Lesson.keep` may name, with the model's "pca:..." directions.
        photo: loads the photos of marked recipes.

    Raises:
        RecipeError: too few pictures are marked, one of them does not fit the model, or nothing is left of the
            direction once others were taken out of it.
    """
    _check(lesson)
    moments = code_moments(generator, _SAMPLES, progress=progress, cancelled=cancelled)
    if moments is None:
        return None
    space = code_space(moments, (item for item in known if item.id.startswith("pca:")))
    more = marked_codes(lesson.more, generator, known, photo)
    less = (
        marked_codes(lesson.less, generator, known, photo) if lesson.less else _random(generator, len(more))
    )
    marked = np.arange(len(more) + len(less)) < len(more)
    rows = space.features(np.concatenate([more, less]))
    boundary, ridge = logistic.fit_chosen(rows, marked)
    checked = logistic.cross_validated(rows, marked)
    vector = without(
        space.step(boundary.normal), [known[item].vector[: len(space.mean)] for item in lesson.keep]
    )
    right = tuple(bool(item) for item in checked.right[: len(lesson.more) + len(lesson.less)])
    return Learned(_direction(lesson, generator, vector, moments, right), right, ridge)


def marked_codes(
    recipes: Sequence[Recipe], generator: Generator, known: DirectionSet, photo: PhotoLoader | None = None
) -> Floats:
    """Latent parts of the codes that draw these pictures, averaged over layers, (N, latent_dims)."""
    codes = resolve.codes_of_many(recipes, generator, known, photo)
    result: Floats = latent_part(generator, codes).numpy()
    return result


def without(vector: Floats, others: Sequence[NDArray[np.float32]]) -> Floats:
    """A unit vector (D,) made perpendicular to others, so that moving along it moves along none of them.

    Raises:
        RecipeError: nearly nothing is left.
    """
    if not others:
        return vector
    stacked = np.stack([_single(other) for other in others]).astype(np.float64)
    basis = np.linalg.svd(stacked, full_matrices=False)
    span = basis[2][basis[1] > 1e-6 * basis[1][0]]
    left = vector - span.T @ (span @ vector)
    length = float(np.linalg.norm(left))
    if length < _LEFT:
        raise RecipeError(
            "What tells these pictures apart lies within the directions that are kept fixed: keep fewer of them, "
            "or mark pictures that differ in more."
        )
    unit: Floats = left / length
    return unit


def cosine(one: Direction, other: Direction) -> float:
    """How alike two directions are as vectors: 1 the same, 0 at right angles, -1 opposite."""
    first, second = (_single(item.vector).astype(np.float64) for item in (one, other))
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float(first @ second / lengths) if lengths > 0 else 0.0


def along(codes: Floats, direction: Direction) -> list[float]:
    """Where latent parts of codes (N, latent_dims) lie along a direction, in its standard deviations."""
    vector = _single(direction.vector)[: codes.shape[1]].astype(np.float64)
    places = codes @ vector / max(float(vector @ vector) * direction.sigma, 1e-30)
    return [float(place) for place in places]


def _single(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """One vector in place of one per layer: their mean."""
    mean: NDArray[np.float32] = vector if vector.ndim == 1 else vector.mean(0)
    return mean


def _check(lesson: Lesson) -> None:
    if len(lesson.more) < FEWEST or 0 < len(lesson.less) < FEWEST:
        raise RecipeError(
            f"{len(lesson.more)} pictures are marked A and {len(lesson.less)} B: mark at least {FEWEST} of each, "
            "or none B to compare with random pictures."
        )
    if set(lesson.more) & set(lesson.less):
        raise RecipeError("A picture is marked both A and B: take one of its marks away.")


@torch.no_grad()
def _random(generator: Generator, count: int) -> Floats:
    """Codes of random pictures, several per marked one."""
    drawn = next(iter(draws(generator, _CONTRAST * count, _CONTRAST * count)))
    result: Floats = latent_part(generator, generator.map(drawn.z, drawn.condition)).numpy()
    return result


def _direction(
    lesson: Lesson, generator: Generator, vector: Floats, moments: Moments, right: Sequence[bool]
) -> Direction:
    tensor = torch.from_numpy(vector)
    counts = f"{len(lesson.more)} + {len(lesson.less)}" if lesson.less else str(len(lesson.more))
    stored = padded(generator, tensor).numpy()
    return Direction(
        id=f"learned:{hashlib.sha256(stored.tobytes()).hexdigest()[:16]}",
        name=lesson.name,
        vector=stored,
        sigma=moments.sigma(tensor),
        about=f"learned from {counts} pictures; {sum(right)} of {len(right)} told right when left out",
    )
