"""Numbers as text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.qt.theme.numbers import format_number, parse_number


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (40817, 0, False, "40\u202f817"),
        (4294967295, 0, False, "4\u202f294\u202f967\u202f295"),
        (-0.38, 2, True, "\u22120.38"),
        (0.62, 2, True, "+0.62"),
        (0.0, 2, True, "0.00"),
        (-0.001, 2, True, "0.00"),
        (1234.5, 1, False, "1\u202f234.5"),
    ],
)
def test_written(value: float, decimals: int, signed: bool, text: str) -> None:
    assert format_number(value, decimals, signed=signed) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,72", 0.72),
        ("\u22121.5", -1.5),
        ("40 817", 40817),
        ("40\u202f817", 40817),
        ("+2", 2),
        (" 1e3 ", 1000),
    ],
)
def test_read(text: str, value: float) -> None:
    assert parse_number(text) == value


def test_the_unit_may_be_typed() -> None:
    assert parse_number("80 %", suffix=" %") == 80


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "1,2,3", "nan", "inf", "-", "0x10"])
def test_what_is_not_a_number(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_number(text)


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_what_is_written_can_be_read(whole: int, decimals: int) -> None:
    value = whole / 10**decimals
    assert parse_number(format_number(value, decimals, signed=True)) == pytest.approx(value)
