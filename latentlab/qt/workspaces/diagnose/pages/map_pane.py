"""Training and generated pictures in one plane whose axes stay: what is not covered is outlined."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.scatter_data import Caught, Region, ScatterData
from latentlab.qt.widgets.scatter_map import ScatterMap
from latentlab.qt.workspaces.diagnose.pane import Pane, hint
from latentlab.qt.workspaces.diagnose.views import MapView


class MapPane(Pane):
    """Passes on what a hand drew around."""

    caught = Signal(object)
    """Caught."""
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Training and generated"))
        self._view: MapView | None = None
        self.head.insertWidget(2, MapLegend())
        self.map = ScatterMap()
        self._earlier = False
        """Samples of an earlier checkpoint are in view: they have no pictures here."""
        self.foot = hint()
        self.foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.foot.setWordWrap(False)
        hand = QLabel(self.tr("Draw to choose, Enter to view"))
        hand.setFont(font(TextRole.HINT))
        hand.setProperty("tone", "3")
        line = QHBoxLayout()
        line.addWidget(self.foot, 1)
        line.addWidget(hand)
        self.add(self.map, 1)
        self.add(line)
        self.map.caught.connect(self.caught)
        self.map.opened.connect(self.opened)
        self.map.region_clicked.connect(self._on_region)

    def show_view(self, view: MapView | None) -> None:
        """Show this plane, or none yet."""
        self._view = view
        self._earlier = False
        if view is None:
            self.map.set_data(ScatterData())
            self.foot.setText("")
            return
        total = max(len(view.real), 1)
        regions = [
            Region(one.lines, self._region_text(len(one.members), total) if number < 2 else "")
            for number, one in enumerate(view.regions)
        ]
        self.map.set_data(ScatterData(view.real, view.generated, view.extent, view.contours, regions))
        self.foot.setText(view.note)
        self.foot.setToolTip(view.note)

    def show_checkpoint(self, number: int) -> None:
        """Show the samples of an earlier checkpoint; those of the last one are the samples themselves."""
        view = self._view
        if view is None or view.over_time is None or not 0 <= number < len(view.over_time):
            return
        last = number == len(view.over_time) - 1
        self._earlier = not last
        if last:
            self.show_view(view)
            return
        self.map.set_data(ScatterData(view.real, view.over_time[number], view.extent))
        step = format_number(view.steps[number], 0)
        self.foot.setText(self.tr("Step {0}, {1} samples").format(step, len(view.over_time[number])))

    def set_picture(self, picture: Callable[[bool, int], QImage | None]) -> None:
        """What gives the picture of a point: whether it is of the data, and which."""
        self.map.picture = lambda real, index: picture(real, index) if real or not self._earlier else None

    def set_chosen(self, real: tuple[int, ...], generated: tuple[int, ...]) -> None:
        """Show points chosen; emits nothing."""
        self.map.set_chosen(Caught(real, generated))

    def _region_text(self, members: int, total: int) -> str:
        share = format_number(members / total, 2)
        if self._view is not None and self._view.is_points:
            return self.tr("{0} points, {1} of the data").format(members, share)
        return self.tr("{0} pictures, {1} of the data").format(members, share)

    def _on_region(self, number: int) -> None:
        if self._view is not None:
            self.caught.emit(Caught(self._view.regions[number].members, ()))


class MapLegend(QWidget):
    """What the marks of the map mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(TextRole.HINT))
        self._texts = (self.tr("training"), self.tr("generated"), self.tr("not covered"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(text) + 30 for text in self._texts), 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        x, middle = 8.0, self.height() / 2
        for number, text in enumerate(self._texts):
            if number == 0:
                paint.dot(painter, QPointF(x + 4, middle), 6, tokens.text_2)
            elif number == 1:
                painter.setPen(QPen(tokens.series[0], 1.4))
                painter.drawLine(QPointF(x, middle), QPointF(x + 8, middle))
                painter.drawLine(QPointF(x + 4, middle - 4), QPointF(x + 4, middle + 4))
            else:
                painter.setPen(QPen(tokens.warning, 1.2, Qt.PenStyle.DashLine))
                painter.drawRect(QRectF(x - 1, middle - 4, 10, 8))
            width = self.fontMetrics().horizontalAdvance(text)
            paint.text(painter, QRectF(x + 13, 0, width + 2, self.height()), text, tokens.text_2)
            x += width + 30
