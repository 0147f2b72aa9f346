"""Ten thousand steps: memory, undo, scrolling."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from latentlab.cli.bench.figures import Figure


def measure() -> Iterator[Figure]:
    """On the screen there is, or offscreen where there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from latentlab.cli.bench import history as measured
    from latentlab.cli.bench.window import open_window

    steps = f"{measured.STEPS} steps"
    added = measured.memory_mib()
    yield Figure(f"{steps} with their pictures, in memory", added, "MiB", "at most", 50.0)
    with open_window(measured.model()) as window:
        found = measured.undo_to_pixels(window)
        beside = f"{found.total:.1f} ms, of them {found.rendering:.1f} ms rendering"
        yield Figure(f"{steps}: undo to pixels less rendering", found.overhead, "ms", "at most", 16.7, beside)
        stalls = measured.stalls_while_scrolling(window)
        beside = f"median {stalls.median:.1f} ms, longest {stalls.longest:.1f} ms"
        yield Figure(f"{steps}: scrolling, p99 of a 5 ms timer", stalls.p99, "ms", "at most", 16.0, beside)
