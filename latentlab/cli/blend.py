"""Mix two models of the same build into a new one: swap blocks, or blend weights block by block."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab blend`."""
    parser.add_argument("first", metavar="A", help="a model file; gives whatever is not taken from B")
    parser.add_argument("second", metavar="B", help="a model file of the same build")
    parser.add_argument(
        "--layers",
        default="all=0.5",
        metavar="WEIGHTS",
        help="share of B by block: b4-b16=0,b32-b64=1, or all=0.5 (default), or mapping=1",
    )
    parser.add_argument("--name", default="", help="name of the new model")
    parser.add_argument(
        "-o", "--out", metavar="OUT.safetensors", help="where to write; without it, only compare"
    )


def run(options: argparse.Namespace) -> int:
    """Compare, mix and save; 1 when the models do not fit together."""
    from latentlab.formats import open_model
    from latentlab.formats.blend import blend, weights_from_text
    from latentlab.models.blending import compatibility, groups

    first, second = open_model(options.first), open_model(options.second)
    found = compatibility(first.generator, second.generator)
    print(found.sentence(), file=sys.stdout if options.out is None else sys.stderr)
    if not found.is_possible:
        return 1
    if options.out is None:
        print("Blocks: " + ", ".join(groups(first.generator)))
        return 0
    weights = weights_from_text(options.layers, groups(first.generator))
    card = blend(first, second, weights, options.out, name=options.name)
    print(f"{options.out}: {card.name}. {card.description}")
    return 0
