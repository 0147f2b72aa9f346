"""The one table of colours and sizes. Everything painted takes its colours from here."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor, QGuiApplication


def _colours(names: str) -> tuple[QColor, ...]:
    return tuple(QColor(name) for name in names.split())


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme. Greys are exactly neutral so that they never tint the picture."""

    surround: QColor  # around the picture
    window: QColor  # rail, bars, plots
    panel: QColor  # inspector, lists
    raised: QColor  # hovered row, badge, tooltip
    control: QColor  # button, chosen segment
    pressed: QColor
    field: QColor  # number, text, combo
    groove: QColor  # slider track
    edge: QColor  # 1 px between panes
    line: QColor  # field border, grid
    line_strong: QColor  # outline of a button
    text: QColor  # values, titles
    text_2: QColor  # labels
    text_3: QColor  # hints, units
    text_off: QColor  # disabled only
    text_surround: QColor  # hints beside the picture
    accent: QColor  # fill, focus ring, playhead
    accent_text: QColor  # changed value
    accent_wash: QColor  # selected row
    on_accent: QColor
    warning: QColor
    warning_wash: QColor
    error: QColor
    error_wash: QColor
    ok: QColor
    ok_wash: QColor
    fill: QColor  # slider fill at the default
    handle: QColor
    cell_off: QColor  # a layer outside a direction's range
    cell_on: QColor
    series: tuple[QColor, ...]

    def sheet_names(self) -> dict[str, str]:
        """Every colour as `#rrggbb`, by name, for a style sheet."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.name() for name, value in values.items() if isinstance(value, QColor)}


DARK = Tokens(
    surround=QColor("#141414"),
    window=QColor("#1b1b1b"),
    panel=QColor("#222222"),
    raised=QColor("#2a2a2a"),
    control=QColor("#353535"),
    pressed=QColor("#2e2e2e"),
    field=QColor("#181818"),
    groove=QColor("#121212"),
    edge=QColor("#0e0e0e"),
    line=QColor("#303030"),
    line_strong=QColor("#424242"),
    text=QColor("#e8e8e8"),
    text_2=QColor("#b0b0b0"),
    text_3=QColor("#8c8c8c"),
    text_off=QColor("#5e5e5e"),
    text_surround=QColor("#8c8c8c"),
    accent=QColor("#5b9cf0"),
    accent_text=QColor("#8fbcf7"),
    accent_wash=QColor("#1d2a39"),
    on_accent=QColor("#0b1522"),
    warning=QColor("#e0a84a"),
    warning_wash=QColor("#322a1b"),
    error=QColor("#e8695f"),
    error_wash=QColor("#341f1d"),
    ok=QColor("#4fb58a"),
    ok_wash=QColor("#1a2c24"),
    fill=QColor("#7d7d7d"),
    handle=QColor("#d4d4d4"),
    cell_off=QColor("#3a3a3a"),
    cell_on=QColor("#9a9a9a"),
    series=_colours("#5ab0f2 #f2a33a #3fc29b #e58ac0 #f0e15a #e8683a #9a8cff #b8b8b8"),
)

LIGHT = Tokens(
    surround=QColor("#c8c8c8"),
    window=QColor("#e6e6e6"),
    panel=QColor("#f0f0f0"),
    raised=QColor("#fafafa"),
    control=QColor("#d6d6d6"),
    pressed=QColor("#c6c6c6"),
    field=QColor("#ffffff"),
    groove=QColor("#c0c0c0"),
    edge=QColor("#bdbdbd"),
    line=QColor("#d0d0d0"),
    line_strong=QColor("#a8a8a8"),
    text=QColor("#1c1c1c"),
    text_2=QColor("#474747"),
    text_3=QColor("#626262"),
    text_off=QColor("#9a9a9a"),
    text_surround=QColor("#474747"),
    accent=QColor("#1f66c1"),
    accent_text=QColor("#1a57a6"),
    accent_wash=QColor("#d9e6f7"),
    on_accent=QColor("#ffffff"),
    warning=QColor("#8a5a00"),
    warning_wash=QColor("#f6e8cc"),
    error=QColor("#b3261e"),
    error_wash=QColor("#f8dedb"),
    ok=QColor("#1d7350"),
    ok_wash=QColor("#d8eee4"),
    fill=QColor("#7d7d7d"),
    handle=QColor("#ffffff"),
    cell_off=QColor("#d0d0d0"),
    cell_on=QColor("#6e6e6e"),
    series=_colours("#1f78b8 #a86400 #14795a #a8457f #7d7000 #b3401a #5f4fd0 #5e5e5e"),
)


def current_tokens() -> Tokens:
    """The tokens of the palette the application has now."""
    return DARK if QGuiApplication.palette().window().color().lightness() < 128 else LIGHT


def contrast(first: QColor, second: QColor) -> float:
    """WCAG contrast ratio of two opaque colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Size:
    """Logical pixels."""

    TOP_BAR = 44
    RAIL = 60
    RAIL_ITEM = 50
    SECTION_HEADER = 30
    ROW = 26
    FIELD = 22
    BUTTON = 28
    BUTTON_SMALL = 24
    SEGMENT = 24
    STATUS = 24
    FILMSTRIP = 148
    FILMSTRIP_LOW = 100
    DIRECTION_ROW = 80
    INSPECTOR = 340
    INSPECTOR_NARROW = 320
    INSPECTOR_LEAST = 300
    INSPECTOR_MOST = 480
    PADDING = 12
    # Columns of the inspector's rows.
    LABEL_COLUMN = 104
    VALUE_FIELD = 54
    ROW_ICON = 18
