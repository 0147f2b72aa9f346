"""Keys that mean something in a widget: kept from the window's shortcuts, and where arrows lead."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})
ALONG = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})


def keep(event: QEvent, keys: Container[Qt.Key]) -> bool:
    """Claim a key press before a shortcut takes it; True when `event` is settled by that."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held or Qt.Key(event.key()) not in keys:
        return False
    event.accept()
    return True


def step(event: QKeyEvent, columns: int) -> int | None:
    """How many places an arrow moves among pictures in rows of `columns`; None for other keys."""
    return {
        Qt.Key.Key_Left: -1,
        Qt.Key.Key_Right: 1,
        Qt.Key.Key_Up: -columns,
        Qt.Key.Key_Down: columns,
    }.get(Qt.Key(event.key()))
