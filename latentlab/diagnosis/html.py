"""A result as one page that holds everything in itself: it opens anywhere, with no network."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

from latentlab.atomic import write_atomically
from latentlab.diagnosis import drawing
from latentlab.diagnosis.result import Figure, Result, Verdict
from latentlab.diagnosis.sections import VIEWS
from latentlab.diagnosis.text import GROUPS, beside, number

_HEADLINES = ("coverage", "bins_differ", "precision", "variety", "used_units", "cycle_error")
_COLOURS = {"serious": "#f2575f", "warning": "#f2a24a", "note": "#8ab4f8", "good": "#4cbb8a"}
_STYLE = """
:root { color-scheme: dark; }
body { margin: 0; background: #1b1b1b; color: #e6e6e6; font: 14px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 1180px; margin: auto; padding: 24px; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 15px; margin: 28px 0 8px; }
h3 { font-size: 13px; margin: 12px 0 4px; color: #bbb; }
p { margin: 4px 0; overflow-wrap: anywhere; }
.quiet, small { color: #9a9a9a; }
.verdict { border-left: 4px solid; padding: 8px 14px; margin: 10px 0; background: #242424; }
.verdict > b { font-size: 16px; }
.heads { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; margin: 16px 0; }
.head { background: #242424; padding: 10px 14px; }
.head strong { font-size: 24px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 8px 32px; }
section { min-width: 0; }
img { border-radius: 3px; margin: 1px; vertical-align: top; }
.sheet, svg { max-width: 100%; height: auto; }
svg text { fill: #9a9a9a; font-size: 11px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid #333; }
th { color: #9a9a9a; font-weight: 600; }
td.n { white-space: nowrap; }
td.n small { display: block; }
.legend span { margin-right: 14px; color: #9a9a9a; }
.legend i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.pairs { display: flex; flex-wrap: wrap; gap: 10px 16px; }
.pair { white-space: nowrap; font-size: 12px; color: #9a9a9a; }
.copy img { outline: 2px solid #f2a24a; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid #5aa9e6; }
@media (max-width: 600px) { main { padding: 14px; } td.n { white-space: normal; } }
@media print { :root { color-scheme: light; } body, .verdict, .head { background: #fff; color: #000; } }
"""


def write_page(result: Result, path: Path) -> None:
    """Write the page.

    Raises:
        OSError: the disk is full, or the place cannot be written to.
    """
    write_atomically(path, as_html(result).encode())


def as_html(result: Result) -> str:
    """The page."""
    subject, against = result.subject, result.against
    step = f", step {subject.step:,}" if subject.step is not None else ""
    title = f"{subject.name}: diagnosis"
    data = (against.text or against.source).rstrip(".")
    parts = [
        f"<h1>{escape(subject.name)}</h1>",
        f'<p class="quiet">{escape(subject.family)}{step} · against {escape(data)} '
        f"({against.train:,} items, {against.held_out:,} held out) · seen by "
        f"{escape(result.seen_by)} · intervals of "
        f"95 % · {result.seconds:.0f} s</p>",
        *(_verdict(result, verdict) for verdict in result.verdicts),
        '<div class="heads">',
        *(_headline(result.figures[key]) for key in _HEADLINES if key in result.figures),
        "</div>",
        '<div class="columns">',
        *(
            f"<section><h2>{escape(name)}</h2>{body}</section>"
            for name, view in VIEWS
            if (body := view(result))
        ),
        "</div>",
        "<h2>All figures</h2>",
        _table(result),
        *(f'<p class="quiet">Note: {escape(note)}</p>' for note in result.notes),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _verdict(result: Result, verdict: Verdict) -> str:
    figures = "; ".join(
        f"{escape(result.figures[key].name)} <b>{escape(number(result.figures[key]))}</b>"
        for key in verdict.figures
        if key in result.figures
    )
    back = f" Roll back to step {verdict.roll_back:,}." if verdict.roll_back is not None else ""
    change = ", ".join(f"{key} = {value}" for key, value in verdict.change.items())
    return (
        f'<div class="verdict" style="border-color:{_COLOURS[verdict.severity]}"><b>{escape(verdict.title)}</b>'
        f"<p>{escape(verdict.text)}</p>"
        + (
            f"<p>→ {escape(verdict.remedy + back)} <small>{escape(change)}</small></p>"
            if verdict.remedy
            else ""
        )
        + f"<details><summary>Why</summary><p>{figures}</p><p><small>Rule: "
        f"{escape(verdict.rule)}</small></p></details>"
        "</div>"
    )


def _headline(figure: Figure) -> str:
    end = (
        figure.of
        if not math.isnan(figure.of)
        else max(1.0, figure.value, figure.high if figure.high == figure.high else 0)
    )
    mark = drawing.place(figure.value, figure.low, figure.high, figure.data, end)
    return (
        f'<div class="head" title="{escape(figure.term)}"><small>{escape(figure.name)}</small><br>'
        f"{_strong(figure)}<br>{mark}</div>"
    )


def _strong(figure: Figure) -> str:
    value, _, rest = number(figure).partition(" ")
    return f"<strong>{escape(value)}</strong> <small>{escape(rest)}</small>"


def _table(result: Result) -> str:
    rows = []
    for group, title in GROUPS.items():
        figures = [figure for figure in result.figures.values() if figure.group == group]
        if figures:
            rows.append(f'<tr><th colspan="3"><br>{title}</th></tr>')
        rows += [
            f"<tr><td>{escape(figure.name)}<br><small>{escape(figure.term)}</small></td>"
            f'<td class="n">{escape(number(figure))}<small>{escape(beside(figure))}</small></td>'
            f"<td>{escape(figure.meaning)} <small>{escape(figure.bias)}</small></td></tr>"
            for figure in figures
        ]
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'
