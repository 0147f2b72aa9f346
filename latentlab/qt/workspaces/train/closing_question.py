"""Asked when the window closes while runs that were started in it are being trained."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from latentlab.runs import RunInfo

translate = QCoreApplication.translate


class Going(Enum):
    """What becomes of them."""

    ON = "on"
    STOP = "stop"
    STAY = "stay"
    """The window does not close."""


def ask_going(live: Sequence[RunInfo], waiting: int, parent: QWidget) -> Going:
    """Ask whether runs go on.

    Args:
        live: being trained.
        waiting: runs whose turn has not come.
        parent: of the question.
    """
    box = QMessageBox(parent)
    box.setWindowTitle(translate("Train", "Runs are going on"))
    names = ", ".join(info.path.name for info in live)
    box.setText(translate("Train", "{0} is still training.").format(names))
    words = translate(
        "Train", "Runs need no window: they can go on, and you see them here when you come back."
    )
    if waiting:
        words += " " + translate("Train", "{0} more start when it is their turn.").format(waiting)
    box.setInformativeText(words)
    on = box.addButton(translate("Train", "Let it go on"), QMessageBox.ButtonRole.AcceptRole)
    end = box.addButton(translate("Train", "Stop with a checkpoint"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(translate("Train", "Stay"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(on)
    box.setEscapeButton(stay)
    box.exec()
    clicked = box.clickedButton()
    return Going.STOP if clicked is end else Going.STAY if clicked is stay else Going.ON
