"""Repeating itself and copying the data."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.distances import nearest
from latentlab.diagnosis.duplicates import (
    closest_pairs,
    pairs_within,
    same_picture_limit,
    support_size,
    twins,
)
from latentlab.diagnosis.estimate import bootstrap, share_with_interval
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.session import Session

_PAIRS = 200
_COPY = 0.01
"""Quantile of the held-out pictures' distances below which a sample counts as a copy."""
_FEWEST_HELD_OUT = 50
_ROUNDING = 1e-6
"""Of the features' length: distances below it are 0."""


def pairs(session: Session, watch: Watch) -> None:
    """The closest pairs, and the size of the support."""
    real, fake, writer = session.real, session.fake, session.writer
    floor = _ROUNDING * float(np.linalg.norm(session.raw_real, axis=1).mean())
    apart = twins(real, watch=stretch(watch, 0.0, 0.2))[0]
    limit = max(same_picture_limit(apart), floor)
    found = closest_pairs(fake, _PAIRS, watch=stretch(watch, 0.2, 0.5))
    same = pairs_within(fake, limit, watch=stretch(watch, 0.5, 0.7))
    usual = pairs_within(real, limit, watch=stretch(watch, 0.7, 0.8))
    lengths, places = twins(fake, watch=stretch(watch, 0.8, 1.0))
    repeated = lengths <= limit
    writer.put("pairs", np.array([(pair.first, pair.second) for pair in found], np.int64).reshape(-1, 2))
    distances = np.array([pair.distance for pair in found])
    writer.put("pair_distance", distances)
    writer.put("pair_same", distances <= limit)
    writer.put("generated_twin", places)
    writer.put("generated_twin_distance", lengths)
    writer.put("generated_repeated", repeated)
    # A picture of few has its nearest other one farther away than it would have among many.
    usual_share = min(1.0, float((apart <= limit).mean()) * max(1.0, len(fake) / len(real)))
    support, data = support_size(len(fake), same), support_size(len(real), usual)
    session.figure(
        "repeated",
        "repetition",
        "Samples that repeat another",
        "share of samples whose nearest other one is closer than different pictures of the data are",
        share_with_interval(int(repeated.sum()), len(fake)),
        f"{int(repeated.sum())} of {len(fake)} samples are as good as equal to another one.",
        data=usual_share,
        better="lower",
    )
    session.figure(
        "support",
        "repetition",
        "Different pictures it can draw",
        "birthday estimate of the support, Arora & Zhang 2017",
        support,
        _support_in_words(support.value, support.low, support.high),
        data=data.value,
        better="higher",
        bias="A lower end: a generator with favourites draws more.",
    )


def copies(session: Session, watch: Watch) -> None:
    """Samples beside their nearest training pictures."""
    writer, training = session.writer, session.real[session.training]
    rows = np.flatnonzero(session.training)
    lengths, places = nearest(session.fake, training, watch=stretch(watch, 0.0, 0.8))
    writer.put("generated_nearest", rows[places])
    writer.put("generated_nearest_distance", lengths)
    held = session.real[~session.training]
    usual = nearest(held, training, watch=stretch(watch, 0.8, 1.0))[0] if len(held) else np.zeros(0)
    floor = _ROUNDING * float(np.linalg.norm(session.raw_real, axis=1).mean())
    if len(usual) >= _FEWEST_HELD_OUT:
        limit, expected = max(float(np.quantile(usual, _COPY)), floor), float((usual <= floor).mean()) + _COPY
    else:
        limit, expected = max(same_picture_limit(twins(session.real)[0]), floor), 0.001
    copied = lengths <= limit
    writer.put("held_out_nearest_distance", usual)
    writer.put("generated_copy", copied)
    pairs_found = writer.arrays.get("pairs")
    if pairs_found is not None and len(pairs_found):
        either = np.where(lengths[pairs_found[:, 0]] <= lengths[pairs_found[:, 1]], *pairs_found.T)
        writer.put("pair_real", rows[places[either]])
        writer.put("pair_real_distance", lengths[either])
        writer.put("pair_copy", copied[either])
    session.figure(
        "copied",
        "copying",
        "Samples that copy a training picture",
        f"share nearer to a training item than {1 - _COPY:.0%} of held-out items are",
        share_with_interval(int(copied.sum()), len(copied)),
        f"{int(copied.sum())} of {len(copied)} samples are nearer to a training picture than new pictures of the "
        f"same kind usually are; {expected:.1%} would be by chance.",
        data=expected,
        better="lower",
    )
    if len(usual) >= _FEWEST_HELD_OUT:
        ratio = bootstrap(
            lambda ours, new: float(np.median(ours) / max(np.median(new), floor)), lengths, usual
        )
        session.figure(
            "nearest_ratio",
            "copying",
            "Distance to the nearest training picture",
            "median over samples, of that over held-out items; Meehan et al. 2020 "
            "(arXiv:2004.05675) test the same",
            ratio,
            f"Samples are {ratio.value:.2f} times as far from the training pictures as new pictures "
            f"are; well below 1 it "
            "copies, well above 1 it draws something else.",
            data=1.0,
            better="data",
        )


def _support_in_words(value: float, low: float, high: float) -> str:
    if not np.isfinite(value):
        return f"No two samples are the same: it draws at least {low:,.0f} different pictures."
    to = f" to {high:,.0f}" if np.isfinite(high) else ""
    return f"It draws about {value:,.0f} different pictures ({low:,.0f}{to})."
