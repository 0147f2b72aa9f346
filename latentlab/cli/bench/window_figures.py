"""The real window: launch, slider to pixels through real widgets, stalls of its thread."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.cli.bench.figures import Figure
from latentlab.cli.bench.networks import full_stylegan2
from latentlab.formats import save_model
from latentlab.formats.bundled import bundled_models
from latentlab.formats.report import Card

if TYPE_CHECKING:
    from latentlab.cli.bench.window import SliderToPixels


def measure() -> Iterator[Figure]:
    """On the screen there is, or offscreen where there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from latentlab.cli.bench import window as measured

    started = measured.launch()
    yield Figure("launch to window", started.window, "s", "at most", 1.5)
    yield Figure("launch to first picture of the bundled model", started.picture, "s", "at most", 4.0)
    with measured.open_window(bundled_models()[0]) as window:
        yield _overhead("bundled model", measured.slider_to_pixels(window))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "full.safetensors"
        save_model(path, full_stylegan2(1024), Card("Full size"))
        with measured.open_window(path) as window:
            idle = measured.stalls_when_idle()
            yield Figure("idle: p99 of a 5 ms timer", idle.p99, "ms")
            yield _overhead("StyleGAN2 1024 px, slow hand", measured.slider_to_pixels(window))
            yield _overhead("StyleGAN2 1024 px, fast hand", measured.slider_to_pixels(window, pace_ms=8.0))
            for name, stalls in (
                ("dragging", measured.stalls_while_dragging(window)),
                ("full pictures", measured.stalls_while_rendering(window)),
            ):
                beside = f"median {stalls.median:.1f} ms, longest {stalls.longest:.1f} ms"
                yield Figure(f"{name}: p99 of a 5 ms timer", stalls.p99, "ms", "at most", 16.0, beside)
                yield Figure(f"{name}: longest gap", stalls.longest, "ms")


def _overhead(name: str, found: SliderToPixels) -> Figure:
    beside = f"{found.total:.1f} ms less {found.preview:.1f} ms for {found.side} px, {found.engine}"
    return Figure(f"{name}: slider to pixels less its preview", found.overhead, "ms", "at most", 10.0, beside)
