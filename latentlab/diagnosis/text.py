"""A result for reading: verdicts first, then every figure with its interval and a sentence."""

from __future__ import annotations

import math
import textwrap

from latentlab.diagnosis.result import Figure, Result

GROUPS = {
    "variety": "Variety",
    "fidelity": "Fidelity",
    "repetition": "Repetition",
    "copying": "Copying",
    "discriminator": "Discriminator",
    "latent": "Latent space",
    "code": "Code",
    "translation": "Translation",
}
"""Titles of the groups of figures, in order."""
_WIDTH = 100
_SIGNS = {"serious": "✕", "warning": "!", "note": "·", "good": "✓"}


def as_text(result: Result) -> str:
    """The whole result."""
    subject, against = result.subject, result.against
    step = f", step {subject.step:,}" if subject.step is not None else ""
    lines = [
        f"{subject.name} ({subject.family}{step})",
        f"against {(against.text or against.source).rstrip('.')}: {against.train:,} items"
        + (f" and {against.held_out:,} held out" if against.held_out else ""),
        f"seen by {result.seen_by}; intervals are of 95 %; {result.seconds:.0f} s",
        "",
    ]
    for verdict in result.verdicts:
        lines += _folded(verdict.title, f"{_SIGNS[verdict.severity]} ")
        lines += _folded(verdict.text, "    ")
        if verdict.remedy:
            lines += _folded(verdict.remedy, "    → ")
        if verdict.roll_back is not None:
            lines += [f"    → Roll back to step {verdict.roll_back:,}."]
        shown = [result.figures[key] for key in verdict.figures if key in result.figures]
        lines += _folded("; ".join(f"{figure.name.lower()} {number(figure)}" for figure in shown), "    = ")
        lines.append("")
    for group, title in GROUPS.items():
        figures = [figure for figure in result.figures.values() if figure.group == group]
        if not figures:
            continue
        lines.append(title)
        for figure in figures:
            lines.append(f"  {figure.name:<44} {number(figure)}{beside(figure)}")
            lines += _folded(figure.meaning, "      ")
        lines.append("")
    lines += [f"Note: {note}" for note in result.notes]
    return "\n".join(lines).rstrip() + "\n"


def number(figure: Figure) -> str:
    """The value with its interval: "0.56 (0.53 – 0.59)", "17 of 50"."""
    text = short(figure.value)
    if not math.isnan(figure.of):
        text += f" of {short(figure.of)}"
    if not math.isnan(figure.low):
        text += f" ({short(figure.low)} – {short(figure.high)})"
    return f"{text} {figure.unit}".rstrip()


def beside(figure: Figure) -> str:
    """What the data have: " · data 0.97"."""
    return "" if math.isnan(figure.data) else f" · data {short(figure.data)}"


def short(value: float) -> str:
    """A number with about three digits that matter."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if math.isnan(value):
        return "–"
    if abs(value) < 1e-9:
        return "0"
    if value == int(value) and abs(value) >= 1:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"


def _folded(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))
