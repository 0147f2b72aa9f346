"""Save a model of any known kind in LatentLab's own format, as weights alone, or as ONNX for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab convert`."""
    parser.add_argument("file", metavar="FILE", help="a model file of any kind")
    parser.add_argument("out", metavar="OUT", help="where to write: a .safetensors or an .onnx file")
    parser.add_argument(
        "--to",
        choices=["native", "safetensors", "onnx"],
        help="LatentLab's format with card and architecture, weights alone, or ONNX; by the ending of OUT",
    )
    parser.add_argument(
        "--reading", help="which reading to use where shapes leave something open; `info` lists them"
    )


def run(options: argparse.Namespace) -> int:
    """Convert, and say what was written."""
    from latentlab.formats import convert, open_model

    kind = options.to or ("onnx" if Path(options.out).suffix.lower() == ".onnx" else "native")
    if kind == "native":
        model = convert(options.file, options.out, candidate=options.reading)
        print(f"{options.out}: {model.card.family}, {model.report.parameters:,} parameters")
        return 0
    from latentlab.formats.exporting import export_onnx, export_weights

    model = open_model(options.file, candidate=options.reading)
    said = f"{options.out}: {model.card.family}, {model.report.parameters:,} parameters, its card beside it"
    if kind == "onnx":
        far = export_onnx(options.out, model.generator, model.card)
        said += f"; drawn by ONNX and by LatentLab, pictures differ by {far:.1g} at most"
    else:
        export_weights(options.out, model.generator, model.card)
    print(said)
    return 0
