"""How far Randomise goes: a small panel below its button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.parameter_row import ParameterRow

_WIDTH = 300


class RandomisePanel(QFrame):
    """Strength of Randomise; closes by a click elsewhere or Esc."""

    strength_changed = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_WIDTH)
        self.strength = ParameterRow(
            self.tr("Strength"),
            limits=(0.05, 1.0),
            default=1.0,
            tooltip=self.tr("1 is another picture altogether, less goes part of the way"),
            lockable=False,
            randomisable=False,
        )
        self.strength.set_value(1.0)
        self.strength.changing.connect(self.strength_changed)
        self.strength.changed.connect(self.strength_changed)
        note = QLabel(self.tr("What is locked stays as it is."))
        note.setFont(font(TextRole.HINT))
        note.setProperty("tone", "3")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 10)
        layout.setSpacing(4)
        layout.addWidget(self.strength)
        note.setContentsMargins(Size.PADDING, 0, Size.PADDING, 0)
        layout.addWidget(note)

    def open_below(self, button: QWidget) -> None:
        """Appear under a button, right-aligned with it."""
        self.adjustSize()
        corner = button.mapToGlobal(button.rect().bottomRight())
        self.move(corner.x() - self.width(), corner.y() + 4)
        self.show()
