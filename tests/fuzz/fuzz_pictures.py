"""Throws damaged and hostile pictures at their readers: `python -m tests.fuzz.fuzz_pictures --seconds 600`.

A reader may return a value or raise a `LatentLabError`, within a second and within 200 MB. Anything else is a
finding: its bytes are kept, and it becomes a test.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from latentlab.errors import LatentLabError
from latentlab.latents import picture_record
from latentlab.latents.directions import Direction
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import DirectionWeight, PhotoSource, Recipe
from latentlab.render.memory import process_memory
from latentlab.render.photos import PhotoShelf
from latentlab.render.pictures import KEYWORD, read_record

_SECONDS, _BYTES = 1.0, 200 << 20
_BOMBS = tuple(zlib.compress(bytes(size), 1) for size in (1000, 300 << 20))
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def main() -> int:
    """Run until the time is over; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "latentlab-findings")
    options = parser.parse_args()
    outcomes = fuzz(random.Random(options.seed), options.seconds, options.keep)
    print(f"{sum(outcomes.values())} pictures:")
    for outcome, count in outcomes.most_common():
        print(f"{count:9d}  {outcome}")
    return int(any(outcome.startswith("FINDING") for outcome in outcomes))


def fuzz(dice: random.Random, seconds: float, keep: Path) -> Counter[str]:
    """How often each reader ended in which way."""
    outcomes: Counter[str] = Counter()
    texts = [_text()]
    pictures = [_picture(kind) for kind in ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "PPM")]
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        while time.monotonic() < end:
            recorded = _recorded(dice, dice.choice(texts))
            outcomes[_try("record", lambda: read_record(path), path, recorded, keep)] += 1
            photo = _mutated(dice, dice.choice([*pictures, recorded]))
            source = PhotoSource(str(path), hashlib.sha256(photo).hexdigest())
            outcomes[_try("photo", lambda source=source: PhotoShelf(3, 16)(source), path, photo, keep)] += 1
    return outcomes


def _try(reader: str, read: Callable[[], object], path: Path, data: bytes, keep: Path) -> str:
    path.write_bytes(data)
    before, begun = process_memory(), time.thread_time()
    try:
        read()
        outcome = f"{reader}: read"
    except LatentLabError as error:
        outcome = f"{reader}: {type(error).__name__}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        outcome = f"FINDING {reader}: {type(error).__name__}: {str(error)[:80]}"
    if time.thread_time() - begun > _SECONDS:
        outcome = f"FINDING {reader}: slow, then {outcome}"
    if process_memory() - before > _BYTES:
        outcome = f"FINDING {reader}: much memory, then {outcome}"
    if outcome.startswith("FINDING"):
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{reader}-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
        print(outcome, file=sys.stderr)
    return outcome


def _text() -> str:
    direction = Direction("pca:0", "Main change 1", np.linspace(-1, 1, 64, dtype=np.float32), 0.1)
    recipe = Recipe(truncation_psi=0.7, directions=(DirectionWeight("pca:0", 2.5),))
    return picture_record.to_text(PictureRecord(ModelRef("0f" * 32, "Faces"), recipe, (direction,)))


def _picture(kind: str) -> bytes:
    pixels = np.random.RandomState(0).randint(0, 256, (24, 31, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def _recorded(dice: random.Random, text: str) -> bytes:
    """A PNG whose text was changed under a sound checksum, whose chunks lie, or whose bytes were flipped."""
    text = _mutated_json(dice, text) if dice.random() < 0.7 else text
    body = text.encode("utf-8", "surrogatepass")
    packed = zlib.compress(body)
    if dice.random() < 0.1:
        packed = dice.choice(_BOMBS)
    if dice.random() < 0.2:
        packed = _mutated(dice, packed)
    head = KEYWORD.encode() + b"\0"
    chunk = dice.choice(
        [
            _chunk(b"iTXt", head + b"\0\0\0\0" + body),
            _chunk(b"iTXt", head + b"\1\0\0\0" + packed),
            _chunk(b"zTXt", head + b"\0" + packed),
            _chunk(b"tEXt", head + body),
        ]
    )
    information = PngInfo()
    information.add_text("Comment", "x" * dice.randrange(200))
    buffer = io.BytesIO()
    Image.new("RGB", (dice.randrange(1, 9), 5)).save(buffer, "PNG", pnginfo=information)
    whole = buffer.getvalue()
    at = dice.choice([8, 33, len(whole) - 12])
    data = whole[:at] + chunk + whole[at:]
    return _mutated(dice, data) if dice.random() < 0.4 else data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _mutated_json(dice: random.Random, text: str) -> str:
    """Another value somewhere, another key, deep nesting, or text that is no JSON."""
    if dice.random() < 0.1:
        return dice.choice(["[" * 100_000, "9" * 5_000, '{"version":1}', "null", "NaN", "\ud800", ""])
    document = json.loads(text)
    for _ in range(dice.randrange(1, 4)):
        _change(dice, document)
    return json.dumps(document)


def _change(dice: random.Random, value: object) -> None:
    """Walk down a random way and put something odd at its end."""
    odd = [None, True, -1, 2**64, 1e308, float("inf"), "", "x" * 5000, [], {}, [[]] * 50, "AAAA", "∞"]
    while isinstance(value, (dict, list)) and value:
        key = dice.choice(list(value)) if isinstance(value, dict) else dice.randrange(len(value))
        if not isinstance(value[key], (dict, list)) or dice.random() < 0.3:
            choice = dice.random()
            if choice < 0.2:
                del value[key]
            elif choice < 0.3 and isinstance(value, dict):
                value[str(dice.choice(odd))] = dice.choice(odd)
            else:
                value[key] = dice.choice(odd)
            return
        value = value[key]


def _mutated(dice: random.Random, data: bytes) -> bytes:
    """Flip, overwrite, cut, repeat or insert a few times."""
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        at = dice.randrange(len(changed)) if changed else 0
        action = dice.randrange(6)
        if action == 0 and changed:
            changed[at] ^= 1 << dice.randrange(8)
        elif action == 1:
            changed[at : at + 4] = struct.pack(dice.choice("<>") + "I", dice.choice(_INTERESTING))
        elif action == 2:
            del changed[at : at + dice.choice([1, 4, 100])]
        elif action == 3:
            changed[at:at] = changed[at : at + dice.choice([4, 50])] * dice.choice([1, 2, 20])
        elif action == 4:
            changed[at:at] = dice.randbytes(dice.choice([1, 8]))
        elif dice.random() < 0.2:
            del changed[at:]
    return bytes(changed)


if __name__ == "__main__":
    sys.exit(main())
