"""Contrast floors, neutral greys, and that palette and sheet carry the tokens."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from latentlab.qt.theme.appearance import Appearance, apply_theme, style_sheet
from latentlab.qt.theme.palette import palette_of
from latentlab.qt.theme.tokens import DARK, LIGHT, Tokens, contrast, current_tokens

THEMES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
GREYS = "surround window panel raised control field groove edge line line_strong text text_2 text_3 text_off"


def test_contrast_agrees_with_known_values() -> None:
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("text", "surround window panel raised control field accent_wash warning_wash error_wash ok_wash"),
        ("text_2", "surround window panel raised control field accent_wash warning_wash error_wash ok_wash"),
        ("text_3", "window panel field"),
        ("text_surround", "surround"),
        ("accent_text", "window panel raised field accent_wash"),
        ("on_accent", "accent"),
        ("warning", "window panel warning_wash"),
        ("error", "window panel field error_wash"),
        ("ok", "window panel ok_wash"),
    ],
)
def test_text_can_be_read_on_its_grounds(tokens: Tokens, text: str, grounds: str) -> None:
    for ground in grounds.split():
        assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5, ground


@THEMES
def test_series_stand_out_from_plots(tokens: Tokens) -> None:
    assert len(tokens.series) == 8
    assert min(contrast(colour, tokens.window) for colour in tokens.series) >= 3.0


@THEMES
def test_greys_never_tint_the_picture(tokens: Tokens) -> None:
    for name in GREYS.split():
        colour = getattr(tokens, name)
        assert colour.red() == colour.green() == colour.blue(), name


@THEMES
def test_the_palette_carries_the_tokens(tokens: Tokens) -> None:
    palette = palette_of(tokens)
    assert palette.color(QPalette.ColorRole.Window) == tokens.window
    assert palette.color(QPalette.ColorRole.Highlight) == tokens.accent
    assert palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == tokens.text_off


@THEMES
def test_the_sheet_has_no_name_left_open(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)
    assert "$" not in sheet
    assert tokens.accent.name() in sheet


def test_a_theme_can_be_changed_while_running(qapp: QApplication) -> None:
    apply_theme(qapp, Appearance.LIGHT)
    assert current_tokens() is LIGHT
    apply_theme(qapp, Appearance.DARK)
    assert current_tokens() is DARK
