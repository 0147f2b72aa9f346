"""LatentLab's own format: safetensors, with the model card, the architecture and anything extra in the header."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from latentlab.errors import CheckpointError
from latentlab.formats.networks import Contents
from latentlab.formats.reading import Reading
from latentlab.formats.report import Candidate, Card
from latentlab.formats.safetensors_file import DTYPES, MAX_HEADER
from latentlab.formats.source import Source
from latentlab.formats.stored import ITEM_SIZES

if TYPE_CHECKING:
    from torch import Tensor

    from latentlab.models.generator import Generator

_VERSION = "1"
_KEY = "latentlab"


def is_native(contents: Contents) -> bool:
    """Whether a safetensors file is one of ours."""
    return _KEY in contents.metadata


def read_native(source: Source, contents: Contents) -> tuple[Reading, Card, dict[str, Any]]:
    """The one reading of a file of ours, its card and what travelled with it.

    Raises:
        CheckpointError: it is damaged, or was written by a newer LatentLab.
    """
    from latentlab.models.catalogue import FAMILIES, config_from_json

    metadata = contents.metadata
    if metadata[_KEY] != _VERSION:
        raise CheckpointError(
            f"{source.name} was written by a newer LatentLab (format {metadata[_KEY][:20]!r}): update LatentLab."
        )
    architecture = _object(source, metadata, "architecture")
    family, values = architecture.get("family"), architecture.get("config")
    if not isinstance(family, str) or family not in FAMILIES or not isinstance(values, dict):
        raise CheckpointError(
            f"{source.name} holds a network of the family {str(family)[:40]!r}, which this LatentLab does not "
            "know: update LatentLab."
        )
    config = config_from_json(FAMILIES[family][0], values)
    candidate = Candidate("native", "as its architecture says", family, config)
    contents.format = "LatentLab"
    card = _card(source, _object(source, metadata, "card"))
    return Reading(candidate, "", lambda tensors: tensors), card, _object(source, metadata, "extra")


def save_model(
    path: str | os.PathLike[str], generator: Generator, card: Card, extra: Mapping[str, Any] | None = None
) -> None:
    """Write a model to `path`. It appears whole or not at all; a model that was there stays until then.

    Args:
        path: ends in .safetensors.
        generator: on any device; its weights are written as they are.
        card: what a person should know about it.
        extra: plain JSON values that travel with the weights.

    Raises:
        CheckpointError: the disk is full, or the place cannot be written to.
    """
    from latentlab.models.catalogue import config_to_json

    path = Path(path)
    architecture = {"family": generator.family, "config": config_to_json(generator.config)}
    metadata = {
        "format": "pt",
        _KEY: _VERSION,
        "architecture": json.dumps(architecture),
        "card": json.dumps(dataclasses.asdict(card)),
        "extra": json.dumps(dict(extra or {})),
    }
    tensors = generator.state_dict()
    header = _header(metadata, tensors)
    if len(header) > MAX_HEADER:
        raise CheckpointError(
            f"What travels with the model is too large for its header ({len(header) / 2**20:.0f} MiB, at most "
            f"{MAX_HEADER >> 20}): leave out directions or other extras."
        )

    def write(file: BinaryIO) -> None:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for tensor in tensors.values():
            file.write(_bytes(tensor))

    write_whole(path, write)


def write_whole(path: Path, write: Any) -> None:
    """Write a file so that it appears under its name only when it is complete and on the disk.

    Args:
        path: where it appears.
        write: is given the open binary file.

    Raises:
        CheckpointError: the disk is full, or the place cannot be written to.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with unfinished.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise CheckpointError(
                f"There is not enough room on the disk for {path}: free some, or save elsewhere. Nothing was "
                "changed."
            ) from error
        raise CheckpointError(
            f"{path} cannot be written ({error.strerror or error}): choose another place. Nothing was changed."
        ) from error


def _header(metadata: dict[str, str], tensors: Mapping[str, Tensor]) -> bytes:
    """The JSON header, padded so that the numbers begin at a multiple of 8 bytes."""
    names = {ours: theirs for theirs, ours in DTYPES.items()}
    entries: dict[str, Any] = {"__metadata__": metadata}
    begin = 0
    for name, tensor in tensors.items():
        dtype = str(tensor.dtype).removeprefix("torch.")
        end = begin + tensor.numel() * ITEM_SIZES[dtype]
        entries[name] = {"dtype": names[dtype], "shape": list(tensor.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % 8)


def _bytes(tensor: Tensor) -> memoryview:
    import torch

    flat = tensor.detach().cpu().contiguous().reshape(-1)
    view: memoryview = flat.view(torch.uint8).numpy().data
    return view


def _object(source: Source, metadata: dict[str, str], key: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata.get(key, "{}"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{source.name} is damaged: its {key} cannot be read. Get it again.") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{source.name} is damaged: its {key} cannot be read. Get it again.")
    return value


def _card(source: Source, values: dict[str, Any]) -> Card:
    """The card; what a newer LatentLab may have added is left out."""
    texts = {
        field.name: values[field.name]
        for field in dataclasses.fields(Card)
        if field.type == "str" and isinstance(values.get(field.name), str)
    }
    measures = values.get("measures")
    measured = [
        (str(pair[0]), str(pair[1]))
        for pair in (measures if isinstance(measures, list) else ())
        if isinstance(pair, list) and len(pair) == 2
    ]
    names, seed = values.get("class_names"), values.get("seed")
    return Card(
        **{"name": Path(source.name).stem, **texts},
        measures=tuple(measured),
        class_names=tuple(str(name) for name in names) if isinstance(names, list) else (),
        seed=seed if type(seed) is int and 0 <= seed < 1 << 32 else 0,
    )
