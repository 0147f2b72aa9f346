"""Pictures and plots of a report as text that a page holds in itself: PNG as data, plots as SVG."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating | np.integer]

RARE, OFTEN, REAL, FAKE = "#f2a24a", "#58a6e8", "#9a9a9a", "#5aa9e6"


def picture(pixels: NDArray[np.uint8], alt: str, *, side: int = 64) -> str:
    """One picture (h, w, C) as an element; `alt` says what it is."""
    from PIL import Image

    content = io.BytesIO()
    grey = pixels.shape[-1] == 1
    Image.fromarray(np.ascontiguousarray(pixels[..., 0] if grey else pixels)).save(content, "png")
    data = base64.b64encode(content.getvalue()).decode()
    size = f'width="{side}" height="{side}"'
    return f'<img src="data:image/png;base64,{data}" {size} alt="{escape(alt)}">'


def sheet(pictures: NDArray[np.uint8], columns: int, alt: str, *, side: int = 64) -> str:
    """Many pictures (N, h, w, C) as one element; `alt` says what they are."""
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    whole = np.full((rows * (height + 2), columns * (width + 2), channels), 28, np.uint8)
    for place, pixels in enumerate(pictures):
        y, x = (place // columns) * (height + 2), (place % columns) * (width + 2)
        whole[y : y + height, x : x + width] = pixels
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(whole[..., 0] if channels == 1 else whole).save(content, "png")
    data = base64.b64encode(content.getvalue()).decode()
    scale = side / width
    return (
        f'<img class="sheet" src="data:image/png;base64,{data}" width="{round(whole.shape[1] * scale)}" '
        f'height="{round(whole.shape[0] * scale)}" alt="{escape(alt)}">'
    )


def scatter(
    sets: Sequence[tuple[Numbers, str, str]], *, width: int = 560, height: int = 420, radius: float = 1.8
) -> str:
    """Points (N, 2) of several sets, each with a colour and a name, on common axes."""
    points = np.concatenate([values for values, _, _ in sets if len(values)])
    low, high = points.min(0), points.max(0)
    span = np.where(high > low, high - low, 1.0)
    parts = []
    for values, colour, _ in sets:
        at = (values - low) / span * (width - 20, height - 20) + 10
        dots = "".join(f"M{x:.1f} {height - y:.1f}h0" for x, y in at)
        parts.append(
            f'<path d="{dots}" stroke="{colour}" stroke-width="{2 * radius}" stroke-linecap="round" '
            'stroke-opacity="0.6"/>'
        )
    names = [name for _, _, name in sets]
    return _svg(width, height, parts, f"Points: {', '.join(names)}") + _legend(
        [(colour, name) for _, colour, name in sets]
    )


def heat(values: Numbers, columns: Sequence[str], *, limit: float = 8.0, width: int = 560) -> str:
    """A table (K, T) from `RARE` at -limit to `OFTEN` at limit, a row per bin."""
    rows, count = values.shape
    cell_w, cell_h = (width - 10) / max(count, 1), max(5.0, 380 / max(rows, 1))
    parts = []
    for row in range(rows):
        for column in range(count):
            z = float(np.clip(values[row, column] / limit, -1, 1))
            parts.append(
                f'<rect x="{5 + column * cell_w:.1f}" y="{row * cell_h:.1f}" width="{cell_w - 0.6:.1f}" '
                f'height="{cell_h - 0.6:.1f}" fill="{OFTEN if z > 0 else RARE}" fill-opacity="{abs(z):.2f}">'
                f"<title>{escape(columns[column])}: z {values[row, column]:+.1f}</title></rect>"
            )
    end = rows * cell_h
    parts += [
        _text(5 + (column + 0.5) * cell_w, end + 14, columns[column], "middle")
        for column in range(0, count, max(1, count // 6))
    ]
    return _svg(width, end + 20, parts, f"{rows} regions, {columns[0]} to {columns[-1]}") + _legend(
        [(RARE, f"drawn too rarely, z down to -{limit:g}"), (OFTEN, f"too often, z up to {limit:g}")]
    )


def histograms(sets: Sequence[tuple[Numbers, str, str]], *, width: int = 560, height: int = 110) -> str:
    """One histogram below the other, on a common axis."""
    everything = np.concatenate([np.asarray(values, np.float64) for values, _, _ in sets])
    low, high = np.quantile(everything, (0.002, 0.998))
    if high <= low:
        high = low + 1.0
    found = []
    for values, colour, name in sets:
        counts, _ = np.histogram(np.clip(values, low, high), 40, (low, high))
        top = max(int(counts.max()), 1)
        step = width / 40
        parts = [
            f'<rect x="{place * step:.1f}" y="{height - 20 - count / top * (height - 40):.1f}" '
            f'width="{step - 1:.1f}" height="{count / top * (height - 40):.1f}" fill="{colour}"/>'
            for place, count in enumerate(counts)
        ]
        parts += [
            _text(2, 12, f"{name}, mean {float(np.mean(values)):+.2f}"),
            _text(0, height - 6, f"{low:.2f}"),
            _text(width, height - 6, f"{high:.2f}", "end"),
        ]
        found.append(_svg(width, height, parts, f"Histogram: {name}"))
    return "".join(found)


def curves(
    x: Numbers,
    lines: Sequence[tuple[Numbers, str, str]],
    *,
    width: int = 560,
    height: int = 200,
    label: str = "",
) -> str:
    """Lines (P,) or with an interval (P, 3) over x (P,), each with a colour and a name."""
    values = np.concatenate([np.asarray(line, np.float64).ravel() for line, _, _ in lines])
    values = values[np.isfinite(values)]
    low, high = min(0.0, float(values.min(initial=0.0))), float(values.max(initial=1e-9))
    left, right = float(np.min(x)), float(np.max(x))

    def at(a: float, b: float) -> str:
        across = 36 + (a - left) / max(right - left, 1e-12) * (width - 46)
        return f"{across:.1f},{height - 24 - (b - low) / max(high - low, 1e-12) * (height - 40):.1f}"

    parts = [_text(0, 14, f"{high:.3g}"), _text(0, height - 22, f"{low:.3g}")]
    parts += [
        _text(36, height - 6, f"{left:g}"),
        _text(width, height - 6, f"{right:g} {label}".strip(), "end"),
    ]
    for line, colour, _ in lines:
        table = np.asarray(line, np.float64)
        middle = table[:, 0] if table.ndim == 2 else table
        if table.ndim == 2 and np.isfinite(table).all():
            around = [at(a, b) for a, b in zip(x, table[:, 2], strict=True)]
            around += [at(a, b) for a, b in zip(x[::-1], table[::-1, 1], strict=True)]
            parts.append(f'<polygon points="{" ".join(around)}" fill="{colour}" fill-opacity="0.2"/>')
        points = " ".join(at(a, b) for a, b in zip(x, middle, strict=True) if math.isfinite(b))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    names = [name for _, _, name in lines]
    return _svg(width, height, parts, f"Curves: {', '.join(names)}") + _legend(
        [(colour, name) for _, colour, name in lines]
    )


def bars(
    values: Numbers, *, width: int = 560, height: int = 120, colour: str = FAKE, names: Sequence[str] = ()
) -> str:
    """One bar per number (N,), from 0."""
    top = max(float(np.nanmax(values, initial=0.0)), 1e-12)
    step = width / max(len(values), 1)
    parts = []
    for place, value in enumerate(np.nan_to_num(values)):
        size = float(value) / top * (height - 20)
        title = f"{names[place] if names else place}: {float(value):.3g}"
        parts.append(
            f'<rect x="{place * step:.1f}" y="{height - size:.1f}" width="{max(step - 1, 0.5):.1f}" '
            f'height="{size:.1f}" fill="{colour}"><title>{escape(title)}</title></rect>'
        )
    parts.append(_text(0, 12, f"{top:.3g}"))
    return _svg(width, height, parts, f"{len(values)} bars, the highest {top:.3g}")


def tiles(members: NDArray[np.integer], *, size: int = 360) -> str:
    """A plane of numbers (S, S), each number one colour."""
    side = len(members)
    step = size / side
    parts = []
    for y in range(side):
        for x in range(side):
            number = int(members[y, x])
            hue, light = (number * 137.5) % 360, 38 + 9 * (number % 4)
            parts.append(
                f'<rect x="{x * step:.1f}" y="{y * step:.1f}" width="{step + 0.3:.1f}" height="{step + 0.3:.1f}" '
                f'fill="hsl({hue:.0f} 45% {light}%)"><title>region {number}</title></rect>'
            )
    return _svg(size, size, parts, f"Regions over a plane of {side} x {side} places")


def place(value: float, low: float, high: float, data: float, end: float) -> str:
    """Where a figure and its interval lie between 0 and `end`, and where the data do."""

    def at(number: float) -> float:
        return 4 + 132 * min(max(number / end, 0.0), 1.0)

    parts = ['<line x1="4" x2="136" y1="8" y2="8" stroke="#555"/>']
    if math.isfinite(low) and math.isfinite(high):
        parts.append(
            f'<line x1="{at(low):.1f}" x2="{at(high):.1f}" y1="8" y2="8" stroke="#ddd" stroke-width="3"/>'
        )
    if math.isfinite(value):
        parts.append(
            f'<line x1="{at(value):.1f}" x2="{at(value):.1f}" y1="3" y2="13" stroke="#fff" stroke-width="2"/>'
        )
    if math.isfinite(data):
        parts.append(
            f'<line x1="{at(data):.1f}" x2="{at(data):.1f}" y1="2" y2="14" stroke="#4cbb8a" stroke-width="2"/>'
        )
    return _svg(140, 16, parts, f"{value:.3g} of {end:.3g}")


def _svg(width: float, height: float, parts: Sequence[str], name: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _legend(items: Sequence[tuple[str, str]]) -> str:
    return (
        '<p class="legend">'
        + " ".join(
            f'<span><i style="background:{colour}"></i>{escape(name)}</span>' for colour, name in items
        )
        + "</p>"
    )
