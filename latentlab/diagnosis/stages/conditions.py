"""Classes and captions: whether each is heeded, and drawn with variety."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.distances import Features
from latentlab.diagnosis.estimate import Estimate, bootstrap, share_with_interval
from latentlab.diagnosis.prdc import K, neighbourhoods
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.sampling import Wanted, draw
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.stages.variety import variety

_FEWEST = 16
"""Items and samples of a class that its figures need."""
_CAPTIONS, _PER_CAPTION = 8, 24


def classes(session: Session, watch: Watch) -> None:
    """Class x what was drawn."""
    data, writer, asked = session.data, session.writer, session.asked.classes
    can = session.model.generator.capabilities
    if data.labels is None:
        return
    names = data.class_names
    count = len(names)
    if asked is not None and can.num_classes != count:
        writer.notes.append("The model's classes are not the data's: classes were not compared.")
        return
    network = session.label_network()
    if network is None:
        return
    watch(0.6)
    seen = network.classes(np.asarray(session.generated, np.uint8))
    writer.put("class_seen", np.bincount(seen, minlength=count))
    writer.put("class_real", np.bincount(data.labels, minlength=count))
    if asked is None:
        return
    own = _order(can.class_names, names, count)
    asked = own[asked]
    confusion = np.zeros((count, count), np.int64)
    np.add.at(confusion, (asked, seen), 1)
    writer.put("class_confusion", confusion)
    writer.put("class_generated", np.bincount(asked, minlength=count))
    held = ~session.training
    usual = float("nan")
    if held.any():
        usual = float((network.classes(np.asarray(data.items[held])) == data.labels[held]).mean())
    tables = {
        name: np.full((count, 3), np.nan) for name in ("class_variety", "class_coverage", "class_accuracy")
    }
    for number in range(count):
        real, fake = session.real[data.labels == number], session.fake[asked == number]
        if len(fake):
            tables["class_accuracy"][number] = _row(
                share_with_interval(int(confusion[number, number]), len(fake))
            )
        if min(len(real), len(fake)) >= _FEWEST:
            tables["class_variety"][number] = _row(variety(real, fake))
            tables["class_coverage"][number] = _row(neighbourhoods(real, fake, K).coverage)
        watch(0.6 + 0.4 * number / count)
    for name, table in tables.items():
        writer.put(name, table)
    right = share_with_interval(int(np.trace(confusion)), len(asked))
    session.figure(
        "class_accuracy",
        "variety",
        "Classes drawn as asked",
        "share that a classifier trained on the data sees as the class asked for",
        right,
        f"{right.value:.0%} of the samples show the class that was asked for; of held-out pictures "
        f"{usual:.0%} are seen as theirs."
        if np.isfinite(usual)
        else f"{right.value:.0%} of the samples show the class that was asked for.",
        data=usual,
        better="higher",
    )
    values = tables["class_variety"][:, 0]
    if np.isfinite(values).any():
        worst = int(np.nanargmin(values))
        session.figure(
            "least_class_variety",
            "variety",
            "Variety of the poorest class",
            "ratio of Vendi scores within a class",
            Estimate(*tables["class_variety"][worst]),
            f"“{names[worst]}” is drawn with the least variety: {values[worst]:.2f} times that of the data.",
            data=1.0,
            better="data",
        )


def captions(session: Session, watch: Watch) -> None:
    """How different samples of one caption are."""
    can = session.model.generator.capabilities
    if not can.has_captions or not session.asked.captions:
        return
    distinct = sorted(set(session.asked.captions))
    chosen = [
        distinct[row] for row in np.linspace(0, len(distinct) - 1, min(_CAPTIONS, len(distinct))).astype(int)
    ]
    words = tuple(caption for caption in chosen for _ in range(_PER_CAPTION))
    first = session.options.seed + 1_000_000
    wanted = Wanted(
        np.arange(first, first + len(words), dtype=np.int64), captions=words, psi=session.options.psi
    )
    drawn = draw(
        session.model.generator,
        wanted,
        store=session.store,
        key=session.model.key,
        watch=stretch(watch, 0, 0.8),
    )
    features = session.on_axes(session.features(drawn, stretch(watch, 0.8, 1.0)))
    groups = features.reshape(len(chosen), _PER_CAPTION, -1)
    between = _spread(session.fake[:500])
    table = np.array([_row(_spread_interval(group, between)) for group in groups])
    shape = drawn.shape[1:]
    session.writer.put("caption_text", np.array(chosen, dtype=np.str_))
    session.writer.put("caption_spread", table)
    session.writer.put("caption_pictures", drawn.reshape(len(chosen), _PER_CAPTION, *shape)[:, :8])
    usual = _usual_spread(session)
    worst = int(table[:, 0].argmin())
    session.figure(
        "caption_spread",
        "variety",
        "Variety of one caption",
        "mean distance of samples of one caption over that of different ones",
        Estimate(float(table[:, 0].mean()), float(table[:, 1].mean()), float(table[:, 2].mean())),
        f"Pictures of one caption are {table[:, 0].mean():.0%} as different as pictures of any; "
        f"the least varied is "
        f"“{chosen[worst]}” ({table[worst, 0]:.0%}).",
        data=usual,
        better="data",
    )


def _usual_spread(session: Session) -> float:
    """The same of the data, where captions occur often enough."""
    groups: dict[str, list[int]] = {}
    for row, caption in enumerate(session.data.captions):
        groups.setdefault(caption, []).append(row)
    inside = [_spread(session.real[rows]) for rows in groups.values() if len(rows) >= 2]
    return float(np.mean(inside)) / _spread(session.real[:500]) if len(inside) >= 5 else float("nan")


def _spread(features: Features) -> float:
    """Mean distance of two samples."""
    apart = np.linalg.norm(features[:, None] - features[None], axis=2)
    return float(apart.sum() / max(len(features) * (len(features) - 1), 1))


def _spread_interval(features: Features, between: float) -> Estimate:
    value = _spread(features) / max(between, 1e-12)
    rows = np.linalg.norm(features[:, None] - features[None], axis=2).sum(1) / (len(features) - 1)
    found = bootstrap(lambda part: float(part.mean()) / max(between, 1e-12), rows, draws=200)
    return Estimate(value, found.low, found.high)


def _row(value: Estimate) -> tuple[float, float, float]:
    return value.value, value.low, value.high


def _order(own: tuple[str, ...], others: tuple[str, ...], count: int) -> np.ndarray:
    """The data's class of each of the model's."""
    if own and set(own) == set(others):
        return np.array([others.index(name) for name in own])
    return np.arange(count)
