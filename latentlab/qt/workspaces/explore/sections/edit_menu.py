"""What can be done to what a layer hands on, as a menu; and layers in words."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from latentlab.latents.activation_edits import AMOUNTS, added
from latentlab.models.capabilities import BlockInfo
from latentlab.qt.session.session import Session


def edit_menu(parent: QWidget, session: Session | None, block: str, channels: tuple[int, ...]) -> QMenu:
    """Every operation; choosing one adds an edit to the recipe."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    if session is None:
        return menu
    info = next(item for item in session.model.blocks if item.name == block)

    def add(operation: Any) -> None:
        label = parent.tr("{0}: {1}").format(parent.tr(AMOUNTS[operation].name), block)
        session.editor.apply(label, added(session.history.recipe, block, operation, channels))

    for operation, amount in AMOUNTS.items():
        action = menu.addAction(parent.tr(amount.name), partial(add, operation))
        if amount.moves and info.is_flat:
            action.setEnabled(False)
            action.setText(parent.tr("{0} (a vector has no places)").format(parent.tr(amount.name)))
    return menu


def described(parent: QWidget, block: BlockInfo) -> str:
    """A layer in words: its name, and what it hands on."""
    if block.is_flat:
        return parent.tr("{0}: vector of {1}").format(block.name, block.channels)
    return parent.tr("{0}: {1} px, {2} channels").format(block.name, block.resolution, block.channels)


def in_short(parent: QWidget, block: BlockInfo) -> str:
    """A layer by its name and size."""
    size = parent.tr("vector") if block.is_flat else parent.tr("{0} px").format(block.resolution)
    return f"{block.name}: {size}"
