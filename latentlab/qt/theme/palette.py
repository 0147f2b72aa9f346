"""The token table as a palette for the Fusion style."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from .tokens import Tokens


def palette_of(tokens: Tokens) -> QPalette:
    """A palette whose roles carry the tokens as TOKENS names them."""
    role = QPalette.ColorRole
    palette = QPalette()
    for target, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.field),
        (role.AlternateBase, tokens.panel),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.text_3),
        (role.Button, tokens.control),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.error),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.Accent, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent_text),
        (role.LinkVisited, tokens.accent_text),
        (role.Light, tokens.line_strong),
        (role.Midlight, tokens.line_strong),
        (role.Mid, tokens.line),
        (role.Dark, tokens.surround),
        (role.Shadow, tokens.groove),
    ):
        palette.setColor(target, colour)
    for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, tokens.text_off)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, tokens.line_strong)
    return palette
