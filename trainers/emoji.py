"""Two aligned sets of emoji as two folders, for training translation without pairs and measuring it with them.

The pictures come from the npm packages `emoji-datasource-google` (Apache-2.0) and `emoji-datasource-twitter`
(CC BY 4.0): `npm pack` or `npm install` fetches them, and

    python -m trainers.emoji GOOGLE_PACKAGE TWITTER_PACKAGE OUT --category Flags

copies one category into OUT/A and OUT/B, where equal names are partners.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentlab.errors import TrainingError


def sort_out(first: Path, second: Path, category: str, out: Path) -> int:
    """Copy the pictures of a category into `out`/A and `out`/B under equal names; returns how many.

    A picture that repeats an earlier one of its set is left out with its partner: each is on one side of a
    held-out split alone.

    Args:
        first: an unpacked package, with `emoji.json` in it.
        second: the other one.
        category: as the packages name it, such as "Flags"; empty for all.
        out: a folder, made if need be.

    Raises:
        TrainingError: a package is not there, or there is no such category.
    """
    names = _names(first, category)
    sides = {"A": _pictures(first), "B": _pictures(second)}
    seen: set[tuple[str, bytes]] = set()
    count = 0
    for name in names:
        paths = {side: folder / name for side, folder in sides.items()}
        if not all(path.is_file() for path in paths.values()):
            continue
        contents = {(side, path.read_bytes()) for side, path in paths.items()}
        if not seen & contents:
            for side, path in paths.items():
                (out / side).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, out / side / name)
            count += 1
        seen |= contents
    if not count:
        raise TrainingError(f"The packages have no pictures of the category {category!r} in common.")
    return count


def _names(package: Path, category: str) -> list[str]:
    """File names of a category, in the package's order, variations of skin included."""
    try:
        listed: list[dict[str, Any]] = json.loads((package / "emoji.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{package} is no unpacked emoji-datasource package: {error}") from error
    known = sorted({str(emoji["category"]) for emoji in listed})
    if category and category not in known:
        raise TrainingError(f"There is no category {category!r}: choose one of {', '.join(known)}.")
    names = []
    for emoji in listed:
        if category in ("", emoji["category"]):
            variations = (emoji.get("skin_variations") or {}).values()
            names += [str(each["image"]) for each in (emoji, *variations)]
    return names


def _pictures(package: Path) -> Path:
    """The folder with the pictures of 64 px."""
    found = sorted(package.glob("img/*/64"))
    if not found:
        raise TrainingError(f"{package} is no unpacked emoji-datasource package: it has no img/*/64.")
    return found[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m trainers.emoji", description="Sort out two sets of emoji."
    )
    parser.add_argument("first", type=Path, help="an unpacked package emoji-datasource-*")
    parser.add_argument("second", type=Path, help="another one")
    parser.add_argument("out", type=Path, help="folder that gets A and B")
    parser.add_argument("--category", default="Flags", help="empty for all")
    options = parser.parse_args(arguments)
    try:
        count = sort_out(options.first, options.second, options.category, options.out)
    except TrainingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{count} pairs in {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
