"""What stands there before anything was measured: what to choose, and one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.invitation import Invitation
from latentlab.qt.workspaces.diagnose.order import Order
from latentlab.qt.workspaces.diagnose.subjects import data_text

_WIDTH = 560


class EmptyPage(Invitation):
    """Says the next thing to do."""

    subject_wanted = Signal()
    data_wanted = Signal()
    measure_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDTH, parent)
        self.subject = Button(self.tr("Choose a model or run"), role="outline")
        self.data = Button(self.tr("Choose pictures"), role="outline", icon_name="folder")
        self.measure = Button(self.tr("Measure"), role="primary")
        for button in (self.subject, self.data, self.measure):
            self.add_button(button)
        self.subject.clicked.connect(self.subject_wanted)
        self.data.clicked.connect(self.data_wanted)
        self.measure.clicked.connect(self.measure_wanted)

    def show_order(self, order: Order, running: bool) -> None:
        """Say what is missing."""
        ready = order.is_complete and not running
        self.subject.setVisible(not order.subject)
        self.data.setVisible(bool(order.subject) and not order.is_complete)
        self.measure.setVisible(ready)
        if running:
            self.title.setText(self.tr("Measuring {0}").format(order.name))
        elif not order.subject:
            self.title.setText(self.tr("What did a model lose, and what does it repeat?"))
            self.text.setText(
                self.tr(
                    "Choose a model, or a run with its checkpoints. LatentLab draws samples, compares them with "
                    "the pictures they should look like, and says what it found, with figures and pictures."
                )
            )
        elif not order.is_complete:
            self.title.setText(self.tr("Which pictures should {0} draw?").format(order.name))
            self.text.setText(
                self.tr(
                    "Choose the folder of pictures that it was trained on, or others like them: a folder, a zip, "
                    "a table or an array. A run knows its own."
                )
            )
        else:
            data = data_text(order.data) if order.data else self.tr("its training data")
            self.title.setText(self.tr("Measure {0} against {1}").format(order.name, data))
            self.text.setText(
                self.tr(
                    "It takes a minute or so and needs no network. Results appear as they are found; you can go "
                    "on working meanwhile, and stop at any time."
                )
            )

    def show_progress(self, stage: str) -> None:
        """What is being done before there is anything to show."""
        self.text.setText(stage)
