"""Look at training data before a night is spent on them: what they are, and what is wrong with them.

PATH is a folder of pictures (or of a folder per class), a zip, a CSV or JSONL file that names pictures, an IDX,
NPY or NPZ file, torchvision's folder, two folders `A,B`, or a word: ring, grid, digits, small-digits,
dicebear:STYLE.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from latentlab.errors import ExportError, TrainingError

if TYPE_CHECKING:
    from trainers.data import DataCard, DataSettings

_COLUMNS = 8
_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab data`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "path", nargs="?", metavar="PATH", help="the data, as `latentlab train --data` takes them"
    )
    parser.add_argument(
        "--preset", metavar="NAME", help="as this preset cuts them; without PATH its own data"
    )
    parser.add_argument("--resolution", type=int, help="side to which pictures are cut; 64")
    parser.add_argument("--fit", choices=["crop", "pad", "stretch"], help="how; crop")
    parser.add_argument("--held-out", type=float, metavar="SHARE", help="that training never sees; 0.05")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--thumbnails", type=Path, metavar="FILE.png", help="write a sheet of thumbnails")
    parser.add_argument("--progress", action="store_true", help="say what is being done, line by line")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="threads that read pictures; 1")


def run(options: argparse.Namespace) -> int:
    """Prepare the data, and print the card."""
    from trainers.data import DataSettings, open_data, prepare, recognised

    base = _of_preset(options.preset) if options.preset else DataSettings()
    if options.path is None and not options.preset:
        raise TrainingError("Say what to look at: PATH, or --preset NAME for its own data.")
    changes = {
        "source": recognised(options.path) if options.path is not None else None,
        "resolution": options.resolution,
        "fit": options.fit,
        "held_out": options.held_out,
    }
    try:
        settings = DataSettings.model_validate(
            base.model_dump() | {name: value for name, value in changes.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingError(f"--{str(first['loc'][0]).replace('_', '-')}: {first['msg']}.") from error
    for _, text in prepare(settings, options.workers):
        if options.progress:
            print(text, file=sys.stderr, flush=True)
        elif sys.stderr.isatty():
            print(f"\r{text}\033[K", end="", file=sys.stderr)
    if sys.stderr.isatty() and not options.progress:
        print("\r\033[K", end="", file=sys.stderr)
    card = open_data(settings).card()
    print(json.dumps(as_json(card), indent=2) if options.json else as_text(card))
    if options.thumbnails:
        _write_thumbnails(card, options.thumbnails)
    return 0


def _of_preset(name: str) -> DataSettings:
    from trainers.presets import PRESETS

    if name not in PRESETS:
        raise TrainingError(f"There is no preset {name!r}: `latentlab train --list` names them.")
    return PRESETS[name].data


def as_json(card: DataCard) -> dict[str, object]:
    """The card as JSON values, without the thumbnails."""
    values = {
        field.name: getattr(card, field.name)
        for field in dataclasses.fields(card)
        if field.name != "thumbnails"
    }
    plain: dict[str, object] = json.loads(json.dumps(values, default=dataclasses.asdict))
    plain["classes"] = [{"name": name, "count": count} for name, count in card.classes]
    return plain


def as_text(card: DataCard) -> str:
    """The card for reading."""
    lines = [card.source]
    what = "points" if card.kind == "points" else "pictures"
    lines.append(f"  Training     {card.count:,} {what}, and {card.held_out:,} held out")
    if card.targets:
        lines.append(f"  Second set   {card.targets:,} pictures for training")
    if card.licence:
        lines.append(f"  Licence      {card.licence}")
    if card.sizes is not None:
        lines += _sizes(card)
    if card.classes:
        listed = ", ".join(f"{name or '(none)'} {count:,}" for name, count in card.classes[:_SHOWN])
        more = "" if len(card.classes) <= _SHOWN else f", and {len(card.classes) - _SHOWN:,} more"
        lines.append(f"  Classes      {len(card.classes):,}: {listed}{more}")
    if card.captioned:
        lines.append(
            f"  Captions     {card.captioned:,} items, {card.distinct_captions:,} distinct captions:"
        )
        lines += [f"    {caption}" for caption in card.example_captions]
    if card.near_duplicate_items:
        share = card.near_duplicate_items / (card.count + card.held_out)
        lines.append(
            f"  Look alike   {card.near_duplicate_items:,} pictures ({share:.1%}) like an earlier one:"
        )
        lines += [f"    {pair.first}  {pair.second}" for pair in card.near_duplicates[:_SHOWN]]
    if card.skipped:
        lines.append(f"  Unreadable   {len(card.skipped):,}:")
        lines += [f"    {item.name}: {item.reason}" for item in card.skipped[:_SHOWN]]
    lines += [f"  Note         {note}" for note in card.notes[:_SHOWN]]
    return "\n".join(lines)


def _sizes(card: DataCard) -> list[str]:
    sizes = card.sizes
    assert sizes is not None
    least, median, most = (
        f"{width:,} x {height:,}" for width, height in (sizes.least, sizes.median, sizes.most)
    )
    span = least if least == most else f"{least} to {most}, median {median}"
    colour = "grey" if card.channels == 1 else "RGB"
    lines = [
        f"  Originals    {span}",
        f"  For training {card.resolution} x {card.resolution}, {colour}",
    ]
    if sizes.enlarged:
        lines.append(f"  Note         {sizes.enlarged:,} are smaller than {card.resolution} pixels")
    if sizes.not_square:
        lines.append(f"  Note         {sizes.not_square:,} are not square")
    return lines


def _write_thumbnails(card: DataCard, path: Path) -> None:
    from PIL import Image

    from latentlab.atomic import replacing
    from trainers import vision
    from trainers.data import to_images

    if not len(card.thumbnails):
        raise ExportError("Points have no thumbnails.")

    sheet = vision.sheet(to_images(card.thumbnails), _COLUMNS)
    try:
        with replacing(path) as file:
            Image.fromarray(sheet).save(file, "png")
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror or error}).") from error
    print(path, file=sys.stderr)
