"""Numbers as text: thousands by thin space, a true minus, an en dash for mixed values."""

from __future__ import annotations

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
"""No line ends at it."""
MINUS = "\N{MINUS SIGN}"
MIXED = "\N{EN DASH}"
_GROUPERS = str.maketrans(dict.fromkeys(f" _'{THIN_SPACE}\N{NO-BREAK SPACE}\N{THIN SPACE}"))
_DASHES = str.maketrans({MINUS: "-", MIXED: "-", "\N{HYPHEN}": "-"})


def format_number(value: float, decimals: int = 2, *, signed: bool = False, suffix: str = "") -> str:
    """`value` with a fixed number of decimals; `signed` puts a plus before what is above zero."""
    text = f"{abs(value):_.{decimals}f}".replace("_", THIN_SPACE)
    if not any(digit in text for digit in "123456789"):
        sign = ""  # nothing is -0.00
    elif value < 0:
        sign = MINUS
    else:
        sign = "+" if signed else ""
    return f"{sign}{text}{suffix}"


def parse_number(text: str, *, suffix: str = "") -> float:
    """Read what a person typed: grouping spaces, a true minus, a decimal comma and the unit are fine.

    Raises:
        ValueError: it is not a finite number.
    """
    plain = text.strip()
    if suffix.strip():
        plain = plain.removesuffix(suffix.strip())
    plain = plain.translate(_GROUPERS).translate(_DASHES)
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    value = float(plain)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{text!r} is not a finite number")
    return value
