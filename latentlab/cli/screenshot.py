"""Render a screen of the application to a PNG file, with no display: the pictures of the documentation."""

from __future__ import annotations

import argparse
import os

from latentlab.places import throw_away_home

_KNOWN = ("directions", "probes", "layers")
"""What was found out about models before: it takes minutes, and tells nothing of the user."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab screenshot`."""
    parser.add_argument(
        "name", metavar="NAME", help="the screen: explore, ...; an unknown name lists them all"
    )
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help="the PNG file to write")
    parser.add_argument("--size", default="1440x900", type=size, help="of the window, such as 1280x720")
    parser.add_argument("--model", metavar="FILE", help="open this model instead of the bundled one")
    parser.add_argument("--show", metavar="FOLDER", help="show this run in Train, this result in Diagnose")


def size(text: str) -> tuple[int, int]:
    """Read "1440x900"."""
    width, separator, height = text.partition("x")
    if not (separator and width.isdecimal() and height.isdecimal() and 0 < int(width) < 10_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1440x900")
    return int(width), int(height)


def run(options: argparse.Namespace) -> int:
    """Draw the screen offscreen and save it. The user's own sessions and settings are neither read nor changed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

    from latentlab.qt.screens import screenshot

    with throw_away_home(copied=_KNOWN):
        screenshot(options.name, options.out, options.size, model=options.model, shown=options.show)
    return 0
