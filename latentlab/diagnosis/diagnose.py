"""One diagnosis from the first sample to the last verdict, stage by stage; every stage is on disk when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis import sampling, verdicts
from latentlab.diagnosis.features import Extractor
from latentlab.diagnosis.features.efficientnet import EfficientNetLite0, weights_file
from latentlab.diagnosis.features.extractor import Pictures, as_tensor, resized
from latentlab.diagnosis.features.random_network import RandomNetwork
from latentlab.diagnosis.prdc import K, neighbourhoods
from latentlab.diagnosis.progress import Watch, stretch, unwatched
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.stages import (
    codes,
    conditions,
    latent,
    looks,
    over_time,
    repetition,
    translation,
    variety,
)
from latentlab.diagnosis.verdicts import Change, Evidence
from latentlab.errors import ShapeError

_THUMBNAIL = 64
_SMALL = 20
"""Sides below which a network trained on photos sees nothing."""
_TRIED = 400
_ALIEN = 0.3
"""Precision below which a network trained on photos sees how samples are made rather than what they show."""

Work = Callable[[Session, Watch], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the work."""

    name: str
    """For people, while it runs."""
    weight: float
    """About how long it takes beside the others."""
    work: Work


def natural_features(pictures: Pictures) -> Extractor:
    """What suits pictures best of what is installed."""
    return RandomNetwork() if pictures.shape[1] < _SMALL or weights_file() is None else EfficientNetLite0()


def diagnose(
    session: Session,
    changes: Callable[[str], Change] = lambda kind: {},
    *,
    begin: float = 0.0,
    watch: Watch = lambda share: False,
) -> Iterator[str]:
    """Take all measures that apply, telling each stage as it ends.

    Args:
        session: what is measured against what; its writer's result grows.
        changes: settings that help against a kind of trouble, where the subject is a run.
        begin: share of everything that was done before.
        watch: told the share done of everything; may cancel. The folder's `cancel` does so too.

    Raises:
        Cancelled: somebody said so.
    """
    stages = _stages(session)
    total, done = sum(stage.weight for stage in stages), 0.0
    writer = session.writer
    for stage in stages:
        share = done / total, (done + stage.weight) / total

        def look(within: float, stage: Stage = stage, share: tuple[float, float] = share) -> bool:
            overall = begin + (1 - begin) * (share[0] + within * (share[1] - share[0]))
            writer.tell("running", stage.name, overall)
            return writer.cancelled() or watch(overall)

        writer.check()
        look(0.0)
        try:
            stage.work(session, look)
        except ShapeError as error:
            writer.notes.append(f"{stage.name}: left out. {error}")
        done += stage.weight
        writer.save(stage.name)
        yield stage.name
    evidence = Evidence(writer.figures, writer.arrays, writer.steps, writer.class_names, changes)
    writer.verdicts = verdicts.judge(evidence)
    writer.save("Verdicts")
    yield "Verdicts"


def _stages(session: Session) -> list[Stage]:
    stages = [
        Stage("Drawing samples", 30, _sample),
        Stage("Looking at pictures", 30, _look),
        Stage("Regions of the data", 6, variety.regions),
        Stage("Neighbourhoods", 6, variety.neighbours),
        Stage("Variety", 6, variety.spread),
        Stage("Repetition", 4, repetition.pairs),
        Stage("Copies", 2, repetition.copies),
        Stage("Labels and captions", 2, variety.shown_traits),
        Stage("Sharpness", 3, looks.sharpness),
        Stage("Brightness and ground", 1, looks.simple),
        Stage("Discriminator", 4, looks.scores),
        Stage("Classes", 6, conditions.classes),
        Stage("Captions", 6, conditions.captions),
        Stage("Checkpoints", 8.0 * len(session.model.checkpoints), over_time.checkpoints),
        Stage("Code", 8, codes.code),
        Stage("There and back", 8, translation.cycles),
    ]
    if session.options.latent:
        stages += [
            Stage("Latent directions", 8, latent.directions),
            Stage("A walk", 8, latent.along_a_walk),
            Stage("A plane of the latent space", 6, latent.basins),
            Stage("Truncation", 8, latent.truncation),
        ]
    return [stage for stage in stages if stage.weight]


def _sample(session: Session, watch: Watch) -> None:
    writer, data, options = session.writer, session.data, session.options
    writer.class_names, writer.psi = data.class_names, options.psi
    writer.put("real_held_out", data.held_out)
    if data.names:
        writer.put("real_names", np.array(data.names, dtype=np.str_))
    if data.labels is not None:
        writer.put("real_class", data.labels)
    if data.is_points:
        writer.put("real_points", data.items)
    else:
        writer.put("real_pictures", _thumbnails(np.asarray(data.items, np.uint8)))
    writer.save()
    generator = session.model.generator
    if not len(session.generated):
        session.asked = sampling.wanted(
            generator, data, options.samples, first_seed=options.seed, psi=options.psi
        )
        session.generated = sampling.draw(
            generator, session.asked, data, store=session.store, key=session.model.key, watch=watch
        )
    asked, drawn = session.asked, session.generated
    if asked.sources is None:
        writer.put("generated_seed", asked.seeds)
    else:
        names = data.origin_names or tuple(str(row) for row in range(len(drawn)))
        writer.put("generated_source", np.array([names[row] for row in asked.sources], dtype=np.str_))
    if asked.classes is not None:
        writer.put("generated_class", asked.classes)
    if asked.captions:
        writer.put("generated_caption", np.array(asked.captions, dtype=np.str_))
    if drawn.ndim == 2:
        writer.put("generated_points", drawn)
    else:
        writer.put("generated_pictures", _thumbnails(np.asarray(drawn, np.uint8)))


def _look(session: Session, watch: Watch) -> None:
    if session.may_choose and not isinstance(session.extractor, RandomNetwork):
        _choose(session)
    count, other = len(session.data.items), len(session.generated)
    middle = count / (count + other)
    session.raw_real = session.features(session.data.items, stretch(watch, 0.0, middle))
    session.raw_fake = session.features(session.generated, stretch(watch, middle, 1.0))
    session.fit_axes()
    variety.positions(session, watch)


def _choose(session: Session) -> None:
    """Change to simpler features where these tell samples from data by how they are made."""
    random = np.random.default_rng(0)
    real, fake = (
        session.features(items[np.sort(random.permutation(len(items))[:_TRIED])], unwatched)
        for items in (session.data.items, session.generated)
    )
    if min(len(real), len(fake)) <= 2 * K:
        return
    share = neighbourhoods(real, fake).precision
    if share.value < _ALIEN:
        assert session.extractor is not None
        half = len(real) // 2
        session.figure(
            "photo_precision",
            "fidelity",
            f"Precision as {session.extractor.name} sees it",
            "precision, k = 5, in features of a network trained on photos",
            share,
            f"{session.extractor.name} takes {share.value:.0%} of the samples for such data: it sees how they are "
            "made.",
            data=neighbourhoods(real[:half], real[half:]).precision.value if half > K else float("nan"),
            better="higher",
        )
        session.writer.notes.append(
            f"{session.extractor.name} tells samples from data by how they are made, whatever they show: random "
            "convolutions are used in its place."
        )
        session.extractor = RandomNetwork()
        session.writer.seen_by = session.extractor.name


def _thumbnails(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if pictures.shape[1] <= _THUMBNAIL:
        return pictures
    parts = [
        resized(as_tensor(pictures[begin : begin + 200]), _THUMBNAIL)
        .clamp(0, 1)
        .mul(255)
        .round()
        .byte()
        .permute(0, 2, 3, 1)
        .numpy()
        for begin in range(0, len(pictures), 200)
    ]
    small: NDArray[np.uint8] = np.concatenate(parts)
    return small
