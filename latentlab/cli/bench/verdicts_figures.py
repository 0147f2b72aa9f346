"""Whether verdicts are right about models that were trained for real, sound ones and broken ones."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from latentlab.cli.bench import trained
from latentlab.cli.bench.figures import Figure

_FIRST_SEED = 1
"""The limits were looked at with seed 0."""


def measure() -> Iterator[Figure]:
    """Every verdict's precision, then how many broken models are found and sound ones left alone."""
    with tempfile.TemporaryDirectory() as folder:
        yield from figures(tuple(trained.measured(Path(folder), seeds=1, first_seed=_FIRST_SEED)))


def figures(told: tuple[trained.Told, ...]) -> Iterator[Figure]:
    """What was said, counted."""
    given = Counter(key for one in told for key in one.keys)
    wrong = Counter(key for one in told for key in one.wrong)
    for key in sorted(given):
        right = given[key] - wrong[key]
        beside = f"{right} of {given[key]}"
        yield Figure(f"verdict {key}: right", right / given[key], "x", "", 0.0, beside)
    total = sum(given.values())
    right = total - sum(wrong.values())
    yield Figure("all verdicts: right", right / max(total, 1), "x", "at least", 0.9, f"{right} of {total}")
    broken = [one for one in told if one.case.expected]
    found = [one for one in broken if one.found]
    missed = ", ".join(one.case.name for one in broken if not one.found)
    beside = f"{len(found)} of {len(broken)}" + (f"; not {missed}" if missed else "")
    yield Figure("broken models: found", len(found) / max(len(broken), 1), "x", "at least", 0.9, beside)
    sound = [one for one in told if not one.case.expected]
    alarms = [f"{one.case.name}: {', '.join(sorted(one.wrong))}" for one in sound if one.wrong]
    beside = f"{len(alarms)} of {len(sound)}" + (f"; {'; '.join(alarms)}" if alarms else "")
    yield Figure("sound models with a warning", len(alarms) / max(len(sound), 1), "x", "at most", 0.1, beside)
