"""The same latents through the checkpoints of a run: when a region of the data was lost."""

from __future__ import annotations

import logging

import numpy as np

from latentlab.diagnosis.bins import BinComparison
from latentlab.diagnosis.codes import latent_use
from latentlab.diagnosis.estimate import Estimate
from latentlab.diagnosis.prdc import K, neighbourhoods
from latentlab.diagnosis.progress import Watch, stretch
from latentlab.diagnosis.sampling import draw
from latentlab.diagnosis.session import Session
from latentlab.diagnosis.stages.codes import posterior
from latentlab.diagnosis.stages.variety import variety
from latentlab.errors import CheckpointError

logger = logging.getLogger(__name__)

_REALS = 1000


def checkpoints(session: Session, watch: Watch) -> None:
    """Bins, coverage, precision and variety of every checkpoint; axes and bins stay those of the data."""
    found = session.model.checkpoints
    if not found or session.bins is None:
        return
    count = min(session.options.over_time, len(session.generated))
    asked = session.asked.part(slice(0, count))
    random = np.random.default_rng(0)
    real = session.real[np.sort(random.permutation(len(session.real))[:_REALS])]
    real_counts = session.bins.counts(session.real)
    steps, counts, tables, codes, places = [], [], [], [], []
    for place, checkpoint in enumerate(found):
        part = stretch(watch, place / len(found), (place + 1) / len(found))
        try:
            generator = checkpoint.open()
        except CheckpointError as error:  # removed meanwhile by the run, or damaged
            session.writer.notes.append(f"Step {checkpoint.step} was left out: {error}")
            continue
        drawn = draw(
            generator,
            asked,
            session.data,
            store=session.store,
            key=checkpoint.key,
            watch=stretch(part, 0, 0.6),
        )
        features = session.on_axes(session.features(drawn, stretch(part, 0.6, 0.9)))
        steps.append(checkpoint.step)
        counts.append(session.bins.counts(features))
        places.append((drawn if session.data.is_points else features)[:, :2].astype(np.float32))
        near = neighbourhoods(real, features, K)
        tables.append([near.coverage, near.precision, variety(real, features)])
        if generator.capabilities.has_encoder:
            mu, logvar = posterior(generator, session.data, 256)
            codes.append((checkpoint.step, latent_use(mu, logvar).kl))
        session.writer.put("time_map", np.stack(places))
        _write(session, steps, counts, real_counts, tables)
    if codes:
        session.writer.put("code_kl_steps", np.array([step for step, _ in codes]))
        session.writer.put("code_kl_over_time", np.stack([kl for _, kl in codes], 1))


def _write(
    session: Session,
    steps: list[int],
    counts: list[np.ndarray],
    real: np.ndarray,
    tables: list[list[Estimate]],
) -> None:
    writer = session.writer
    table = np.stack(counts, 1)
    writer.put("bin_generated", table)
    writer.put("bin_z", np.stack([BinComparison(real, column).z for column in counts], 1))
    for number, name in enumerate(("time_coverage", "time_precision", "time_variety")):
        rows = [(row[number].value, row[number].low, row[number].high) for row in tables]
        writer.put(name, np.array(rows))
    writer.steps = tuple(steps)
    writer.save()
