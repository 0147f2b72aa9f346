"""Which reading of a file the user chose, where its shapes leave something open."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping

from latentlab.errors import CheckpointError
from latentlab.formats.native import write_whole
from latentlab.formats.source import Source
from latentlab.formats.stored import ITEM_SIZES, Network
from latentlab.places import data_dir

logger = logging.getLogger(__name__)

_FILE = "readings.json"
_SAMPLE = 64  # bytes


def identity(source: Source, networks: Mapping[str, Network]) -> str:
    """Hash that names a file by its content: names, shapes and samples of its weights."""
    digest = hashlib.blake2b(digest_size=16)
    for name, network in sorted(networks.items()):
        for key, tensor in sorted(network.tensors.items()):
            digest.update(f"{name}/{key} {tensor.dtype} {tensor.shape}\n".encode("utf-8", "replace"))
            length = min(_SAMPLE, tensor.extent * ITEM_SIZES[tensor.dtype])
            digest.update(source.read(tensor.start, length))
    return digest.hexdigest()


def remembered(key: str) -> str | None:
    """The reading chosen for the file of this identity, or None."""
    value = _all().get(key)
    return value if isinstance(value, str) else None


def remember(key: str, candidate: str) -> None:
    """Keep a choice. A full disk only costs the memory of it."""
    choices = {**_all(), key: candidate}
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / _FILE, lambda file: file.write(json.dumps(choices, indent=1).encode()))
    except (OSError, CheckpointError) as error:
        logger.warning("The choice of a reading could not be kept: %s", error)


def _all() -> dict[str, object]:
    try:
        value = json.loads((data_dir() / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        logger.warning("The remembered readings could not be read, and begin anew: %s", error)
        return {}
    return value if isinstance(value, dict) else {}
