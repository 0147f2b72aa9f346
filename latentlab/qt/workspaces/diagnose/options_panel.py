"""How thoroughly to measure: a small panel below its button."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.diagnose.order import FEATURES, SAMPLES, Order

_WIDTH = 340


class OptionsPanel(QFrame):
    """Number of samples and what they are seen by; closes by a click elsewhere or Esc."""

    changed = Signal(object)
    """Order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_WIDTH)
        self._order = Order("", "")
        self.samples = ChoiceRow(
            self.tr("Samples"), tooltip=self.tr("Drawn and taken from the data, as many of each")
        )
        self.samples.set_choices([(format_number(count, 0), count) for count in SAMPLES])
        self.features = ChoiceRow(
            self.tr("Seen by"), tooltip=self.tr("What turns pictures into numbers that can be compared")
        )
        self.features.set_choices([(self.feature_text(name), name) for name in FEATURES])
        self._note = QLabel()
        self._note.setFont(font(TextRole.HINT))
        self._note.setProperty("tone", "3")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(Size.PADDING, 4, Size.PADDING, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 10)
        layout.setSpacing(2)
        self.weights = Button(self.tr("Choose the weights…"), role="outline", small=True)
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 4, Size.PADDING, 0)
        line.addWidget(self.weights)
        line.addStretch(1)
        for widget in (self.samples, self.features, self._note):
            layout.addWidget(widget)
        layout.addLayout(line)
        self.weights.clicked.connect(self._ask_weights)
        self.samples.chosen.connect(lambda count: self._change(replace(self._order, samples=int(count))))
        self.features.chosen.connect(lambda name: self._change(replace(self._order, features=str(name))))

    def show_order(self, order: Order) -> None:
        """Show what is chosen; emits nothing."""
        self._order = order
        self.samples.set_value(order.samples)
        self.features.set_value(order.features)
        self._note.setText(self._meaning(order.features))
        self.weights.setVisible(order.features == "inception")
        self.weights.setText(Path(order.weights).name if order.weights else self.tr("Choose the weights…"))
        self.adjustSize()

    def open_below(self, button: QWidget) -> None:
        """Appear under a button."""
        self.adjustSize()
        self.move(button.mapToGlobal(button.rect().bottomLeft()))
        self.show()

    def summary(self, order: Order) -> str:
        """The options in few words."""
        return self.tr("{0} samples, {1}").format(
            format_number(order.samples, 0), self.feature_text(order.features).lower()
        )

    def feature_text(self, name: str) -> str:
        """A kind of features in few words."""
        return {
            "auto": self.tr("Best there is"),
            "pixels": self.tr("Pixels"),
            "random": self.tr("Random network"),
            "efficientnet": self.tr("ImageNet network"),
            "discriminator": self.tr("Own discriminator"),
            "encoder": self.tr("Own encoder"),
            "classifier": self.tr("Classifier of the labels"),
            "inception": self.tr("Inception, from a file"),
        }.get(name, name)

    def _meaning(self, name: str) -> str:
        return {
            "auto": self.tr("The most telling one that needs no download."),
            "pixels": self.tr(
                "Pixels reduced by principal components: exact and plain; blind to what things are."
            ),
            "random": self.tr("A convolutional network with random weights: sees texture and shape."),
            "efficientnet": self.tr("A small network that knows photographs; it needs an optional package."),
            "discriminator": self.tr("The run's own discriminator: sees what it was trained to see."),
            "encoder": self.tr("The model's own encoder: sees what it can say in its code."),
            "classifier": self.tr("Trained here on the labels of the data: sees what they tell apart."),
            "inception": self.tr("Weights of yours; only with these the figures are FID, KID and IS."),
        }.get(name, "")

    def _ask_weights(self) -> None:
        self.hide()
        dialog = QFileDialog(self.parentWidget(), self.tr("Choose Inception's weights"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._change(replace(self._order, weights=name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _change(self, order: Order) -> None:
        self.show_order(order)
        self.changed.emit(order)
