"""Figures in words: name, figure with its interval, and what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.layouts import empty_layout

Fact = tuple[str, str, str]


class Facts(QWidget):
    """A small table that takes the room it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(2, 1)
        self._facts: tuple[Fact, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        empty_layout(self._grid)
        for row, (name, figure, meaning) in enumerate(facts):
            for column, (text, tone) in enumerate(((name, "2"), (figure, ""), (meaning, "3"))):
                label = QLabel(text)
                label.setProperty("tone", tone)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                if column == 1:
                    label.setFont(font(TextRole.TITLE))
                if column == 2:
                    label.setWordWrap(True)
                self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
