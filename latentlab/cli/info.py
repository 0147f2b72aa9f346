"""Say what a model file is, without building the model or running anything in it."""

from __future__ import annotations

import argparse
import dataclasses
import json

from latentlab.formats.report import FileReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab info`."""
    parser.add_argument("file", metavar="FILE", help="a model file of any kind")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print the report; 1 when the file was not recognised."""
    from latentlab.formats import inspect

    report = inspect(options.file)
    print(json.dumps(as_json(report), indent=2) if options.json else as_text(report))
    return 0 if report.candidates else 1


def as_json(report: FileReport) -> dict[str, object]:
    """The report as JSON values; architectures are spelt out."""
    values = dataclasses.asdict(report)
    values["card"]["measures"] = dict(report.card.measures)
    return values


def as_text(report: FileReport) -> str:
    """The report for reading."""
    card = report.card
    lines = [f"{card.name}", f"  Format       {report.format}"]
    if report.candidates:
        lines += [
            f"  Family       {card.family}",
            f"  Picture      {report.resolution} x {report.resolution}",
            f"  Parameters   {report.parameters:,}",
            f"  Memory       {report.memory_bytes / 2**20:,.0f} MiB",
        ]
    for title, text in (("About", card.description), ("Data", card.data), ("Licence", card.licence)):
        if text:
            lines.append(f"  {title:<12} {text}")
    if card.recipe:
        lines.append(f"  Trained      {card.recipe}")
    lines += [f"  {name:<12} {value}" for name, value in card.measures]
    if card.class_names:
        lines.append(f"  Classes      {', '.join(card.class_names)}")
    if len(report.candidates) > 1:
        lines.append("  Shapes leave something open. Readings that fit:")
        lines += [f"    {candidate.key}: {candidate.description}" for candidate in report.candidates]
    lines += [f"  Note         {doubt}" for doubt in report.doubts]
    lines += [f"  {found}" for found in report.found]
    return "\n".join(lines)
