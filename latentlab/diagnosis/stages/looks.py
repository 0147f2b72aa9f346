"""How sharp samples are beside the data, and what a discriminator thinks of both."""

from __future__ import annotations

import numpy as np

from latentlab.diagnosis.appearance import LOOKS, looks
from latentlab.diagnosis.critics import ScoreGap, auc
from latentlab.diagnosis.estimate import Estimate, bootstrap
from latentlab.diagnosis.features.extractor import Pictures, as_tensor
from latentlab.diagnosis.progress import Watch
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.sharpness import laplacian_variance, top_octave_energy

_LOOKED_AT = 1000
_SCORED = 1000


def sharpness(session: Session, watch: Watch) -> None:
    """Energy of edges and of the finest detail, samples over data."""
    if session.data.is_points:
        return
    real, fake = _some(session.data.items), _some(session.generated)
    for key, name, term, measure in (
        ("sharpness", "Sharpness beside the data", "variance of the Laplacian", laplacian_variance),
        ("fine_detail", "Finest detail beside the data", "energy in the top octave", top_octave_energy),
    ):
        a, b = (
            np.concatenate([measure(2 * as_tensor(part[i : i + 250]) - 1) for i in range(0, len(part), 250)])
            for part in (real, fake)
        )
        value = bootstrap(_ratio, b, a, draws=200)
        session.figure(
            key,
            "fidelity",
            name,
            f"{term}, generated over real, means",
            value,
            _in_words(value),
            data=1.0,
            better="data",
        )
        watch(0.5)


def simple(session: Session, watch: Watch) -> None:
    """What tells samples from data without any network."""
    if session.data.is_points:
        return
    real, fake = looks(_some(session.data.items)), looks(_some(session.generated))
    names = sorted(real.keys() & fake.keys())
    apart = [bootstrap(auc, fake[name], real[name], draws=100) for name in names]
    writer = session.writer
    writer.put("look_name", np.array(names, dtype=np.str_))
    for name, found in (("look_real", real), ("look_generated", fake)):
        writer.put(name, np.array([np.quantile(found[key], (0.1, 0.5, 0.9)) for key in names]))
    writer.put("look_apart", np.array([(one.value, one.low, one.high) for one in apart]))
    most = max(range(len(names)), key=lambda row: abs(apart[row].value - 0.5))
    words = LOOKS[names[most]][0 if apart[most].value > 0.5 else 1]
    value = apart[most].value
    session.figure(
        "looks_apart",
        "fidelity",
        "Told apart by something simple",
        "largest area under the ROC curve of brightness, contrast, colour, rim and even ground",
        apart[most] if value > 0.5 else Estimate(1 - value, 1 - apart[most].high, 1 - apart[most].low),
        f"What tells samples from data best without looking at what they show is this: {words}.",
        data=0.5,
        better="lower",
    )


def scores(session: Session, watch: Watch) -> None:
    """What the discriminator thinks of training items, held-out ones and samples."""
    judge, data = session.model.scores, session.data
    if judge is None:
        return
    random = np.random.default_rng(0)
    found = []
    for mask in (session.training, ~session.training):
        rows = np.flatnonzero(mask)
        rows = np.sort(random.permutation(rows)[:_SCORED])
        if not len(rows):
            return
        captions = [data.captions[row] for row in rows] if data.captions else []
        labels = None if data.labels is None else data.labels[rows]
        found.append(judge(np.asarray(data.items[rows]), labels, captions))
        watch(len(found) / 3)
    count = min(_SCORED, len(session.generated))
    asked = session.asked.part(slice(0, count))
    found.append(judge(np.asarray(session.generated[:count]), asked.classes, list(asked.captions)))
    gap = ScoreGap(*found)
    for name, values in zip(("scores_train", "scores_held_out", "scores_generated"), found, strict=True):
        session.writer.put(name, values)
    train, held, fake = gap.means
    memory = gap.memorisation
    session.figure(
        "memorisation",
        "discriminator",
        "How far the discriminator memorises",
        "(E[D(train)] - E[D(held out)]) / (E[D(train)] - E[D(generated)]), Karras et al. 2020",
        memory,
        f"Training pictures score {train.value:+.2f}, held-out ones {held.value:+.2f}, samples {fake.value:+.2f}; "
        "0 where it treats held-out pictures like training pictures, 1 where it takes them for generated.",
        data=0.0,
        better="lower",
    )
    session.figure(
        "told_apart",
        "discriminator",
        "Training pictures told from held-out ones",
        "area under the ROC curve",
        bootstrap(lambda a, b: ScoreGap(a, b, b).told_apart, found[0], found[1], draws=200),
        f"It knows a training picture from a held-out one in {gap.told_apart:.0%} of pairs; half "
        f"of them is chance.",
        data=0.5,
        better="data",
    )
    spotted = bootstrap(lambda a, b: ScoreGap(a, b, b).told_apart, found[1], found[2], draws=200)
    session.figure(
        "spotted",
        "discriminator",
        "Samples told from held-out pictures",
        "area under the ROC curve",
        spotted,
        f"It knows a held-out picture from a sample in {spotted.value:.0%} of pairs; near 100 % the generator "
        "learns little from it.",
        data=0.5,
        better="data",
    )


def _some(pictures: np.ndarray) -> Pictures:
    rows = np.linspace(0, len(pictures) - 1, min(_LOOKED_AT, len(pictures))).astype(int)
    return np.asarray(pictures[rows])


def _ratio(fake: np.ndarray, real: np.ndarray) -> float:
    below = float(real.mean())
    return float(fake.mean()) / below if below else 1.0


def _in_words(value: Estimate) -> str:
    if value.high < 0.9:
        return f"Samples are softer than the data: {value.value:.2f} times their energy."
    if value.low > 1.1:
        return f"Samples are harder or noisier than the data: {value.value:.2f} times their energy."
    return f"Samples are about as sharp as the data: {value.value:.2f} times their energy."
