"""Times and sizes as a person says them."""

from __future__ import annotations

import math

from latentlab.qt.theme.numbers import format_number


def duration_text(seconds: float) -> str:
    """ "40 s", "12 min", "3.5 h", "2 days"; "–" for what is not known."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h".replace(".0 h", " h")
    return f"{seconds / 86400:.1f} days".replace(".0 days", " days")


def span_text(seconds: float, error: float) -> str:
    """A time with its uncertainty: "12–15 min", "20 s", "–"."""
    if not math.isfinite(seconds):
        return "–"
    low, high = seconds, seconds
    if math.isfinite(error):
        low, high = max(0.0, seconds - error), seconds + error
    size, unit = (
        (1, "s")
        if high < 90
        else (60, "min")
        if high < 5400
        else (3600, "h")
        if high < 48 * 3600
        else (86400, "days")
    )
    digits = 0 if size == 1 or high / size >= 10 else 1
    texts = [f"{value / size:.{digits}f}".removesuffix(".0") for value in (low, high)]
    return f"{texts[0]} {unit}" if texts[0] == texts[1] else f"{texts[0]}–{texts[1]} {unit}"


def bytes_text(count: float) -> str:
    """ "12 kB", "3.4 MB", "1.2 GB"; "–" for what is not known."""
    if not math.isfinite(count):
        return "–"
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= 0.95 * size:
            value = count / size
            return f"{format_number(value, 1 if value < 10 else 0)} {unit}"
    return f"{count:.0f} B"


def age_text(seconds: float) -> str:
    """How long ago: "12 s", "5 min", "2.5 h"."""
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
