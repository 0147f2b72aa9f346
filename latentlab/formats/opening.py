"""`inspect` says what a file is; `open_model` makes it ready to draw. Nothing in a file is ever run.

Nothing is remembered between two openings but what the user chose: a file that was overwritten is read anew, and
one that failed is tried again.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from latentlab.errors import CheckpointError, LatentLabError
from latentlab.formats import choices, stylegan2_names, stylegan2_port, stylegan3_names
from latentlab.formats.building import assemble, fingerprint, memory_estimate, skeleton
from latentlab.formats.container import Container, detect
from latentlab.formats.native import is_native, read_native
from latentlab.formats.networks import Contents
from latentlab.formats.nvidia_pickle import read_pickle
from latentlab.formats.reading import Reading
from latentlab.formats.report import Card, FileReport, OpenedModel
from latentlab.formats.safetensors_file import read_safetensors
from latentlab.formats.source import Source
from latentlab.formats.torch_file import read_torch
from latentlab.formats.weights import Progress, StoredTensors, not_finite, on_meta
from latentlab.models.generator import Generator

Path = str | os.PathLike[str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Recognised:
    """A file that was read but not built."""

    contents: Contents
    readings: list[Reading]
    card: Card
    extra: dict[str, Any]
    missing: tuple[str, ...] = ()
    """What a file that is no known network had, and what it lacked."""


def inspect(path: Path) -> FileReport:
    """What a file is, without building a network or keeping its weights.

    Raises:
        CheckpointError: the file is damaged, no model at all, or cannot be read.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    with Source(path) as source:
        recognised = _recognise(source)
        doubts = []
        if recognised.readings:
            network = recognised.contents.networks[recognised.readings[0].network]
            broken = not_finite(StoredTensors(source, network))
            if broken:
                doubts.append(
                    f"{len(broken)} tensors hold numbers that are not finite (NaN or infinity), the first is "
                    f"{broken[0]!r}: it will not open. Training had diverged; take an earlier checkpoint."
                )
        first = recognised.readings[0].candidate if recognised.readings else None
        shape = skeleton(first.family, first.config) if first is not None else None
        return _report(source, recognised, recognised.readings, shape, doubts)


def open_model(
    path: Path,
    device: str = "cpu",
    *,
    candidate: str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
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
    with Source(path) as source:
        recognised = _recognise(source)
        if not recognised.readings:
            raise _unrecognised(source, recognised)
        readings, chosen = _choose(source, recognised, candidate)
        generator = _build(source, recognised.contents, chosen, progress, cancelled)
        source.check_unchanged()
        if candidate is not None and len(readings) > 1:
            choices.remember(choices.identity(source, recognised.contents.networks), candidate)
        report = _report(source, recognised, readings, generator)
    if recognised.card.class_names:
        generator.name_classes(recognised.card.class_names)
    return OpenedModel(
        generator=generator.to(device),
        card=report.card,
        report=report,
        fingerprint=fingerprint(generator),
        candidate=next(entry for entry in report.candidates if entry.key == chosen.candidate.key),
        extra=recognised.extra,
    )


def _recognise(source: Source) -> _Recognised:
    container = detect(source)
    if container is Container.SAFETENSORS:
        contents = read_safetensors(source)
    elif container is Container.PICKLE:
        contents = read_pickle(source)
    else:
        contents = read_torch(source, container)
    if is_native(contents):
        reading, card, extra = read_native(source, contents)
        return _Recognised(contents, [reading], card, extra)
    stylegan2_port.join_mean(contents.networks)
    card = Card(source.path.stem)
    try:
        readings = _stylegans(contents)
    except LatentLabError as error:
        raise CheckpointError(f"{source.name}: {error}") from error
    if readings:
        return _Recognised(contents, readings, card, {})
    networks = on_meta(contents.networks)
    plain = import_module("latentlab.formats.plain")
    if not hasattr(plain, "recognise"):
        return _Recognised(contents, [], card, {})
    readings = plain.recognise(networks)
    return _Recognised(contents, readings, card, {}, () if readings else plain.explain(networks))


def _stylegans(contents: Contents) -> list[Reading]:
    networks = contents.networks
    readings = stylegan3_names.recognise(networks) or stylegan2_names.recognise(networks)
    if readings and not networks[readings[0].network].modules:
        contents.doubts.append(
            "A state dict does not say the network's constants (clamp, learning rate of the mapping): the usual "
            "ones of the release are taken."
        )
    if not readings:
        readings = stylegan2_port.recognise(networks)
        if readings:
            contents.format = "StyleGAN2 PyTorch port"
            contents.doubts += stylegan2_port.lacks(networks[readings[0].network])
    return readings


def _choose(source: Source, recognised: _Recognised, candidate: str | None) -> tuple[list[Reading], Reading]:
    """All readings, best first, and the one to build."""
    readings = recognised.readings
    if candidate is not None:
        named = [reading for reading in readings if reading.candidate.key == candidate]
        if not named:
            keys = ", ".join(reading.candidate.key for reading in readings)
            raise CheckpointError(f"{source.name} has no reading {candidate!r}: choose one of {keys}.")
        return readings, named[0]
    if len(readings) == 1:
        return readings, readings[0]
    kept = choices.remembered(choices.identity(source, recognised.contents.networks))
    for reading in readings:
        if reading.candidate.key == kept:
            return readings, reading
    return readings, readings[0]


def _build(
    source: Source,
    contents: Contents,
    reading: Reading,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Generator:
    tensors = StoredTensors(source, contents.networks[reading.network], progress, cancelled)
    try:
        return assemble(reading.candidate.family, reading.candidate.config, reading.convert(tensors))
    except CheckpointError as error:
        if str(error).startswith(source.name):
            raise
        raise type(error)(f"{source.name}: {error}") from error


def _report(
    source: Source,
    recognised: _Recognised,
    readings: list[Reading],
    generator: Generator | None,
    doubts: list[str] | None = None,
) -> FileReport:
    contents = recognised.contents
    report = FileReport(
        path=str(source.path),
        format=contents.format,
        card=recognised.card,
        candidates=tuple(reading.candidate for reading in readings),
        doubts=(*contents.doubts, *_beside(recognised), *(doubts or ())),
        found=recognised.missing if readings else (*_listing(contents), *recognised.missing),
    )
    if generator is None:
        return dataclasses.replace(
            report, parameters=sum(network.parameters for network in contents.networks.values())
        )
    card = recognised.card
    if not card.family:
        card = dataclasses.replace(card, family=generator.capabilities.family)
    return dataclasses.replace(
        report,
        card=card,
        resolution=generator.capabilities.resolution,
        parameters=sum(parameter.numel() for parameter in generator.parameters()),
        memory_bytes=memory_estimate(generator),
    )


def _beside(recognised: _Recognised) -> list[str]:
    """What the file holds beside the network that is shown."""
    shown = {reading.network for reading in recognised.readings}
    networks = [name for name in recognised.contents.networks if name not in shown and name]
    beside = recognised.contents.found + ([f"other networks: {', '.join(networks[:8])}"] if networks else [])
    return [f"Not used: {text}." for text in beside] if recognised.readings else []


def _listing(contents: Contents) -> tuple[str, ...]:
    lines = []
    for name, network in list(contents.networks.items())[:8]:
        first = ", ".join(f"{key} {list(tensor.shape)}" for key, tensor in list(network.tensors.items())[:3])
        lines.append(
            f"{name or 'one state dict'}: {len(network.tensors)} tensors, {network.parameters:,} numbers ({first})"
        )
    return tuple([*lines, *contents.found] or ["no tensors"])


def _unrecognised(source: Source, recognised: _Recognised) -> CheckpointError:
    lines = [*_listing(recognised.contents), *recognised.missing]
    return CheckpointError(
        f"{source.name} ({recognised.contents.format}) holds no network that LatentLab knows. Found: "
        + "; ".join(lines)
    )
