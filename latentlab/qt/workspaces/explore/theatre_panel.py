"""The theatre's controls below the picture: play, flicker, the strip, what to compare with."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.slider import Slider
from latentlab.qt.widgets.theatre_strip import TheatreStrip

SLOWEST, FASTEST = 1.0, 12.0
"""Changes a second."""


class TheatrePanel(QWidget):
    """Widgets alone; `Theatre` gives them their meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self.setAccessibleName(self.tr("Checkpoint theatre"))
        self.title = QLabel()
        self.title.setFont(font(TextRole.TITLE))
        self.note = QLabel()
        self.note.setProperty("tone", "3")
        self.play = IconButton("play", self.tr("Play through the acts"), checked_icon="pause", width=28)
        self.play.setCheckable(True)
        self.flicker = QCheckBox(self.tr("Flicker"))
        self.flicker.setToolTip(self.tr("Show this act and the other picture in turn"))
        self.speed = Slider(limits=(SLOWEST, FASTEST), default=4.0)
        self.speed.set_value(4.0)
        self.speed.setFixedWidth(72)
        self.speed.setToolTip(self.tr("Pictures a second, of Play and of Flicker"))
        self.speed.setAccessibleName(self.speed.toolTip())
        self.compared = Button("", role="quiet", small=True, tooltip=self.tr("What to compare with"))
        self.add = Button(
            self.tr("Add a model"), role="quiet", small=True, icon_name="plus", tooltip=self.tr("Another act")
        )
        self.close_button = IconButton("close", self.tr("Close the theatre"), shortcut="T")
        self.strip = TheatreStrip()
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 4, 6, 0)
        head.setSpacing(6)
        for widget in (self.title, self.note):
            head.addWidget(widget)
        head.addStretch(1)
        for control in (self.compared, self.flicker, self.speed, self.add, self.close_button):
            head.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 0, Size.PADDING, 2)
        foot.setSpacing(6)
        foot.addWidget(self.play, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self.strip, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(foot)
