"""How often samples show what the labels and captions of the data name, and what of it is lost.

A linear detector of each trait is fitted on four fifths of the data and tried on the others, in turn, so that what
it misses and what it imagines are known; the share that it sees among samples is corrected by both. Adjusted
counting: Forman 2008, "Quantifying counts and costs via classification".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.distances import Features
from latentlab.diagnosis.estimate import share_with_interval

_FEWEST = 12
"""Items that must have a trait, and that must not."""
_MOST_WORDS = 60
_FOLDS = 5
_SAME = 0.95
"""Share of the items with either of two names that have both."""
_RELIABLE = 0.3
"""Least difference between the shares that a detector finds among items with and without a trait."""
_LOST = 0.3
"""A trait is lost when its share of the samples is surely below this part of its share of the data."""


_EXPECTED = 1.0
"""Items that should have both of two traits by chance: where none has, one excludes the other."""
_AT_ONCE = 1.5
"""Sum of the shares of traits that exclude each other from which on they are not believed; it is 1 at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Traits that can be told, the most frequent first."""

    names: tuple[str, ...]
    rows: NDArray[np.bool_]
    """(N, G): which items of the data have which."""
    real: NDArray[np.float64]
    """(G,) share of the data."""
    generated: NDArray[np.float64]
    """(G, 3) share of the samples: value, low, high."""
    lost: NDArray[np.bool_]
    """(G,)."""


def named(
    labels: NDArray[np.int64] | None, class_names: Sequence[str], captions: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Traits by name, and which of N items have them, (N, G)."""
    names: list[str] = []
    columns: list[NDArray[np.bool_]] = []
    if labels is not None:
        for number, name in enumerate(class_names):
            names.append(name)
            columns.append(labels == number)
    if captions:
        words = [frozenset(terms(caption)) for caption in captions]
        counts = Counter(word for found in words for word in found)
        for word, _ in counts.most_common(_MOST_WORDS):
            has = np.array([word in found for found in words])
            names.append(word)
            columns.append(has)
    wanted: list[tuple[str, NDArray[np.bool_]]] = []
    for name, column in zip(names, columns, strict=True):
        telling = _FEWEST <= column.sum() <= len(column) - _FEWEST
        if telling and not any(_same(column, known) for _, known in wanted):
            wanted.append((name, column))
    if not wanted:
        return (), np.zeros((0, 0), bool)
    return tuple(name for name, _ in wanted), np.stack([column for _, column in wanted], 1)


def terms(caption: str) -> list[str]:
    """What a caption names: its parts between commas, "and" and "with" where it has any, else its words."""
    parts = [part.strip() for part in re.split(r",|\band\b|\bwith\b", caption.lower()) if part.strip()]
    return parts if len(parts) > 1 else re.findall(r"[^\W_]+", caption.lower())


def shares(
    names: tuple[str, ...], rows: NDArray[np.bool_], real: Features, fake: Features, *, seed: int = 0
) -> Traits:
    """Look for traits among samples.

    Args:
        names: G of them.
        rows: (N, G): which items have which.
        real: (N, D) of the items.
        fake: (M, D) of the samples.
        seed: of the parts.
    """
    order = np.random.default_rng(seed).permutation(len(real))
    seen, hit, imagined = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for tried in np.array_split(order, _FOLDS):
        fitted = np.setdiff1d(order, tried)
        weights, limits = _detectors(np.asarray(real[fitted], np.float64), rows[fitted])
        found = _answers(real[tried], weights) > limits
        has = rows[tried]
        hit += (found & has).sum(0) / rows.sum(0)
        imagined += (found & ~has).sum(0) / (~rows).sum(0)
        seen += (_answers(fake, weights) > limits).mean(0) / _FOLDS
    return corrected(names, rows, hit, imagined, seen, len(fake))


def classified(
    names: Sequence[str],
    labels: NDArray[np.int64],
    tried: NDArray[np.int64],
    answers: NDArray[np.int64],
    seen: NDArray[np.int64],
) -> Traits:
    """The same of classes, by a classifier.

    Args:
        names: of the classes.
        labels: (N,) of the data.
        tried: (n,) classes of items that the classifier did not learn from.
        answers: (n,) what it took them for.
        seen: (M,) what it took samples for.
    """
    chosen = [number for number in range(len(names)) if (labels == number).sum() >= _FEWEST]
    chosen = [number for number in chosen if (tried == number).any()]
    hit = np.array([(answers[tried == number] == number).mean() for number in chosen])
    imagined = np.array([(answers[tried != number] == number).mean() for number in chosen])
    found = np.array([(seen == number).mean() for number in chosen])
    rows = (
        np.stack([labels == number for number in chosen], 1) if chosen else np.zeros((len(labels), 0), bool)
    )
    return corrected(tuple(names[number] for number in chosen), rows, hit, imagined, found, len(seen))


def joined(first: Traits, second: Traits) -> Traits:
    """Both; of traits with one name the first one's."""
    extra = [row for row, name in enumerate(second.names) if name not in first.names]
    return Traits(
        (*first.names, *(second.names[row] for row in extra)),
        np.concatenate([first.rows, second.rows[:, extra]], 1),
        np.concatenate([first.real, second.real[extra]]),
        np.concatenate([first.generated, second.generated[extra]]),
        np.concatenate([first.lost, second.lost[extra]]),
    )


def believable(found: Traits) -> tuple[Traits, tuple[str, ...]]:
    """Without traits that detectors see in samples where they cannot be: one head with three colours of skin.

    Samples that look like nothing in the data answer to everything: what a detector says of them means nothing.

    Returns:
        The others, and the names that were left out.
    """
    wrong = contradictory(found.rows, found.real, found.generated[:, 0])
    keep = ~wrong
    return Traits(
        tuple(name for name, kept in zip(found.names, keep, strict=True) if kept),
        found.rows[:, keep],
        found.real[keep],
        found.generated[keep],
        found.lost[keep],
    ), tuple(name for name, left_out in zip(found.names, wrong, strict=True) if left_out)


def contradictory(
    rows: NDArray[np.bool_], real: NDArray[np.float64], generated: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of G traits exclude each other in the data (N, G), and have more than all samples together, (G,)."""
    together = rows.T.astype(np.int64) @ rows.astype(np.int64)
    exclusive = (together == 0) & (len(rows) * np.outer(real, real) >= _EXPECTED)
    wrong = np.zeros(len(real), bool)
    for first in range(len(real)):
        group = [first]
        for other in np.argsort(-generated, kind="stable"):
            if exclusive[other, group].all():
                group.append(int(other))
        if generated[group].sum() > _AT_ONCE:
            wrong[group] = True
    return wrong


def corrected(
    names: tuple[str, ...],
    rows: NDArray[np.bool_],
    hit: NDArray[np.float64],
    imagined: NDArray[np.float64],
    seen: NDArray[np.float64],
    samples: int,
) -> Traits:
    """Shares among samples from what detectors see, miss and imagine, (G,) each."""
    share = rows.mean(0)
    told = hit - imagined >= _RELIABLE
    generated = np.empty((len(names), 3))
    for number in range(len(names)):
        raw = share_with_interval(round(seen[number] * samples), samples)
        scale = max(hit[number] - imagined[number], 1e-9)
        values = [(value - imagined[number]) / scale for value in (raw.value, raw.low, raw.high)]
        generated[number] = np.clip(values, 0.0, 1.0)
    lost = (generated[:, 2] < _LOST * share) | (
        (generated[:, 0] < 0.2 * share) & (generated[:, 2] < 0.6 * share)
    )
    return Traits(
        tuple(name for name, keep in zip(names, told, strict=True) if keep),
        rows[:, told],
        share[told],
        generated[told],
        lost[told],
    )


def common(rows: NDArray[np.bool_], names: Sequence[str], members: NDArray[np.integer]) -> str:
    """What some items (indices) have in common beside the whole data: a trait's name, or ""."""
    if not len(names) or not len(members):
        return ""
    share, usual = rows[members].mean(0), rows.mean(0)
    score = np.where(share >= 0.6, share - usual, 0.0)
    best = int(score.argmax())
    return names[best] if score[best] >= 0.25 else ""


def _same(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> bool:
    """Whether two names mean nearly the same items: a class, and the word that captions have for it."""
    return bool((first & second).sum() >= _SAME * (first | second).sum())


def _detectors(
    features: NDArray[np.float64], rows: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ridge regression on the traits, (D + 1, G), and the answers above which a trait counts as seen, (G,)."""
    x = _with_one(features)
    gram = x.T @ x
    ridge = 0.02 * np.trace(gram) / len(gram)
    weights = np.linalg.solve(gram + ridge * np.eye(len(gram)), x.T @ rows.astype(np.float64))
    answers = x @ weights
    limits = np.array(
        [np.quantile(answers[:, number], 1 - rows[:, number].mean()) for number in range(rows.shape[1])]
    )
    return weights, limits


def _answers(features: Features, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = _with_one(np.asarray(features, np.float64)) @ weights
    return found


def _with_one(features: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([features, np.ones((len(features), 1))], 1)
