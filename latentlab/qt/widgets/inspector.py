"""The scrolling pane of sections. Its scroll bar lies in the padding, so nothing shifts when it appears."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.tokens import Size

from .layouts import empty_layout
from .section import Section

_BAR = 8


class Inspector(QScrollArea):
    """Sections from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("pane", "panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(Size.INSPECTOR_LEAST)
        self.setMaximumWidth(Size.INSPECTOR_MOST)
        self.setAccessibleName(self.tr("Inspector"))
        content = QWidget()
        # Never wider than the pane: one long text would push the values of every row out of sight.
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._sections = QVBoxLayout(content)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._sections.setSpacing(0)
        self._sections.addStretch(1)
        self.setWidget(content)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        hidden = self.verticalScrollBar()
        self._bar.valueChanged.connect(hidden.setValue)
        hidden.valueChanged.connect(self._bar.setValue)
        hidden.rangeChanged.connect(self._on_range_changed)
        self._bar.hide()

    def add_section(self, section: Section) -> None:
        self._sections.insertWidget(self._sections.count() - 1, section)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Other sections in place of those that were here; the old ones are destroyed."""
        empty_layout(self._sections, keep=1)
        for section in sections:
            self.add_section(section)

    def _on_range_changed(self, low: int, high: int) -> None:
        self._bar.setRange(low, high)
        self._bar.setPageStep(self.verticalScrollBar().pageStep())
        self._bar.setVisible(high > low)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.setGeometry(self.width() - _BAR, 0, _BAR, self.height())
        self._bar.raise_()
