"""A result as one page that holds everything in itself: it opens anywhere, with no network."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from pathlib import Path

import numpy as np

from latentlab.atomic import write_atomically
from latentlab.diagnosis import drawing
from latentlab.diagnosis.result import Figure, Result, Verdict
from latentlab.diagnosis.text import GROUPS, beside, number

_HEADLINES = ("coverage", "bins_differ", "precision", "variety", "used_units", "cycle_error")
_PAIRS, _PER_GROUP = 24, 12
_COLOURS = {"serious": "#f2575f", "warning": "#f2a24a", "note": "#8ab4f8", "good": "#4cbb8a"}
_STYLE = """
body{margin:0;background:#1b1b1b;color:#e6e6e6;font:14px/1.5 Inter,system-ui,sans-serif}
main{max-width:1180px;margin:auto;padding:24px}h1{font-size:22px;margin:0 0 4px}h2{font-size:15px;margin:28px
0 8px} h3{font-size:13px;margin:12px 0 4px;color:#bbb}p{margin:4px 0}.quiet{color:#9a9a9a}small{color:#9a9a9a}
.verdict{border-left:4px solid;padding:8px 14px;margin:10px 0;background:#242424}.verdict b{font-size:16px}
.heads{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}.head{background:#242424;padding:10px 14px;min-
width:170px} .head strong{font-size:24px}.columns{display:grid;grid-template-columns:repeat(auto-
fit,minmax(480px,1fr));gap:20px} section{min-width:0}img{image-rendering:auto;border-
radius:3px;margin:1px}table{border-collapse:collapse;width:100%} td,th{padding:4px 10px 4px 0;text-
align:left;vertical-align:top;border-bottom:1px solid #333}th{color:#9a9a9a} svg text{fill:#9a9a9a;font-
size:11px}svg{max-width:100%;height:auto}.legend span{margin-right:14px;color:#9a9a9a} .legend
i{display:inline-block;width:10px;height:10px;margin-right:5px;border-radius:2px}.pair{display:inline- block;
margin:4px 12px 8px 0;white-space:nowrap;font-size:12px}.copy{outline:2px solid
#f2a24a}summary{cursor:pointer} td.n{white-space:nowrap}.sheet{max-width:100%;height:auto}
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
    parts = [
        f"<h1>{escape(subject.name)}</h1>",
        f'<p class="quiet">{escape(subject.family)}{step} · against {escape(against.text or against.source)} '
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
            for name, view in _VIEWS
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
    return f"<table>{''.join(rows)}</table>"


def _bins(result: Result) -> str:
    z = result.array("bin_z")
    if z is None:
        return ""
    order = np.argsort(-z[:, -1], kind="stable")
    names = [f"{step:,}" for step in result.steps] or ["now"]
    return (
        drawing.heat(z[order], names)
        + '<p class="quiet">One row per region, sorted at the last checkpoint.</p>'
    )


def _map(result: Result) -> str:
    real, fake, covered = (
        result.array("real_map"),
        result.array("generated_map"),
        result.array("real_covered"),
    )
    if real is None or fake is None:
        return ""
    if real.shape[1] < 2:
        return ""
    sets = [(fake, drawing.FAKE, "generated")]
    if covered is None:
        sets.insert(0, (real, drawing.REAL, "data"))
    else:
        sets = [
            (real[covered], drawing.REAL, "data"),
            *sets,
            (real[~covered], drawing.RARE, "data with no sample nearby"),
        ]
    return drawing.scatter(sets)


def _never(result: Result) -> str:
    rows, groups, pictures = (
        result.array(name) for name in ("never_drawn", "never_cluster", "real_pictures")
    )
    if rows is None or groups is None or pictures is None or not len(rows):
        return ""
    found = []
    for group in np.unique(groups):
        members = rows[groups == group]
        found.append(f"<h3>Group {group + 1}, {len(members)} pictures</h3>")
        found.append(drawing.sheet(np.asarray(pictures[members[:_PER_GROUP]]), _PER_GROUP, side=40))
    return "".join(found)


def _pairs(result: Result) -> str:
    pairs, lengths, fake = (result.array(name) for name in ("pairs", "pair_distance", "generated_pictures"))
    real, nearest, copies = (result.array(name) for name in ("real_pictures", "pair_real", "pair_copy"))
    if pairs is None or lengths is None or fake is None:
        return ""
    found = []
    for row in range(min(_PAIRS, len(pairs))):
        first, second = pairs[row]
        body = drawing.picture(fake[first], side=48) + drawing.picture(fake[second], side=48)
        if real is not None and nearest is not None:
            mark = " copy" if copies is not None and copies[row] else ""
            body += f'<span class="{mark.strip()}">{drawing.picture(real[nearest[row]], side=48)}</span>'
        found.append(f'<span class="pair">{body}<br>apart {lengths[row]:.3g}</span>')
    return (
        "".join(found)
        + '<p class="quiet">Two samples, then the nearest training picture; outlined: a copy.</p>'
    )


def _scores(result: Result) -> str:
    sets = [
        (result.array(name), colour, title)
        for name, colour, title in (
            ("scores_train", drawing.REAL, "Training"),
            ("scores_held_out", "#8b78e6", "Held out"),
            ("scores_generated", drawing.FAKE, "Generated"),
        )
    ]
    return (
        drawing.histograms([(values, colour, title) for values, colour, title in sets if values is not None])
        if all(values is not None for values, _, _ in sets)
        else ""
    )


def _traits(result: Result) -> str:
    names, real, fake, lost = (
        result.array(name) for name in ("trait_name", "trait_real", "trait_generated", "trait_lost")
    )
    if names is None or real is None or fake is None or lost is None:
        return ""
    rows = "".join(
        f"<tr><td>{'✕ ' if lost[row] else ''}{escape(str(names[row]))}</td><td>{real[row]:.1%}</td>"
        f"<td>{fake[row, 0]:.1%} <small>({fake[row, 1]:.1%} – {fake[row, 2]:.1%})</small></td></tr>"
        for row in np.argsort(fake[:, 0] / np.clip(real, 1e-9, None))[:40]
    )
    return f"<table><tr><th>named</th><th>data</th><th>samples</th></tr>{rows}</table>"


def _classes(result: Result) -> str:
    variety, right, coverage = (
        result.array(name) for name in ("class_variety", "class_accuracy", "class_coverage")
    )
    if variety is None or right is None or coverage is None:
        return ""
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(
            f"<td>{table[row, 0]:.2f} <small>({table[row, 1]:.2f} – {table[row, 2]:.2f})</small></td>"
            for table in (variety, coverage, right)
        )
        + "</tr>"
        for row, name in enumerate(result.class_names)
        if row < len(variety)
    )
    return f"<table><tr><th>class</th><th>variety</th><th>coverage</th><th>as asked</th></tr>{rows}</table>"


def _captions(result: Result) -> str:
    words, spread, pictures = (
        result.array(name) for name in ("caption_text", "caption_spread", "caption_pictures")
    )
    if words is None or spread is None or pictures is None:
        return ""
    return "".join(
        f"<h3>{escape(str(words[row]))} · {spread[row, 0]:.0%}</h3>"
        + drawing.sheet(np.asarray(pictures[row]), pictures.shape[1], side=48)
        for row in range(len(words))
    )


def _time(result: Result) -> str:
    if len(result.steps) < 2:
        return ""
    lines = [
        (found, colour, name)
        for key, colour, name in (
            ("time_coverage", drawing.FAKE, "coverage"),
            ("time_precision", drawing.REAL, "precision"),
            ("time_variety", drawing.RARE, "variety"),
        )
        if (found := result.array(key)) is not None
    ]
    return drawing.curves(np.array(result.steps), lines, label="steps") if lines else ""


def _basins(result: Result) -> str:
    members = result.array("basin_bin")
    return "" if members is None else drawing.tiles(members)


def _walk(result: Result) -> str:
    places, values, pictures = (
        result.array(name) for name in ("walk_places", "walk_values", "walk_pictures")
    )
    if places is None or values is None:
        return ""
    colours = (drawing.FAKE, drawing.REAL, drawing.RARE)
    lines = [
        (values[:, row], colours[row], f"singular value {row + 1}") for row in range(min(3, values.shape[1]))
    ]
    below = "" if pictures is None else drawing.sheet(np.asarray(pictures), len(pictures), side=32)
    return drawing.curves(places, lines) + below


def _truncation(result: Result) -> str:
    psi = result.array("truncation_psi")
    lines = [
        (found, colour, name)
        for name, colour in (
            ("variety", drawing.RARE),
            ("coverage", drawing.FAKE),
            ("precision", drawing.REAL),
        )
        if (found := result.array(f"truncation_{name}")) is not None
    ]
    return drawing.curves(psi, lines, label="psi") if psi is not None and lines else ""


def _directions(result: Result) -> str:
    effect = result.array("direction_effect")
    return "" if effect is None else drawing.bars(np.asarray(effect))


def _code(result: Result) -> str:
    kl, order, pictures = (result.array(name) for name in ("code_kl", "code_order", "traversal_pictures"))
    if kl is None or order is None:
        return ""
    body = drawing.bars(np.asarray(kl)[order], names=[f"dimension {number}" for number in order])
    body += '<p class="quiet">KL per dimension in nats, most used first.</p>'
    if pictures is not None:
        body += "".join(drawing.sheet(np.asarray(row), len(row), side=40) + "<br>" for row in pictures)
    pairs = result.array("reconstruction_pairs")
    if pairs is not None:
        both = np.concatenate([np.asarray(pairs[:, 0]), np.asarray(pairs[:, 1])])
        body += "<h3>Pictures, and what it makes of them</h3>" + drawing.sheet(both, len(pairs), side=40)
    return body


def _translation(result: Result) -> str:
    noise, back, usual, rows = (
        result.array(name)
        for name in ("translation_noise", "translation_back", "translation_usual", "translation_rows")
    )
    if noise is None or back is None or usual is None or rows is None:
        return ""
    lines = [(back, drawing.RARE, "error of the way back"), (usual, drawing.REAL, "what real pictures lose")]
    flat = np.asarray(rows).reshape(-1, *rows.shape[2:])
    return (
        drawing.curves(noise, lines, label="noise")
        + drawing.sheet(flat, rows.shape[1], side=56)
        + (f'<p class="quiet">{escape(", ".join(result.columns))}</p>')
    )


def _samples(result: Result) -> str:
    pictures = result.array("generated_pictures")
    return "" if pictures is None else drawing.sheet(np.asarray(pictures[:72]), 12, side=40)


_VIEWS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("Bins over time", _bins),
    ("Training and generated", _map),
    ("Never drawn", _never),
    ("Closest pairs", _pairs),
    ("Discriminator scores", _scores),
    ("Labels and captions", _traits),
    ("Classes", _classes),
    ("Variety of one caption", _captions),
    ("Over time", _time),
    ("Code", _code),
    ("There and back", _translation),
    ("A plane of the latent space", _basins),
    ("A walk", _walk),
    ("Truncation", _truncation),
    ("Latent directions", _directions),
    ("Samples", _samples),
)
