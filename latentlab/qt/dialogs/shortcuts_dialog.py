"""All keys, from the list of actions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from latentlab.qt.actions import Actions, held_keys
from latentlab.qt.widgets.shortcut_sheet import ShortcutGroup, ShortcutSheet


def shortcuts_dialog(actions: Actions, parent: QWidget) -> ShortcutSheet:
    """A sheet of what every key does; the nine snapshots are one line each way."""
    groups = [
        ShortcutGroup(
            title,
            tuple(
                (spec.text, "  ".join(spec.keys))
                for spec in specs
                if spec.keys and not spec.id.startswith(("recall_", "store_"))
            ),
        )
        for title, specs in actions.by_group().items()
    ]
    snapshots = (
        (QCoreApplication.translate("Shortcuts", "Recall a snapshot"), "1 – 9"),
        (QCoreApplication.translate("Shortcuts", "Store a snapshot"), "Ctrl 1 – 9"),
    )
    held = tuple((text, key) for key, text in held_keys())
    mouse = (
        (QCoreApplication.translate("Shortcuts", "Zoom at the pointer"), "Wheel"),
        (QCoreApplication.translate("Shortcuts", "Move the picture about"), "Middle-drag"),
        (QCoreApplication.translate("Shortcuts", "Walk along two directions"), "Left-drag"),
        (QCoreApplication.translate("Shortcuts", "Finer on any slider or number"), "Shift-drag"),
        (QCoreApplication.translate("Shortcuts", "Reset a slider or number"), "Double click"),
    )
    groups.append(ShortcutGroup(QCoreApplication.translate("Shortcuts", "Held keys"), held + snapshots))
    groups.append(ShortcutGroup(QCoreApplication.translate("Shortcuts", "Mouse"), mouse))
    return ShortcutSheet(groups, parent)
