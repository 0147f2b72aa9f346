"""Measure what the user feels: ratios against a baseline taken in the same run, with warm-up and medians."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from latentlab.cli.bench.figures import Figure, as_json, as_text

GROUPS = {
    "bundled": "the bundled model through the renderer",
    "stylegan2-256": "full-size StyleGAN2, 256 px, against plain operators",
    "stylegan2-1024": "full-size StyleGAN2, 1024 px, against plain operators",
    "stylegan3": "full-size StyleGAN3-T, 256 px, against plain operators",
    "opening": "a 1024 px network pickle against reading its tensors",
    "mix": "a crossing grid against its bare batched forward passes",
    "history": "a long history: memory, undo, scrolling",
    "window": "the real window: launch, slider to pixels, stalls",
    "gallery": "the gallery in the real window: first pictures, rate, scrolling",
    "curves": "curves of training in the real window: frames, long runs, events, stalls",
    "diagnosis": "a diagnosis: planted faults, time and memory",
    "withheld": "a diagnosis of samples that lack a part of the data: what is named, false alarms",
    "verdicts": "what a diagnosis says of models that were trained, sound ones and broken ones",
    "learned": "directions learned from a few marked pictures, by measured attributes",
}
_NETWORKS = ("bundled", "stylegan2-256", "stylegan2-1024", "stylegan3")
"""Groups that share a module; every other one has its own."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab bench`."""
    listing = "; ".join(f"{name}: {text}" for name, text in GROUPS.items())
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"what to measure (all): {listing}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")


def run(options: argparse.Namespace) -> int:
    """Measure, and print every figure as soon as it is there; 1 when a goal was missed."""
    unknown = [name for name in options.groups if name not in GROUPS]
    if unknown:
        print(f"latentlab bench: no group {unknown[0]!r}: choose among {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    found: dict[str, list[Figure]] = {}
    for name in options.groups or GROUPS:
        print(f"\n{name}: {GROUPS[name]}", flush=True)
        found[name] = []
        for figure in _measure(name):
            found[name].append(figure)
            print(as_text(figure), flush=True)
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")
    return 0 if all(figure.reached is not False for figures in found.values() for figure in figures) else 1


def _measure(group: str) -> Iterator[Figure]:
    room = "network" if group in _NETWORKS else group
    measure: Callable[..., Iterator[Figure]] = import_module(f"latentlab.cli.bench.{room}_figures").measure
    yield from measure(group) if room == "network" else measure()
