"""Say what the models of a folder are and draw samples of each, one line of JSON per file."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

_NICENESS = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab catalogue`."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="folders and model files; - reads paths from stdin",
    )


def run(options: argparse.Namespace) -> int:
    """Look at each file, unless it is remembered; 1 when one of them cannot be opened."""
    from latentlab.render import catalogue

    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    broken = False
    for path in _files(options.paths):
        try:
            entry = catalogue.remembered(path) or catalogue.look_at(path)
        except OSError as error:
            print(f"latentlab catalogue: {error}", file=sys.stderr)
            broken = True
            continue
        broken = broken or bool(entry.error)
        print(json.dumps(asdict(entry)), flush=True)
    return int(broken)


def _files(paths: list[Path]) -> Iterator[Path]:
    from latentlab.render.catalogue import model_files

    for path in paths:
        if str(path) == "-":
            yield from (Path(line.rstrip("\n")) for line in sys.stdin)
        elif path.is_dir():
            yield from model_files(path)
        else:
            yield path
