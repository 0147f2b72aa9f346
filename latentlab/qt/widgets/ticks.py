"""Round numbers for axes."""

from __future__ import annotations

import math

from latentlab.qt.theme.numbers import format_number


def ticks(low: float, high: float, most: int) -> tuple[list[float], float]:
    """At most about `most` multiples of 1, 2 or 5 times a power of ten from low to high, and their spacing."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [], 1.0
    raw = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    spacing = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    first = math.ceil(low / spacing - 1e-9)
    last = math.floor(high / spacing + 1e-9)
    return [number * spacing for number in range(first, last + 1)], spacing


def tick_text(value: float, spacing: float, *, signed: bool = False) -> str:
    """A tick with the decimals that its spacing needs."""
    decimals = 0 if spacing >= 1 else min(6, math.ceil(-math.log10(spacing) - 1e-9))
    return format_number(value, decimals, signed=signed)
