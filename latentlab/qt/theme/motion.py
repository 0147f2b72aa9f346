"""How long things move. With reduced motion nothing moves."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

SECTION_MS = 120
FADE_MS = 80
_REDUCED = "reducedMotion"


def set_reduced_motion(reduced: bool) -> None:
    """Ask everything to change at once instead of moving."""
    app = QApplication.instance()
    if app is not None:
        app.setProperty(_REDUCED, reduced)


def duration(milliseconds: int) -> int:
    """`milliseconds`, or 0 with reduced motion."""
    app = QApplication.instance()
    return 0 if app is None or app.property(_REDUCED) else milliseconds
