"""A line to type a name into, where the thing is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

_WIDTH = 220


class NamePopup(QFrame):
    """Enter takes the name, Esc or a click elsewhere leaves it as it was. Deletes itself when it closes."""

    named = Signal(str)

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("pane", "overlay")
        self.field = QLineEdit(name, self)
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(hint)
        self.field.setMaxLength(120)
        self.field.setMinimumWidth(_WIDTH)
        self.field.selectAll()
        self.field.returnPressed.connect(self._on_entered)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.field)

    def open_at(self, position: QPoint) -> None:
        """Show it with its lower left corner at a position of the screen."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        left = min(position.x(), screen.right() - self.width())
        self.move(max(left, screen.left()), max(position.y() - self.height() - 4, screen.top()))
        self.show()
        self.field.setFocus()

    def _on_entered(self) -> None:
        self.named.emit(self.field.text().strip())
        self.close()
