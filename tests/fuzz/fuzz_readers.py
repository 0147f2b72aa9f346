"""Throws damaged and hostile model files at their readers: `python -m tests.fuzz.fuzz_readers pickle`.

A reader may return or raise a `LatentLabError`, within a second of its own time and within 200 MB; and nothing in
a file may run. Anything else is a finding: its bytes are kept, and it becomes a test. With `--guided`, atheris
steers the changes by what they reach (Linux, `pip install atheris`).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from latentlab.errors import LatentLabError
from latentlab.formats.report import FileReport
from latentlab.render.memory import process_memory
from tests.fuzz.mutations import CHANGES, Change

_SECONDS, _BYTES = 1.0, 200 << 20
READERS = ("pickle", "zip", "legacy", "safetensors")


def main() -> int:
    """Run until the time is over; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "latentlab-findings")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["LATENTLAB_HOME"] = home
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    if options.guided:
        return _guided(options.reader, options.minutes, options.seed, options.keep)
    outcomes = fuzz(options.reader, random.Random(options.seed), options.minutes * 60, options.keep)
    print(f"{options.reader}: {sum(outcomes.values())} files")
    for outcome, count in outcomes.most_common():
        print(f"{count:9d}  {outcome}")
    return int(any(outcome.startswith("FINDING") for outcome in outcomes))


def fuzz(reader: str, dice: random.Random, seconds: float, keep: Path) -> Counter[str]:
    """How often files ended in which way."""
    outcomes: Counter[str] = Counter()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        seeds = seeds_of(reader, Path(folder))
        path = Path(folder) / "model"
        while time.monotonic() < end:
            data = change(dice, dice.choice(seeds), CHANGES[reader])
            outcomes[attempt(path, data, keep)] += 1
    return outcomes


def change(dice: random.Random, data: bytes, changes: tuple[Change, ...]) -> bytes:
    """A seed with one to a few changes."""
    for _ in range(1 + int(dice.expovariate(0.7))):
        data = dice.choice(changes)(dice, data)
    return data


def seeds_of(reader: str, folder: Path) -> list[bytes]:
    """Sound files that changes begin from."""
    from tests.fuzz import reader_seeds

    if reader == "pickle":
        return [reader_seeds.network_pickle(folder), *reader_seeds.value_pickles()]
    if reader == "safetensors":
        return [reader_seeds.native_file(folder)]
    return [
        reader_seeds.torch_bytes(value, legacy=reader == "legacy") for value in reader_seeds.checkpoints()
    ]


def attempt(path: Path, data: bytes, keep: Path | None) -> str:
    """Inspect and open a file of these bytes, and say how it ended."""
    from latentlab.formats import inspect, open_model

    path.write_bytes(data)
    outcome, report = _try("inspect", lambda: inspect(path))
    if not outcome.startswith("FINDING"):
        # Comparing several readings by their samples takes time of its own, and reads nothing more.
        several = isinstance(report, FileReport) and len(report.candidates) > 1
        candidate = report.candidates[0].key if several else None
        outcome, _ = _try("open_model", lambda: open_model(path, candidate=candidate))
    if outcome.startswith("FINDING"):
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        print(outcome, file=sys.stderr)
    return outcome


def _try(name: str, read: Callable[[], object]) -> tuple[str, object]:
    result = None
    before, begun = process_memory(), time.process_time()
    try:
        result = read()
        outcome = f"{name}: read"
    except LatentLabError as error:
        outcome = f"{name}: {type(error).__name__}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        outcome = (
            f"FINDING {name}: {type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}"
        )
        outcome = outcome[:200]
    taken, memory = time.process_time() - begun, process_memory() - before
    if taken > _SECONDS:
        outcome = f"FINDING {name}: {taken:.1f} s, then {outcome}"
    if memory > _BYTES:
        outcome = f"FINDING {name}: {memory >> 20} MB, then {outcome}"
    return outcome, result


def _guided(reader: str, minutes: float, seed: int, keep: Path) -> int:
    import atheris

    with atheris.instrument_imports(include=["latentlab.formats"]):
        from latentlab.formats import inspect, open_model  # noqa: F401 - imported under instrumentation
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for index, data in enumerate(seeds_of(reader, Path(folder))):
            (corpus / str(index)).write_bytes(data)
        path = Path(folder) / "model"

        def one(data: bytes) -> None:
            if data:
                attempt(path, data, keep)

        def mutate(data: bytes, limit: int, number: int) -> bytes:
            dice = random.Random(number)
            if dice.random() < 0.3:
                return bytes(atheris.Mutate(data, limit))
            return change(dice, bytes(data), CHANGES[reader])[:limit]

        arguments = ["fuzz", f"-max_total_time={int(minutes * 60)}", f"-seed={seed + 1}", "-max_len=200000"]
        atheris.Setup([*arguments, "-rss_limit_mb=4096", str(corpus)], one, custom_mutator=mutate)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
