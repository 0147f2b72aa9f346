"""From a file to the readings of its networks, and the report of them. No network is built, no weight is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from latentlab.errors import LatentLabError
from latentlab.formats import plain, stylegan2_names, stylegan2_port, stylegan3_names
from latentlab.formats.building import memory_estimate
from latentlab.formats.container import Container, detect
from latentlab.formats.native import is_native, read_native
from latentlab.formats.networks import Contents
from latentlab.formats.nvidia_pickle import read_pickle
from latentlab.formats.reading import EVERY_NETWORK, Reading
from latentlab.formats.report import Card, FileReport
from latentlab.formats.safetensors_file import read_safetensors
from latentlab.formats.source import Source
from latentlab.formats.stored import Network
from latentlab.formats.torch_file import read_torch
from latentlab.formats.weights import on_meta
from latentlab.models.generator import Generator

_LISTED = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Recognised:
    """A file that was read but not built."""

    contents: Contents
    readings: list[Reading]
    """Likeliest first; none when it is no network that LatentLab knows."""
    card: Card
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Where there is no reading: what there was, and what it lacked."""


def recognise(source: Source) -> Recognised:
    """What an open file holds.

    Raises:
        CheckpointError: the file is damaged, or no model at all.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    container = detect(source)
    if container is Container.SAFETENSORS:
        contents = read_safetensors(source)
    elif container is Container.PICKLE:
        contents = read_pickle(source)
    else:
        contents = read_torch(source, container)
    try:
        return _read_as_network(source, contents)
    except LatentLabError as error:
        raise source.named(error) from error


def _read_as_network(source: Source, contents: Contents) -> Recognised:
    if is_native(contents):
        reading, card, extra = read_native(source, contents)
        return Recognised(contents, [reading], card, extra)
    stylegan2_port.join_mean(contents.networks)
    card = Card(source.path.stem)
    readings = _stylegans(contents)
    if readings:
        return Recognised(contents, readings, card)
    networks = on_meta(contents.networks)
    readings = plain.recognise(networks)
    if any(reading.network == EVERY_NETWORK for reading in readings):
        contents.networks = {EVERY_NETWORK: _joined(contents.networks)}
    return Recognised(contents, readings, card, {}, () if readings else plain.explain(networks))


def _joined(networks: Mapping[str, Network]) -> Network:
    return Network(
        {
            f"{name}.{key}" if name else key: tensor
            for name, network in networks.items()
            for key, tensor in network.tensors.items()
        }
    )


def report_of(
    source: Source, recognised: Recognised, readings: list[Reading], generator: Generator | None
) -> FileReport:
    """The report of a file.

    Args:
        source: the file.
        recognised: what it holds.
        readings: of `recognised`, best first.
        generator: that the first reading describes, with or without numbers; None when there is no reading.
    """
    contents, card = recognised.contents, recognised.card
    if generator is None:
        return FileReport(
            path=str(source.path),
            format=contents.format,
            card=card,
            parameters=sum(network.parameters for network in contents.networks.values()),
            doubts=tuple(contents.doubts),
            found=(*listing(contents), *recognised.missing),
        )
    if not card.family:
        card = dataclasses.replace(card, family=generator.capabilities.family)
    return FileReport(
        path=str(source.path),
        format=contents.format,
        card=card,
        resolution=generator.capabilities.resolution,
        parameters=sum(parameter.numel() for parameter in generator.parameters()),
        memory_bytes=memory_estimate(generator),
        candidates=tuple(reading.candidate for reading in readings),
        doubts=(*contents.doubts, *_unused(recognised)),
    )


def listing(contents: Contents) -> tuple[str, ...]:
    """What a file holds, in words."""
    lines = []
    for name, network in list(contents.networks.items())[:_LISTED]:
        first = ", ".join(f"{key} {list(tensor.shape)}" for key, tensor in list(network.tensors.items())[:3])
        lines.append(
            f"{name or 'one state dict'}: {len(network.tensors)} tensors, {network.parameters:,} numbers ({first})"
        )
    return tuple([*lines, *contents.found] or ["no tensors"])


def _stylegans(contents: Contents) -> list[Reading]:
    """The readings of StyleGAN families: there is at most one, and nothing is left open."""
    networks = contents.networks
    readings = stylegan3_names.recognise(networks) or stylegan2_names.recognise(networks)
    if readings:
        if not networks[readings[0].network].modules:
            contents.doubts.append(
                "A state dict does not say the network's constants (clamp, learning rate of the mapping): the "
                "usual ones of the release are taken."
            )
        return readings
    readings = stylegan2_port.recognise(networks)
    if readings:
        contents.format = "StyleGAN2 PyTorch port"
        contents.doubts += stylegan2_port.lacks(networks[readings[0].network])
    return readings


def _unused(recognised: Recognised) -> list[str]:
    """What the file holds beside the networks that are shown."""
    shown = {reading.network for reading in recognised.readings}
    others = [name for name in recognised.contents.networks if name and name not in shown]
    texts = list(recognised.contents.found)
    if others:
        texts.append(f"other networks: {', '.join(others[:_LISTED])}")
    return [f"Not used: {text}." for text in texts]
