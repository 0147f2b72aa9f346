"""Live curves: any number of them, smoothed over their raw lines, with a cursor that reads values, and marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

import pyqtgraph as pg  # type: ignore[import-untyped]  # isort: skip  # after PySide6, or it looks for PyQt

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.curves.axes import GridItem, StepAxis, ValueAxis, dress, value_text
from latentlab.qt.widgets.curves.item import CurvesItem, Trace
from latentlab.qt.widgets.curves.marks import Mark, MarksItem
from latentlab.qt.widgets.curves.readout import Readout
from latentlab.qt.widgets.curves.series import Series

_STILL_MS = 140
"""How long the view must not have moved before curves are drawn finely again."""
_LATE = 0.1
"""Share of all steps from which on curves begin late, as a branch does, and nothing is shown before them."""
_HEAD = 0.06
"""Share of the height that stays free above and below the curves."""


class CurvePlot(QWidget):
    """The wheel zooms at the cursor, dragging pans, a double click shows everything again."""

    view_changed = Signal(float, float)
    """First and last step in view, moved by a hand: linked plots follow through `show_steps`."""
    hovered = Signal(object)
    """Step under the cursor, or None."""
    clicked = Signal(float)
    """Step that was clicked."""
    mark_clicked = Signal(object)
    """Mark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = pg.PlotWidget(axisItems={"bottom": StepAxis(), "left": ValueAxis()}, background=None)
        self._plot = self._view.getPlotItem()
        self._box = self._plot.getViewBox()
        self._grid = GridItem(self._plot.getAxis("left"))
        self._curves, self._marks = CurvesItem(), MarksItem()
        self._follows = True
        self._end = 1.0
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._readout = Readout(self)
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._set_up()

    @property
    def traces(self) -> tuple[Trace, ...]:
        """All curves, shown or not."""
        return tuple(self._curves.traces)

    @property
    def steps_shown(self) -> tuple[float, float]:
        """First and last step in view."""
        (begin, end), _ = self._box.viewRange()
        return float(begin), float(end)

    @property
    def values_shown(self) -> tuple[float, float]:
        """Lowest and highest place on the y axis in view; powers of ten where it is logarithmic."""
        _, (low, high) = self._box.viewRange()
        return float(low), float(high)

    @property
    def readout(self) -> Readout:
        """The figures under the cursor."""
        return self._readout

    @property
    def follows(self) -> bool:
        """Whether the view grows with the curves; a hand that zooms or pans ends it."""
        return self._follows

    def add(self, key: str, name: str, series: Series, place: int | None = None) -> Trace:
        """Show a curve. It is read when painted: call `refresh` after appending to it.

        Args:
            key: names it here; a curve of the same key gives way.
            name: for people.
            series: its values.
            place: in the palette; None takes the next one.
        """
        self.remove(key)
        taken = {trace.place for trace in self._curves.traces}
        free = next(number for number in range(len(taken) + 1) if number not in taken)
        trace = Trace(key, name, series, free if place is None else place)
        self._curves.traces.append(trace)
        self.refresh()
        return trace

    def remove(self, key: str) -> None:
        """Take a curve away; nothing happens where there is none."""
        self._curves.traces = [trace for trace in self._curves.traces if trace.key != key]

    def clear(self) -> None:
        """Take everything away and follow again."""
        self._curves.traces = []
        self.set_marks(())
        self.set_playhead(None)
        self._end = 1.0
        self.show_all()

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide a curve."""
        for trace in self._curves.traces:
            if trace.key == key:
                trace.visible = visible
        self.refresh()

    def set_smoothing(self, span: float) -> None:
        """Smooth over about `span` points; 0 shows raw curves alone."""
        self._curves.span = span
        self._curves.update()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Show powers of ten; values at or below 0 have no place then."""
        self._curves.logarithmic = logarithmic
        self._plot.getAxis("left").setLogMode(logarithmic)
        self.refresh()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show what happened."""
        self._marks.marks = tuple(marks)
        self._marks.update()

    def set_playhead(self, step: float | None) -> None:
        """Show which step the rest of the window shows."""
        self._marks.playhead = step
        self._marks.update()

    def set_end(self, step: float) -> None:
        """Leave room up to a step that the curves will reach."""
        self._end = step
        self.refresh()

    def show_steps(self, begin: float, end: float) -> None:
        """Show a stretch, as a linked plot does; it is not reported back."""
        self._follows = False
        self._box.setXRange(begin, end, padding=0)
        self._fit_values()

    def show_all(self) -> None:
        """Everything again, and follow from now on."""
        self._follows = True
        self.refresh()

    def refresh(self) -> None:
        """Curves have grown."""
        if self._follows:
            known = [trace.series.x for trace in self._curves.traces if len(trace.series)]
            end = max([self._end, *(float(steps[-1]) for steps in known)])
            begin = min((float(steps[0]) for steps in known), default=0.0)
            self._box.setXRange(begin if begin > _LATE * end else 0.0, end, padding=0.01)
        self._fit_values()
        self._curves.update()

    def draw(self, painter: QPainter, *, vector: bool) -> None:
        """Paint the plot as it is, for a file.

        Args:
            painter: of a surface of this widget's size.
            vector: curves as lines and not as pixels.
        """
        self._curves.vector = vector
        painter.fillRect(self.rect(), current_tokens().window)
        self._view.render(painter, QRectF(self.rect()), self._view.viewport().rect())
        self._curves.vector = False

    def redress(self) -> None:
        """The theme changed."""
        for name in ("bottom", "left"):
            dress(self._plot.getAxis(name))
        self._cursor.setPen(pg.mkPen(current_tokens().text_3, width=1))
        self._view.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.redress()

    def _set_up(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._box.setMouseEnabled(x=True, y=False)
        self._box.disableAutoRange()
        self._box.setLimits(minXRange=1.0)
        for height, item in enumerate((self._grid, self._curves, self._marks, self._cursor)):
            item.setZValue(height)
            self._plot.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self._box.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._still.timeout.connect(self._on_still)
        scene = self._view.scene()
        scene.sigMouseMoved.connect(self._on_mouse_moved)
        scene.sigMouseClicked.connect(self._on_clicked)
        self._view.installEventFilter(self)
        self.redress()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._show_cursor(None)
        return False

    def _fit_values(self) -> None:
        found = self._curves.bounds(*self.steps_shown)
        if found is not None:
            low, high = found
            room = max((high - low) * _HEAD, abs(high) * 1e-3, 1e-12)
            self._box.setYRange(low - room, high + room, padding=0)
        self._box.updateMatrix()  # left to the painting, it would call for a second one

    def _on_moved_by_hand(self) -> None:
        self._follows = False
        self._curves.hurried = True
        self._still.start()
        self._fit_values()
        self.view_changed.emit(*self.steps_shown)

    def _on_still(self) -> None:
        self._curves.hurried = False
        self._curves.update()

    def _on_mouse_moved(self, place: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(place)
        self._show_cursor(self._box.mapSceneToView(place).x() if inside else None, place)

    def _show_cursor(self, step: float | None, place: QPointF | None = None) -> None:
        self._cursor.setVisible(step is not None)
        self.hovered.emit(step)
        if step is None or place is None:
            self._readout.hide()
            return
        self._cursor.setPos(step)
        lines = []
        for trace in self._curves.traces:
            point = trace.series.nearest(step) if trace.visible else None
            if point is not None:
                lines.append((trace.name, trace.colour(current_tokens()), value_text(point[1])))
        title = self.tr("Step {0}").format(format_number(max(0.0, step), 0))
        mark = self._marks.near(step, self._box.viewPixelSize()[0])
        if mark is not None and mark.text:
            lines.insert(0, (mark.text, current_tokens().text_2, ""))
        inside: QRect = self._view.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
        self._readout.show_at(self._view.mapFromScene(place), title, lines, inside)

    def _on_clicked(self, event: object) -> None:
        place = event.scenePos()  # type: ignore[attr-defined]
        if event.double():  # type: ignore[attr-defined]
            self.show_all()
            self.view_changed.emit(*self.steps_shown)
            return
        if not self._box.sceneBoundingRect().contains(place):
            return
        step = float(np.clip(self._box.mapSceneToView(place).x(), 0.0, None))
        mark = self._marks.near(step, self._box.viewPixelSize()[0])
        if mark is not None:
            self.mark_clicked.emit(mark)
        self.clicked.emit(step)
