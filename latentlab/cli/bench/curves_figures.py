"""The Train workspace: curves under a moving hand, a long run, events on their way, stalls while training."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from latentlab.cli.bench.figures import Figure
from latentlab.formats.bundled import bundled_models


def measure() -> Iterator[Figure]:
    """On the screen there is, or offscreen where there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from latentlab.cli.bench import curves
    from latentlab.cli.bench.window import open_window

    with open_window(bundled_models()[0]) as window, tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        found = curves.frames()
        beside = f"median {found.median:.1f} ms, longest {found.longest:.1f} ms, {found.count} frames"
        title = f"{curves.SERIES} series of {curves.POINTS:,} points: pan and zoom, p99 of a frame"
        yield Figure(title, found.p99, "ms", "at most", 16.0, beside)
        opened = curves.opening(window, runs / "long", curves.write_long_run(runs / "long"))
        title = f"{curves.EVENTS:,} events: a click to curves over all steps"
        beside = f"every event after {opened.whole:.1f} s, {opened.megabytes:.0f} MiB"
        yield Figure(title, opened.curves, "s", "at most", 2.0, beside)
        arrived = curves.arrival(window, runs / "events")
        beside = f"median {arrived.median:.0f} ms"
        yield Figure(
            "an event to its point on the screen, slowest", arrived.longest, "ms", "at most", 500.0, beside
        )
        stalls = curves.stalls_while_training(window, runs / "trained")
        beside = f"median {stalls.median:.1f} ms, longest {stalls.longest:.1f} ms"
        yield Figure("while a training runs: p99 of a 5 ms timer", stalls.p99, "ms", "at most", 16.0, beside)
