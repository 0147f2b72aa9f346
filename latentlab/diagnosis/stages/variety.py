"""What is drawn of the data, how evenly, and what is never drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis import traits
from latentlab.diagnosis.bins import BinComparison, Bins, k_means
from latentlab.diagnosis.distances import Features, nearest
from latentlab.diagnosis.estimate import Estimate, bootstrap
from latentlab.diagnosis.features.inception import Inception
from latentlab.diagnosis.frechet import frechet_distance, frechet_estimate, kernel_distance
from latentlab.diagnosis.prdc import K, Neighbourhoods, expected_coverage, neighbourhoods
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.vendi import vendi_score

_IN_BIN = 20
"""Items of the data that a bin should have."""
_LOST = 0.1
_SHOWN = 400
"""Pictures of the never-drawn gallery."""
_MOST_GROUPS = 8
_VENDI = 1000
"""Items of each side: the score costs their cube."""


def positions(session: Session, watch: Watch) -> None:
    """The plane of data and samples: the data's first two axes."""
    session.writer.put("real_map", session.real[:, :2].astype(np.float32))
    session.writer.put("generated_map", session.fake[:, :2].astype(np.float32))


def regions(session: Session, watch: Watch) -> None:
    """Shares of regions of the data."""
    real, fake, writer = session.real, session.fake, session.writer
    bins, other = _bins(session, stretch(watch, 0.0, 0.9))
    session.bins, count = bins, len(bins.centres)
    members, drawn = bins.members(real), bins.members(fake)
    real_counts = np.bincount(members[other], minlength=count)
    whole = np.bincount(members, minlength=count)
    found = BinComparison(real_counts, np.bincount(drawn, minlength=count))
    starved = np.zeros(count, bool)
    starved[found.starved()] = True
    share_real, share_fake = whole / whole.sum(), found.fake / found.fake.sum()
    lost = starved & (share_fake <= _LOST * share_real)
    names, rows = traits.named(session.data.labels, session.data.class_names, session.data.captions)
    words = [traits.common(rows, names, np.flatnonzero(members == number)) for number in range(count)]
    writer.put("real_bin", members)
    writer.put("generated_bin", drawn)
    writer.put("bin_example", nearest(bins.centres, real)[1])
    writer.put("bin_name", np.array(words, dtype=np.str_))
    writer.put("bin_real", whole)
    if not writer.steps:
        writer.put("bin_generated", found.fake[:, None])
        writer.put("bin_z", found.z[:, None])
    writer.put("bin_starved", starved)
    writer.put("bin_lost", lost)
    chance = 0.05 * count

    def redrawn(statistic: Callable[[BinComparison], float], most: float) -> Estimate:
        def of_members(a: NDArray[Any], b: NDArray[Any]) -> float:
            counts = (np.bincount(part.astype(int), minlength=count) for part in (a, b))
            return statistic(BinComparison(*counts))

        return centred(bootstrap(of_members, members[other], drawn), most)

    def counted(statistic: Callable[[BinComparison], float]) -> Estimate:
        around = redrawn(statistic, count)
        return Estimate(around.value, math.floor(around.low), math.ceil(around.high))

    session.figure(
        "bins_differ",
        "variety",
        "Regions drawn too rarely or too often",
        "NDB, Richardson & Weiss 2018",
        counted(lambda one: float(one.different)),
        f"{found.different} of {count} regions of the data are drawn more or less often than luck explains; a "
        f"perfect generator has about {chance:.0f}.",
        data=chance,
        better="lower",
        of=count,
        bias="Few samples hide differences.",
    )
    session.figure(
        "bins_starved",
        "variety",
        "Regions drawn too rarely",
        "bins below the data's share, Benjamini & Hochberg at 5 %",
        counted(lambda one: float(len(one.starved()))),
        f"{int(starved.sum())} of {count} regions are drawn too rarely, {int(lost.sum())} of them hardly ever.",
        data=0.0,
        better="lower",
        of=count,
    )
    session.figure(
        "lost_share",
        "variety",
        "Data that is hardly ever drawn",
        "share of the data in bins with at most a tenth of their share",
        replace(redrawn(_lost_share, 1.0), value=float(share_real[lost].sum())),
        f"{share_real[lost].sum():.0%} of the data lies in regions that are hardly ever drawn.",
        data=0.0,
        better="lower",
    )
    session.figure(
        "bins_divergence",
        "variety",
        "Difference of the regions' shares",
        "Jensen-Shannon divergence over bins, nats",
        bootstrap(
            lambda a, b: (
                BinComparison(
                    np.bincount(a.astype(int), minlength=count), np.bincount(b.astype(int), minlength=count)
                ).divergence
            ),
            members[other],
            drawn,
        ),
        "0 where all regions have their share, 0.69 where samples and data have none in common.",
        data=(count - 1) / 8 * (1 / len(other) + 1 / len(drawn)),
        better="lower",
        unit="nats",
        bias="Biased upwards by few samples: compare with the figure for the data.",
    )


def centred(found: Estimate, most: float) -> Estimate:
    """An interval as wide, around the figure itself: redrawing adds differences that are luck's."""
    half = (found.high - found.low) / 2
    return Estimate(found.value, max(0.0, found.value - half), min(most, found.value + half))


def _lost_share(found: BinComparison) -> float:
    """Share of the data in bins that are drawn too rarely, and with at most a tenth of their share."""
    real, fake = found.real / found.real.sum(), found.fake / found.fake.sum()
    rows = found.starved()
    return float(real[rows][fake[rows] <= _LOST * real[rows]].sum())


def _bins(session: Session, watch: Watch) -> tuple[Bins, NDArray[np.int64]]:
    """Regions, and which items of the data their shares are compared with."""
    real, labels = session.real, session.data.labels
    if session.data.is_points and labels is not None and len(np.unique(labels)) > 1:
        # Points whose Gaussian is known: that is the region, and nothing smaller.
        centres = np.stack([real[labels == number].mean(0) for number in np.unique(labels)])
        return Bins(centres), np.arange(len(real))
    count = max(2, min(session.options.bins, len(real) // _IN_BIN))
    half = np.random.default_rng(0).permutation(len(real))[: max(count, len(real) // 2)]
    bins = k_means(real[half], count, watch=watch)
    # The half that made the bins fits them better than anything else could: shares are compared with the
    # other one.
    other = np.setdiff1d(np.arange(len(real)), half)
    return bins, other if len(other) >= 2 * count else np.arange(len(real))


def neighbours(session: Session, watch: Watch) -> None:
    """Precision, recall, density, coverage; what is never drawn."""
    real, fake, writer = session.real, session.fake, session.writer
    if min(len(real), len(fake)) <= K + 1:
        writer.notes.append("Too few items for neighbourhoods.")
        return
    found = neighbourhoods(real, fake, watch=stretch(watch, 0.0, 0.7))
    held = _held_out(session, stretch(watch, 0.7, 1.0))
    expected = expected_coverage(len(real), len(fake))
    nan = float("nan")
    session.figure(
        "coverage",
        "variety",
        "Coverage",
        "coverage, k = 5, Naeem et al. 2020",
        found.coverage,
        f"{found.coverage.value:.0%} of the data has a sample nearby; a perfect generator would have "
        f"{expected:.0%}.",
        data=expected,
        better="higher",
        bias="Grows with the number of samples.",
    )
    session.figure(
        "recall",
        "variety",
        "Recall",
        "recall, k = 5, Kynkäänniemi et al. 2019",
        found.recall,
        f"{found.recall.value:.0%} of the data lies where samples lie.",
        better="higher",
        bias="An outlier among the samples raises it.",
    )
    session.figure(
        "precision",
        "fidelity",
        "Precision",
        "precision, k = 5, Kynkäänniemi et al. 2019",
        found.precision,
        f"{found.precision.value:.0%} of the samples lie where the data lie.",
        data=held.precision.value if held else nan,
        better="higher",
        bias="An outlier among the data raises it.",
    )
    session.figure(
        "density",
        "fidelity",
        "Density",
        "density, k = 5, Naeem et al. 2020",
        found.density,
        "1 where samples lie as densely among the data as the data themselves; more is bunched together.",
        data=held.density.value if held else 1.0,
        better="data",
    )
    writer.put("real_covered", found.covered)
    writer.put("real_gap", found.gaps)
    never = np.argsort(-found.gaps, kind="stable")
    never = never[~found.covered[never]][:_SHOWN]
    writer.put("never_drawn", never)
    writer.put("never_cluster", _groups(real[never]))


def _held_out(session: Session, watch: Watch) -> Neighbourhoods | None:
    training, held = session.real[session.training], session.real[~session.training]
    return neighbourhoods(training, held, watch=watch) if min(len(training), len(held)) > 2 * K else None


def _groups(features: Features) -> NDArray[np.int64]:
    """Groups of like items, (n,), numbered by size."""
    count = min(_MOST_GROUPS, len(features) // 6)
    if count < 2:
        return np.zeros(len(features), np.int64)
    members = k_means(features, count).members(features)
    order = np.argsort(-np.bincount(members, minlength=count), kind="stable")
    rank: NDArray[np.int64] = np.argsort(order)[members]
    return rank


def spread(session: Session, watch: Watch) -> None:
    """Variety and distances between the distributions."""
    value = variety(session.real, session.fake)
    session.figure(
        "variety",
        "variety",
        "Variety beside the data",
        "ratio of Vendi scores at equal numbers, Friedman & Dieng 2022",
        value,
        f"Samples are {value.value:.2f} times as varied as the data.",
        data=1.0,
        better="data",
    )
    if session.extractor is None:
        return
    name = session.extractor.name
    inception = isinstance(session.extractor, Inception)
    if isinstance(session.extractor, Inception):
        session.figure(
            "inception_score",
            "fidelity",
            "Inception score",
            "IS, Salimans et al. 2016",
            session.extractor.score(session.raw_fake),
            "High where samples show clear and different ImageNet classes; says little about other data.",
            data=session.extractor.score(session.raw_real).value,
            better="data",
        )
    watch(0.3)
    session.figure(
        "frechet",
        "fidelity",
        "Distance to the data, in mean and spread",
        "FID" if inception else f"FD ({name})",
        frechet_estimate(session.raw_real, session.raw_fake),
        "0 where mean and covariance of the features agree; comparable only at equal numbers and features.",
        data=_chance_frechet(session),
        better="lower",
        bias="Biased upwards by few samples: compare with the figure for the data, which has that bias alone.",
    )
    watch(0.7)
    session.figure(
        "kernel",
        "fidelity",
        "Distance to the data, unbiased",
        "KID" if inception else f"KD ({name}), squared MMD with a cubic kernel",
        kernel_distance(session.raw_real, session.raw_fake, subsets=50, size=500),
        "0 on average where samples and data are alike, whatever their number.",
        data=0.0,
        better="lower",
    )


def variety(real: Features, fake: Features) -> Estimate:
    """Vendi score of samples over that of data, at equal numbers, with an interval over redrawings of both."""
    count = min(len(real), len(fake), _VENDI)
    random = np.random.default_rng(0)
    a = real[random.choice(len(real), count, replace=False)]
    b = fake[random.choice(len(fake), count, replace=False)]
    found = bootstrap(lambda x, y: vendi_score(y) / vendi_score(x), a, b, draws=40)
    # Redrawing makes duplicates, on both sides alike: the interval is centred on the figure itself.
    return centred(found, math.inf)


def _chance_frechet(session: Session) -> float:
    """Between two halves of the data, corrected to the numbers at hand: the bias goes with 1 / n."""
    order = np.random.default_rng(0).permutation(len(session.raw_real))
    half = len(order) // 2
    if half < 2:
        return float("nan")
    apart = frechet_distance(session.raw_real[order[:half]], session.raw_real[order[half:]])
    now = 1 / len(session.raw_real) + 1 / len(session.raw_fake)
    return apart * now / (2 / half)


def shown_traits(session: Session, watch: Watch) -> None:
    """Classes and words of captions among the samples."""
    data, writer = session.data, session.writer
    names, rows = traits.named(data.labels, data.class_names, data.captions)
    if not names:
        return
    found = traits.shares(names, rows, *session.even_axes())
    network, held = session.label_network(), ~session.training
    if network is not None and data.labels is not None and held.sum() >= 5 * len(data.class_names):
        answers = network.classes(np.asarray(data.items[held]))
        seen = network.classes(np.asarray(session.generated, np.uint8))
        known = traits.classified(data.class_names, data.labels, data.labels[held], answers, seen)
        found = traits.joined(known, found)
    found, left_out = traits.believable(found)
    if left_out:
        writer.notes.append(
            f"{len(left_out)} things that labels or captions name cannot be told in these samples, which seem to "
            "show several at once that exclude each other: they look too little like the data."
        )
    if not found.names:
        return
    writer.put("trait_name", np.array(found.names, dtype=np.str_))
    writer.put("trait_real", found.real)
    writer.put("trait_generated", found.generated)
    writer.put("trait_lost", found.lost)
    lost = [name for name, is_lost in zip(found.names, found.lost, strict=True) if is_lost]
    session.figure(
        "traits_lost",
        "variety",
        "Named things that are lost",
        "labels and caption words by adjusted counting, Forman 2008",
        float(len(lost)),
        f"Of {len(found.names)} things that labels or captions name, "
        + (f"{len(lost)} are hardly ever drawn: {', '.join(lost[:8])}." if lost else "none is lost."),
        data=0.0,
        better="lower",
        of=len(found.names),
    )
