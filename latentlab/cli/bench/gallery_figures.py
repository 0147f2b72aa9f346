"""The gallery in the real window, on the model that a new user sees and on a StyleGAN2."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from latentlab.cli.bench.figures import Figure
from latentlab.formats import open_model
from latentlab.places import resource_dir

_MODELS = ("landscapes", "faces-in-layers")


def measure() -> Iterator[Figure]:
    """On the screen there is, or offscreen where there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from latentlab.cli.bench import gallery
    from latentlab.cli.bench.window import open_window

    for name in _MODELS:
        path = resource_dir() / "models" / f"{name}.safetensors"
        generator = open_model(path).generator
        with open_window(path) as window:
            opened = gallery.opening(window)
            beside = f"all {opened.places} in sight after {opened.all:.0f} ms"
            yield Figure(
                f"{name}: first pictures of the gallery", opened.first, "ms", "at most", 200.0, beside
            )
            scrolled = gallery.scrolling(window)
            beside = f"longest gap {scrolled.beats.longest:.1f} ms"
            yield Figure(f"{name}: painting while scrolling, p99", scrolled.paint_p99, "ms", "at most", 16.0)
            yield Figure(
                f"{name}: scrolling, p99 of a 5 ms timer", scrolled.beats.p99, "ms", "at most", 16.0, beside
            )
            found = gallery.rate(window, generator)
            beside = f"{found.gallery:.0f} pictures/s, bare batches of 16 {found.bare:.0f}"
            yield Figure(
                f"{name}: pictures a second against bare batches", found.ratio, "x", "at least", 0.9, beside
            )
