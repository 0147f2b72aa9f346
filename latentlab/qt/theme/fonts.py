"""Inter in the roles of the interface, with figures of equal width."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from latentlab.places import resource_dir

_FAMILY = "Inter"


class TextRole(Enum):
    """What a text is for: (pixels, weight)."""

    CAPTION = (10, QFont.Weight.Normal)
    HINT = (11, QFont.Weight.Normal)
    BODY = (12, QFont.Weight.Normal)
    TITLE = (12, QFont.Weight.DemiBold)
    MODEL = (13, QFont.Weight.DemiBold)
    VERDICT = (18, QFont.Weight.DemiBold)
    FIGURE = (24, QFont.Weight.DemiBold)


def load_fonts() -> None:
    """Make the bundled fonts known to Qt. Scripts that Inter lacks fall back to the system's fonts."""
    if _FAMILY in QFontDatabase.families():
        return
    for path in sorted((resource_dir() / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def font(role: TextRole = TextRole.BODY) -> QFont:
    """A font for text of this role."""
    pixels, weight = role.value
    result = QFont(QApplication.font())
    result.setFamilies([_FAMILY, QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()])
    result.setPixelSize(pixels)
    result.setWeight(weight)
    result.setFeature(QFont.Tag("tnum"), 1)
    result.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return result
