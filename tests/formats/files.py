"""Model files for the tests: those of the original releases, and ones written here."""

from __future__ import annotations

import lzma
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "files"
NAMES = tuple(sorted(path.name.removesuffix(".xz") for path in FOLDER.glob("*.xz")))
PICKLES = tuple(name for name in NAMES if name.endswith(".pkl"))
PORT = tuple(name for name in NAMES if name.endswith(".pt"))


def unpack(name: str, folder: Path) -> Path:
    """A file of the original releases, unpacked into `folder`."""
    path = folder / name
    path.write_bytes(lzma.decompress((FOLDER / f"{name}.xz").read_bytes()))
    return path


def reference_of(name: str) -> str:
    """Which network of tests/data/reference a file holds."""
    return name.split(".")[0].removesuffix("_py37").removesuffix("_py38").removesuffix("_legacy")
