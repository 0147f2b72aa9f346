"""A thin line between things."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.tokens import current_tokens


class Rule(QWidget):
    """1 px, horizontal or vertical, with `around` pixels of air on both sides. `edge` parts panes."""

    def __init__(
        self,
        orientation: Qt.Orientation,
        *,
        around: int = 0,
        edge: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._edge = edge
        self.set_orientation(orientation, around)

    def set_orientation(self, orientation: Qt.Orientation, around: int) -> None:
        self._orientation = orientation
        horizontal = orientation == Qt.Orientation.Horizontal
        along, across = QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed
        self.setMinimumSize(0, 0)
        self.setMaximumSize(16777215, 16777215)
        if horizontal:
            self.setFixedHeight(1 + 2 * around)
        else:
            self.setFixedWidth(1 + 2 * around)
        self.setSizePolicy(along if horizontal else across, across if horizontal else along)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        middle = self.rect().center()
        if self._orientation == Qt.Orientation.Horizontal:
            line = QRectF(0, middle.y(), self.width(), 1)
        else:
            line = QRectF(middle.x(), 0, 1, self.height())
        QPainter(self).fillRect(line, tokens.edge if self._edge else tokens.line)
