"""What is measured against what: model or run, data, how thoroughly; pages; the report."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.field_button import FieldButton
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.segmented import SegmentedControl


class DiagnoseBar(QWidget):
    """Only asks; the workspace knows."""

    subject_wanted = Signal()
    data_wanted = Signal()
    options_wanted = Signal()
    measure_wanted = Signal()
    report_wanted = Signal()
    page_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(Size.TOP_BAR - 2)
        self.subject = FieldButton(
            self.tr("Model or run"), least=120, most=240, tooltip=self.tr("The model or run that is measured")
        )
        self.data = FieldButton(
            self.tr("Data"), least=110, most=240, tooltip=self.tr("The pictures it is measured against")
        )
        self.options = FieldButton(
            self.tr("How"), least=90, most=220, tooltip=self.tr("How many samples, and what they are seen by")
        )
        self.measure = Button(self.tr("Measure"), role="primary")
        self.pages = SegmentedControl([self.tr("Overview")])
        self.report = Button(self.tr("Report"), icon_name="export")
        """For the window's own bar."""
        self.report.setToolTip(self.tr("Save what was measured as a page with its pictures, JSON or text"))
        against = QLabel(self.tr("against"))
        against.setProperty("tone", "3")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Size.PADDING, 0, Size.PADDING, 1)
        layout.setSpacing(8)
        for widget in (self.subject, against, self.data, self.options, self.measure):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(self.pages, 0, Qt.AlignmentFlag.AlignVCenter)
        self.pages.setSizePolicy(self.subject.sizePolicy())
        self.subject.clicked.connect(self.subject_wanted)
        self.data.clicked.connect(self.data_wanted)
        self.options.clicked.connect(self.options_wanted)
        self.measure.clicked.connect(self.measure_wanted)
        self.report.clicked.connect(self.report_wanted)
        self.pages.chosen.connect(self.page_chosen)

    def set_pages(self, titles: Sequence[str], current: int, tips: Sequence[str] = ()) -> None:
        """Which pages there are; one alone needs no choice."""
        self.pages.set_texts(titles, tips)
        self.pages.set_current(current)
        self.pages.setVisible(len(titles) > 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tokens.edge)
