"""Settings in words."""

from __future__ import annotations

import pytest

from latentlab.qt.theme.numbers import THIN_SPACE, format_number
from latentlab.qt.workspaces.train.setting_words import setting_text, system_text
from trainers.systems import SYSTEMS


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0003, "0.0003"), (3.0, "3"), (500_000.0, "500 000"), (1024, "1 024"), (1500.5, "1500.5")],
)
def test_numbers_are_short_and_thousands_stand_apart(value: float, text: str) -> None:
    assert setting_text(value) == text.replace(" ", THIN_SPACE)


def test_every_system_has_a_name() -> None:
    assert all("_" not in system_text(system) for system in SYSTEMS)
    assert system_text("text_to_image") == "Text to image"
    assert system_text("of_tomorrow") == "of tomorrow"


def test_a_number_stays_on_its_line() -> None:
    assert format_number(1204, 0) == "1\u202f204"
