"""The sections of a report's page, each from the arrays of a result; "" where they were not measured."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np

from latentlab.diagnosis import drawing
from latentlab.diagnosis.result import Result

_PAIRS, _PER_GROUP = 24, 12


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
        found.append(
            drawing.sheet(
                np.asarray(pictures[members[:_PER_GROUP]]),
                _PER_GROUP,
                "Pictures of the data that are never drawn",
                side=40,
            )
        )
    return "".join(found)


def _pairs(result: Result) -> str:
    pairs, lengths, fake = (result.array(name) for name in ("pairs", "pair_distance", "generated_pictures"))
    real, nearest, copies = (result.array(name) for name in ("real_pictures", "pair_real", "pair_copy"))
    if pairs is None or lengths is None or fake is None:
        return ""
    found = []
    for row in range(min(_PAIRS, len(pairs))):
        first, second = pairs[row]
        body = "".join(drawing.picture(fake[one], f"sample {one}", side=48) for one in (first, second))
        if real is not None and nearest is not None:
            mark = ' class="copy"' if copies is not None and copies[row] else ""
            near = drawing.picture(real[nearest[row]], "nearest training picture", side=48)
            body += f"<span{mark}>{near}</span>"
        found.append(f'<div class="pair">{body}<br>apart {lengths[row]:.3g}</div>')
    return (
        f'<div class="pairs">{"".join(found)}</div>'
        '<p class="quiet">Two samples, then the nearest training picture; outlined: a copy.</p>'
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
        + drawing.sheet(np.asarray(pictures[row]), pictures.shape[1], f"Samples of: {words[row]}", side=48)
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
    below = (
        ""
        if pictures is None
        else drawing.sheet(np.asarray(pictures), len(pictures), "Pictures along the walk", side=32)
    )
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
        body += "".join(
            drawing.sheet(np.asarray(row), len(row), f"Along dimension {number}", side=40) + "<br>"
            for number, row in zip(order, pictures, strict=False)
        )
    pairs = result.array("reconstruction_pairs")
    if pairs is not None:
        both = np.concatenate([np.asarray(pairs[:, 0]), np.asarray(pairs[:, 1])])
        body += "<h3>Pictures, and what it makes of them</h3>" + drawing.sheet(
            both, len(pairs), "Above pictures, below their reconstructions", side=40
        )
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
        + drawing.sheet(flat, rows.shape[1], f"Columns: {', '.join(result.columns)}", side=56)
        + (f'<p class="quiet">{escape(", ".join(result.columns))}</p>')
    )


def _samples(result: Result) -> str:
    return _pictures(result, "generated_pictures", "Samples")


def _data(result: Result) -> str:
    return _pictures(result, "real_pictures", "Pictures of the data")


def _pictures(result: Result, name: str, alt: str) -> str:
    pictures = result.array(name)
    if pictures is None:
        return ""
    chosen = np.linspace(0, len(pictures) - 1, min(72, len(pictures))).astype(int)
    return drawing.sheet(np.asarray(pictures[chosen]), 12, alt, side=40)


VIEWS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("Samples", _samples),
    ("Data", _data),
    ("Regions over time", _bins),
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
)
