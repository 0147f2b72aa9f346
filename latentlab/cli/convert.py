"""Save a model of any known kind in LatentLab's own format: safetensors with card and architecture inside."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab convert`."""
    parser.add_argument("file", metavar="FILE", help="a model file of any kind")
    parser.add_argument("out", metavar="OUT.safetensors", help="where to write")
    parser.add_argument(
        "--reading", help="which reading to use where shapes leave something open; `info` lists them"
    )


def run(options: argparse.Namespace) -> int:
    """Convert, and say what was written."""
    from latentlab.formats import convert

    model = convert(options.file, options.out, candidate=options.reading)
    print(f"{options.out}: {model.card.family}, {model.report.parameters:,} parameters")
    return 0
