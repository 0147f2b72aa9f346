"""What a layer hands on, channel by channel, beside the picture; channels are chosen here to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents.activation_edits import channels_in_words
from latentlab.qt.session.session import Session
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.channel_plot import ChannelFigure, ChannelPlot
from latentlab.qt.widgets.combo_box import ComboBox
from latentlab.qt.widgets.contact_sheet import ContactSheet
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.workspaces.explore.sections.edit_menu import described, edit_menu, in_short

if TYPE_CHECKING:
    from latentlab.render.features import FeatureMaps, Usual

_WIDTH = 380
_STANDS_OUT = 3.0
"""Standard deviations from the usual mean."""


class FeaturePanel(QFrame):
    """A contact sheet, the figures of one channel, and the way to an edit."""

    wanted = Signal(str)
    """Name of the block whose maps shall be computed."""
    given_up = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "panel")
        self.setMinimumWidth(320)
        self._session: Session | None = None
        self._maps: FeatureMaps | None = None
        self._usual: dict[str, Usual] = {}
        self._build()
        self.hide()

    def _build(self) -> None:
        title = QLabel(self.tr("Feature maps"))
        title.setFont(font(TextRole.TITLE))
        self.note = QLabel()
        self.note.setFont(font(TextRole.HINT))
        self.note.setProperty("tone", "3")
        self.cancel = Button(self.tr("Stop"), role="quiet", small=True)
        self.cancel.clicked.connect(self._on_cancelled)
        self.cancel.hide()
        close = IconButton("close", self.tr("Close the feature maps"), shortcut="L")
        close.clicked.connect(self.close_panel)
        self.block = ComboBox()
        self.block.setAccessibleName(self.tr("Layer"))
        self.block.activated.connect(lambda _: self._on_block_chosen())
        self.order = ComboBox()
        self.order.setAccessibleName(self.tr("Order of the channels"))
        for text, data in (
            (self.tr("In their order"), "order"),
            (self.tr("Liveliest first"), "std"),
            (self.tr("Most unusual first"), "unusual"),
        ):
            self.order.addItem(text, data)
        self.order.activated.connect(lambda _: self._show_order())
        self.scale = SegmentedControl([self.tr("Each by itself"), self.tr("All alike")])
        self.scale.set_texts(
            [self.tr("Each by itself"), self.tr("All alike")],
            [
                self.tr("Each channel's largest value is brightest"),
                self.tr("One scale for all channels: faint ones stay dark"),
            ],
        )
        self.scale.chosen.connect(lambda _: self._show_maps())
        self.sheet = ContactSheet()
        self.sheet.selection_changed.connect(lambda _: self._show_channel(None))
        self.sheet.hovered.connect(self._show_channel)
        self.plot = ChannelPlot()
        self.edit = Button("", icon_name="plus", role="outline")
        self.edit.clicked.connect(self._show_edit_menu)
        head = _line(title, self.note, None, self.cancel, close)
        choices = _line(self.block, self.order)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(choices)
        layout.addLayout(_line(self.scale))
        layout.addWidget(self.sheet, 1)
        layout.addWidget(self.plot)
        layout.addLayout(_line(self.edit))

    def set_session(self, session: Session) -> None:
        """Another model: its layers."""
        self._session = session
        self._usual.clear()
        self._maps = None
        self.sheet.set_maps(None)
        self.block.clear()
        for block in session.model.blocks:
            self.block.addItem(in_short(self, block), block.name)
            self.block.setItemData(
                self.block.count() - 1, described(self, block), Qt.ItemDataRole.ToolTipRole
            )
        self.block.setCurrentIndex(min(len(session.model.blocks) // 2, self.block.count() - 1))
        self._show_channel(None)
        if self.isVisible():
            self.ask()

    def open_panel(self, block: str = "") -> None:
        """Show the maps of a layer."""
        if block:
            self.block.setCurrentIndex(self.block.findData(block))
        self.show()
        self.ask()

    def close_panel(self) -> None:
        if self.isVisible():
            self._on_cancelled()
            self.hide()
            self.closed.emit()

    def block_name(self) -> str:
        """The layer that is shown."""
        return str(self.block.currentData() or "")

    def needs_usual(self) -> bool:
        """Whether nothing is known yet of how this layer usually is."""
        return self.block_name() not in self._usual

    def ask(self) -> None:
        """Have the maps computed for the picture as it is now."""
        if self._session is not None and self.isVisible() and self.block_name():
            self.note.setText(self.tr("computing…") if self._maps is None else self.note.text())
            self.cancel.setVisible(self._maps is None)
            self.wanted.emit(self.block_name())

    def show_maps(self, maps: FeatureMaps) -> None:
        """They have been computed."""
        if maps.block != self.block_name():
            return
        self._maps = maps
        self.cancel.hide()
        count = len(maps.maps)
        size = "" if maps.is_flat else self.tr(", {0} × {1}").format(*maps.maps.shape[:0:-1])
        self.note.setText(self.tr("{0} channels").format(format_number(count, 0)) + size)
        self._show_maps()

    def show_usual(self, block: str, usual: Usual) -> None:
        """How a layer usually is has been measured."""
        self._usual[block] = usual
        if block == self.block_name() and self._maps is not None:
            self.ask()  # histograms between the usual ends
            self._show_order()
            self._show_channel(None)

    def show_failure(self, text: str) -> None:
        """They could not be computed."""
        self.cancel.hide()
        self.note.setText(self.tr("not available"))
        self.plot.clear(text)

    def _on_block_chosen(self) -> None:
        self._maps = None
        self.sheet.set_maps(None)
        self.ask()

    def _on_cancelled(self) -> None:
        self.cancel.hide()
        if self._maps is None:
            self.note.setText(self.tr("stopped"))
        self.given_up.emit()

    def _show_maps(self) -> None:
        maps = self._maps
        if maps is None:
            return
        gains: list[float] = []
        if self.scale.current() == 1:
            most = float(maps.scale.max()) or 1.0
            gains = [float(scale) / most for scale in maps.scale]
        self.sheet.set_maps(maps.maps, gains)
        self._show_order()
        self._show_channel(None)

    def _show_order(self) -> None:
        maps, usual = self._maps, self._usual.get(self.block_name())
        if maps is None:
            return
        order: Any = range(len(maps.maps))
        if self.order.currentData() == "std":
            order = (-maps.std if not maps.is_flat else -abs(maps.mean)).argsort(kind="stable").tolist()
        elif self.order.currentData() == "unusual" and usual is not None:
            from latentlab.render.features import unusualness

            order = (-abs(unusualness(maps, usual))).argsort(kind="stable").tolist()
        self.sheet.set_order(order)

    def _show_channel(self, channel: int | None) -> None:
        """Figures of the channel under the mouse, or of the one that is chosen."""
        chosen, maps = self.sheet.selection(), self._maps
        self._show_edit_button(chosen)
        if channel is None and len(chosen) == 1:
            channel = chosen[0]
        if maps is None or channel is None or channel >= len(maps.mean):
            several = self.tr("Channels {0}").format(channels_in_words(chosen))
            hint = self.tr("Point at a channel for its figures, click to choose it")
            self.plot.clear(several if len(chosen) > 1 else hint)
            return
        usual = self._usual.get(maps.block)
        self.plot.set_channel(
            self.tr("Channel {0}").format(channel),
            maps.histogram[channel].tolist(),
            usual.histogram[channel].tolist() if usual is not None else [],
            (float(maps.low[channel]), float(maps.high[channel])),
            self._figures(channel, maps, usual),
        )

    def _figures(self, channel: int, maps: FeatureMaps, usual: Usual | None) -> list[ChannelFigure]:
        figures = []
        away = 0.0
        if usual is not None:
            from latentlab.render.features import unusualness

            away = float(unusualness(maps, usual)[channel])
        for name, here, known, decimals, factor, unit in (
            (self.tr("Mean"), maps.mean, usual.mean if usual else None, 2, 1, ""),
            (self.tr("Spread"), maps.std, usual.std if usual else None, 2, 1, ""),
            (self.tr("Zeros"), maps.zeros, usual.zeros if usual else None, 0, 100, " %"),
        ):
            value = format_number(float(here[channel]) * factor, decimals, suffix=unit)
            said = ""
            if known is not None:
                said = format_number(float(known[channel]) * factor, decimals, suffix=unit)
            figures.append(ChannelFigure(name, value, said))
        if usual is not None:
            text = format_number(away, 1, suffix=" σ", signed=True)
            figures.append(ChannelFigure(self.tr("Away"), text, "", abs(away) >= _STANDS_OUT))
        return figures

    def _show_edit_button(self, chosen: tuple[int, ...]) -> None:
        if not chosen:
            self.edit.setText(self.tr("Edit all channels of this layer"))
        elif len(chosen) == 1:
            self.edit.setText(self.tr("Edit channel {0}").format(chosen[0]))
        else:
            self.edit.setText(self.tr("Edit {0} channels").format(len(chosen)))
        self.edit.setToolTip(self.tr("Strengthen, silence, turn, move or soften: the picture follows"))

    def _show_edit_menu(self) -> None:
        menu = edit_menu(self, self._session, self.block_name(), self.sheet.selection())
        menu.popup(self.edit.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)


def _line(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets in a row within the pane's padding; None stands for the room that is left."""
    line = QHBoxLayout()
    line.setContentsMargins(12, 0, 10, 0)
    line.setSpacing(8)
    for widget in widgets:
        if widget is None:
            line.addStretch(1)
        else:
            line.addWidget(widget)
    return line
