"""`inspect` says what a file is; `open_model` makes it ready to draw. Nothing in a file is ever run.

Nothing is remembered between two openings but what the user chose: a file that was overwritten is read anew, and
one that failed is tried again.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping

from torch import Tensor

from latentlab.errors import Cancelled, CheckpointError, LatentLabError
from latentlab.formats import choices
from latentlab.formats.building import assemble, fingerprint, skeleton
from latentlab.formats.garbage import collection_paused
from latentlab.formats.ranking import Ranked, rank
from latentlab.formats.reading import Reading
from latentlab.formats.recognition import Recognised, listing, recognise, report_of
from latentlab.formats.report import FileReport, OpenedModel
from latentlab.formats.source import Source
from latentlab.formats.weights import Progress, StoredTensors, is_finite
from latentlab.models.generator import Generator

Path = str | os.PathLike[str]
IsCancelled = Callable[[], bool]

_HELD = 1 << 30
"""Bytes of weights that are kept in memory while readings are compared."""


def inspect(path: Path) -> FileReport:
    """What a file is, without building a network or keeping its weights.

    Raises:
        CheckpointError: the file is damaged, no model at all, or cannot be read.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    with collection_paused(), Source(path) as source:
        recognised = recognise(source)
        if not recognised.readings:
            return report_of(source, recognised, [], None)
        first = recognised.readings[0]
        report = report_of(
            source, recognised, recognised.readings, skeleton(first.candidate.family, first.candidate.config)
        )
        stored = StoredTensors(source, recognised.contents.networks[first.network])
        broken = [name for name, tensor in stored.items() if not is_finite(tensor)]
    if not broken:
        return report
    doubt = (
        f"{len(broken)} tensors hold numbers that are not finite (NaN or infinity), the first is {broken[0]!r}: "
        "the model will not open. Training had diverged; take an earlier checkpoint."
    )
    return dataclasses.replace(report, doubts=(*report.doubts, doubt))


def open_model(
    path: Path,
    device: str = "cpu",
    *,
    candidate: str | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> OpenedModel:
    """Open a model.

    Args:
        path: of a file of any known kind.
        device: where the generator goes, in torch's words.
        candidate: key of the reading to take where shapes leave something open; it is remembered for this file.
            None takes the one remembered, else the one whose samples look most natural.
        progress: called with the part done, 0 ... 1, and what is being done.
        cancelled: asked between tensors.

    Raises:
        Cancelled: `cancelled` said so.
        CheckpointError: the file is damaged, incomplete, diverged, or not recognised; the text says what was found
            and what was missing.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    with collection_paused(), Source(path) as source:
        recognised = recognise(source)
        readings = recognised.readings
        if not readings:
            raise _unrecognised(source, recognised)
        builder = _Builder(source, recognised, progress, cancelled)
        chosen = _chosen(source, recognised, candidate)
        ranked: list[Ranked] = []
        if chosen is None:
            ranked = builder.rank()
            readings = [item.reading for item in ranked]
            chosen = readings[0]
        generator = builder.build(chosen)
        source.check_unchanged()
        if candidate is not None and len(readings) > 1:
            choices.remember(choices.identity(source, recognised.contents.networks), candidate)
        report = report_of(source, recognised, readings, generator)
    if recognised.card.class_names:
        generator.name_classes(recognised.card.class_names)
    return OpenedModel(
        generator=generator if device == "cpu" else generator.to(device),
        card=report.card,
        report=report,
        fingerprint=fingerprint(generator),
        candidate=chosen.candidate,
        extra=recognised.extra,
        sheets={item.reading.candidate.key: item.sheet for item in ranked},
    )


def compare_readings(
    path: Path, *, progress: Progress | None = None, cancelled: IsCancelled | None = None
) -> list[Ranked]:
    """Every plausible reading of a file, the most natural first, with pictures of each.

    Raises:
        Cancelled: `cancelled` said so.
        CheckpointError: as `open_model`.
    """
    with Source(path) as source:
        recognised = recognise(source)
        if not recognised.readings:
            raise _unrecognised(source, recognised)
        return _Builder(source, recognised, progress, cancelled).rank()


class _Builder:
    """Builds readings of one open file; while several are compared, their tensors are read once."""

    def __init__(
        self,
        source: Source,
        recognised: Recognised,
        progress: Progress | None,
        cancelled: IsCancelled | None,
    ) -> None:
        self._source = source
        self._recognised = recognised
        self._progress = progress
        self._cancelled = cancelled
        self._held: dict[str, dict[str, Tensor]] | None = None

    def build(self, reading: Reading) -> Generator:
        """A generator of `reading` with its weights."""
        try:
            weights = reading.convert(self._tensors(reading.network))
            return assemble(reading.candidate.family, reading.candidate.config, weights)
        except LatentLabError as error:
            if isinstance(error, Cancelled):
                raise
            raise self._source.named(error) from error

    def rank(self) -> list[Ranked]:
        """All readings, the most natural first."""
        networks = self._recognised.contents.networks
        shown = {reading.network for reading in self._recognised.readings}
        if 4 * sum(networks[name].parameters for name in shown) <= _HELD:
            self._held = {}
        cancelled = self._cancelled or (lambda: False)
        ranked = rank(self._recognised.readings, self.build, cancelled=cancelled)
        if cancelled():
            raise Cancelled("Opening was cancelled.")
        return ranked

    def _tensors(self, network: str) -> Mapping[str, Tensor]:
        stored = StoredTensors(
            self._source, self._recognised.contents.networks[network], self._progress, self._cancelled
        )
        if self._held is None:
            return stored
        if network not in self._held:
            self._held[network] = dict(stored)
        return self._held[network]


def _chosen(source: Source, recognised: Recognised, candidate: str | None) -> Reading | None:
    """The reading that was named, is the only one, or was chosen before; None when they must be compared."""
    readings = {reading.candidate.key: reading for reading in recognised.readings}
    if candidate is not None:
        if candidate not in readings:
            raise CheckpointError(
                f"{source.name} has no reading {candidate!r}: choose one of {', '.join(readings)}."
            )
        return readings[candidate]
    if len(readings) == 1:
        return recognised.readings[0]
    kept = choices.remembered(choices.identity(source, recognised.contents.networks))
    return readings.get(kept) if kept is not None else None


def _unrecognised(source: Source, recognised: Recognised) -> CheckpointError:
    lines = [*listing(recognised.contents), *recognised.missing]
    return CheckpointError(
        f"{source.name} ({recognised.contents.format}) holds no network that LatentLab knows. Found: "
        + "; ".join(lines)
    )
