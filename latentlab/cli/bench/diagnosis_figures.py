"""Whether a diagnosis finds what is repeated, copied and blurred, how long it takes, and how much memory."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentlab.cli.bench import withheld
from latentlab.cli.bench.figures import Figure
from latentlab.diagnosis.prdc import neighbourhoods
from latentlab.formats.bundled import bundled_models

_ROUNDS = 2
_LARGE = 10_000


def measure() -> Iterator[Figure]:
    """Planted faults first, then speed beside the independent package, then a whole report."""
    yield from _duplicates(withheld.digits())
    yield from _faults(withheld.digits())
    if importlib.util.find_spec("prdc") is not None:
        yield from _neighbourhoods()
    yield from _whole_report()


def _faults(pool: withheld.Pool) -> Iterator[Figure]:
    """Each fault is planted alone: its verdict must be there; sound samples must get none."""
    named, sound = [], 0
    for seed in range(_ROUNDS):
        data, samples = withheld.without(pool, (), 40 + seed)
        sound += len(withheld.diagnosed(data, samples).keys)
        training = data.items[~data.held_out]
        copied = np.concatenate([training[: len(samples) // 10], samples[len(samples) // 10 :]])
        few = samples[np.random.default_rng(seed).integers(40, size=len(samples))]
        for key, changed in (
            ("soft", withheld.blurred(samples)),
            ("copying", copied),
            ("repetition", withheld.planted(samples, 0.03, seed)[0]),
            ("repetition", few),
            ("lost_modes", few),
        ):
            named.append(key in withheld.diagnosed(data, changed).keys)
    beside = f"{sum(named)} of {len(named)}: softness, copies, repetition, collapse"
    yield Figure("planted faults with their verdict", sum(named) / len(named), "x", "at least", 0.95, beside)
    yield Figure("verdicts against sound samples", float(sound), "x", "at most", 0.0, f"{_ROUNDS} sets")


def _duplicates(pool: withheld.Pool) -> Iterator[Figure]:
    data, samples = withheld.without(pool, (), 7)
    changed, rows = withheld.planted(samples, 0.01, 7)
    repeated = withheld.diagnosed(data, changed).arrays["generated_repeated"]
    beside = (
        f"{len(rows)} of {len(samples)} samples; {int(repeated.sum()) - 2 * len(rows)} others are called so"
    )
    share = float(repeated[rows].mean())
    yield Figure("exact duplicates that are found", share, "x", "at least", 1.0, beside)


def _neighbourhoods() -> Iterator[Figure]:
    """Beside the package `prdc`, on the same numbers."""
    import contextlib
    import io

    from prdc import compute_prdc  # type: ignore[import-untyped]

    random = np.random.default_rng(0)
    real, fake = random.normal(size=(_LARGE, 64)), random.normal(0.1, 1.1, size=(_LARGE, 64))
    began = time.perf_counter()
    own = neighbourhoods(real, fake)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        other = compute_prdc(real, fake, nearest_k=5)
    theirs = time.perf_counter() - began
    apart = max(
        abs(getattr(own, name).value - other[name]) for name in ("precision", "recall", "density", "coverage")
    )
    yield Figure("prdc: largest difference from the package", apart, "x", "at most", 1e-6)
    beside = f"{seconds:.1f} s against {theirs:.1f} s at {_LARGE:,} x {_LARGE:,}"
    yield Figure("prdc: times as fast as the package", theirs / seconds, "x", "", 0.0, beside)
    if sys.platform == "linux":  # others do not tell the peak of one program alone
        ours, package = (_peak(program) for program in (_OURS, _PACKAGE))
        beside = f"{ours:.0f} MiB against {package:.0f} MiB, peaks of two processes above their start"
        yield Figure("prdc: memory, package over ours", package / ours, "x", "at least", 5.0, beside)


_MEASURED = """
import contextlib, io, re
import numpy as np
{imported}

def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])

random = np.random.default_rng(0)
real, fake = random.normal(size=({count}, 64)), random.normal(0.1, 1.1, size=({count}, 64))
with contextlib.redirect_stdout(io.StringIO()):
    {call}(real[:50], fake[:50], 5)
    before = peak()
    {call}(real, fake, 5)
print(peak() - before)
"""
_OURS = _MEASURED.format(
    imported="from latentlab.diagnosis.prdc import neighbourhoods", call="neighbourhoods", count=_LARGE
)
_PACKAGE = _MEASURED.format(imported="from prdc import compute_prdc", call="compute_prdc", count=_LARGE)


def _peak(program: str) -> float:
    """MiB that a program says its memory grew by at most."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def _whole_report() -> Iterator[Figure]:
    """5,000 samples of the bundled model against 5,000 pictures; the pictures are made ready beforehand."""
    from latentlab.cli import diagnose

    parser = argparse.ArgumentParser()
    diagnose.add_arguments(parser)
    model = str(next(iter(bundled_models())))
    with tempfile.TemporaryDirectory() as folder:
        words = [model, "--data", "dicebear:landscape", "--samples", "5000", "--no-cache"]
        options = parser.parse_args(words)
        diagnose.measure(_changed(options, samples=50, items=5000), Path(folder) / "first", [False])
        began = time.perf_counter()
        diagnose.measure(options, Path(folder) / "second", [False])
        yield Figure(
            "whole report, 5,000 x 5,000 at 64 px", time.perf_counter() - began, "s", "at most", 180.0
        )


def _changed(options: argparse.Namespace, **changes: object) -> argparse.Namespace:
    """The same options with some changed."""
    return argparse.Namespace(**{**vars(options), **changes})
