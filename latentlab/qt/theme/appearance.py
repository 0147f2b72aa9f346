"""Puts the theme on the application."""

from __future__ import annotations

from enum import Enum
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from latentlab.places import resource_dir

from .fonts import TextRole, font, load_fonts
from .palette import palette_of
from .tokens import DARK, LIGHT, Tokens


class Appearance(Enum):
    """What a person may choose."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


def apply_theme(app: QApplication, appearance: Appearance = Appearance.DARK) -> Tokens:
    """Give the application its style, palette, font and sheet; may be called again to change theme."""
    tokens = _tokens_of(app, appearance)
    load_fonts()
    app.setStyle("Fusion")
    app.setFont(font(TextRole.BODY))
    app.setPalette(palette_of(tokens))
    app.setStyleSheet(style_sheet(tokens))
    return tokens


def style_sheet(tokens: Tokens) -> str:
    """The sheet with the tokens filled in."""
    source = (resource_dir() / "theme" / "sheet.qss").read_text(encoding="utf-8")
    return Template(source).substitute(tokens.sheet_names())


def _tokens_of(app: QApplication, appearance: Appearance) -> Tokens:
    if appearance is Appearance.SYSTEM:
        scheme = app.styleHints().colorScheme()
        return LIGHT if scheme is Qt.ColorScheme.Light else DARK
    return DARK if appearance is Appearance.DARK else LIGHT
