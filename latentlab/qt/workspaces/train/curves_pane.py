"""The curves of a run: one plot at a time, its legend, smoothing, scale, and saving."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.errors import ExportError
from latentlab.qt.glossary import explain, tip
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.curves.marks import Kind, Mark
from latentlab.qt.widgets.curves.plot import CurvePlot
from latentlab.qt.widgets.curves.saving import save_plot
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.widgets.slider import Slider
from latentlab.qt.workspaces.train import curve_groups
from latentlab.qt.workspaces.train.figures_view import CodeView, ScoresView
from latentlab.qt.workspaces.train.legend import Entry, Legend
from latentlab.qt.workspaces.train.shown_run import ShownRun

_SMOOTHEST = 300.0
"""Points at the right end of the slider."""
_TAB = 74
"""Width of a tab."""
_KINDS: dict[str, Kind] = {"info": "info", "warning": "warning", "serious": "serious"}


class CurvesPane(QWidget):
    """Shows a `ShownRun`; keeps which plot, how smooth, and what is hidden."""

    step_chosen = Signal(float)
    """A step was clicked."""
    save_wanted = Signal()
    """A file shall be chosen for `save`."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self._run = run
        self._groups: list[str] = []
        self._group = curve_groups.LOSSES
        self._hidden: set[str] = set()
        self.tabs = SegmentedControl([curve_groups.title(self._group)])
        self.legend = Legend()
        self.plot = CurvePlot()
        self.smoothing = Slider(limits=(0.0, 1.0), default=0.5)
        explain(self.smoothing, "smoothing", self.tr("How many points the bold line averages over"))
        self.smoothing.setFixedWidth(90)
        self.smoothing.set_value(0.5)
        self.logarithmic = QCheckBox(self.tr("Log scale"))
        explain(self.logarithmic, "log_scale")
        self.save_button = IconButton("export", self.tr("Save the plot or its figures"))
        self.scores = ScoresView(run)
        self.code = CodeView(run)
        self._empty = QLabel(self.tr("Curves appear with the first report of the run."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("tone", "3")
        self._lay_out()
        self.tabs.chosen.connect(self._on_tab)
        self.legend.toggled.connect(self._on_toggled)
        self.plot.clicked.connect(self.step_chosen)
        self.plot.hovered.connect(self._show_legend)
        self.smoothing.changing.connect(self._on_smoothing)
        self.smoothing.changed.connect(self._on_smoothing)
        self.logarithmic.toggled.connect(self.plot.set_logarithmic)
        self.save_button.clicked.connect(self.save_wanted)
        run.changed.connect(self._on_changed)
        run.grew.connect(self._on_grew)
        run.checkpoints_changed.connect(self._show_marks)
        run.warnings_changed.connect(self._show_marks)
        run.figures_changed.connect(self._on_grew)
        self.code.step_chosen.connect(self.step_chosen)
        self._on_smoothing(0.5)
        self._on_changed()

    @property
    def group(self) -> str:
        """Key of the plot that is shown."""
        return self._group

    def show_step(self, step: object) -> None:
        """The rest of the window shows this step; None for none."""
        self.plot.set_playhead(step if isinstance(step, (int, float)) else None)
        self.scores.show_step(step)
        self.code.show_step(step)

    def save(self, path: Path) -> None:
        """Write the plot as .png, .svg or .csv.

        Raises:
            ExportError: the file cannot be written.
        """
        if not self.plot.traces:
            raise ExportError(self.tr("There are no curves to save yet."))
        save_plot(self.plot, path)

    def _lay_out(self) -> None:
        self._top = top = QHBoxLayout()
        top.setContentsMargins(Size.PADDING, 8, Size.PADDING, 4)
        top.addWidget(self.tabs)
        top.setSpacing(12)
        top.addWidget(self.legend, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.PADDING, 2, Size.PADDING, 6)
        foot.addStretch(0)
        word = QLabel(self.tr("Smoothing"))
        word.setProperty("tone", "2")
        for widget in (word, self.smoothing, self.logarithmic, self.save_button):
            foot.addWidget(widget)
            foot.addSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        self._middle = QWidget()
        middle = QHBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.plot, 3)
        middle.addWidget(self.scores, 2)
        layout.addWidget(self._middle, 1)
        layout.addWidget(self.code, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_legend()

    def _place_legend(self) -> None:
        """Beside the tabs where there is room, and below them where there is not."""
        beside = self.tabs.width() + self.legend.sizeHint().width() + 2 * Size.PADDING + 12 <= self.width()
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._top.direction() != direction:
            self._top.setDirection(direction)

    def _on_changed(self) -> None:
        self._group, self._groups, self._hidden = curve_groups.LOSSES, [], set()
        self.plot.clear()
        self._on_grew()
        self._show_marks()

    def _on_grew(self) -> None:
        groups = list(curve_groups.groups_of(self._run))
        if groups != self._groups:
            self._groups = groups
            self.tabs.set_texts(
                [curve_groups.title(group) for group in groups],
                [tip(f"plot/{group}") for group in groups],
            )
            self.tabs.set_current(groups.index(self._group) if self._group in groups else 0)
            self.tabs.setFixedWidth(_TAB * len(groups))
        curves = curve_groups.curves_of(self._run, self._group)
        if [trace.key for trace in self.plot.traces] != list(curves):
            self._show_curves()
        if self._run.steps:
            self.plot.set_end(self._run.steps)
        self.plot.refresh()
        self._middle.setVisible(bool(curves))
        self._show_figures()
        self._empty.setVisible(not curves and self.code.isHidden())
        self._show_legend(None)

    def _show_figures(self) -> None:
        self.scores.setVisible(self._group == curve_groups.SCORES and bool(self._run.scores))
        self.code.setVisible(self._group == curve_groups.CODE)

    def _show_curves(self) -> None:
        for trace in self.plot.traces:
            self.plot.remove(trace.key)
        for name, series in curve_groups.curves_of(self._run, self._group).items():
            self.plot.add(name, curve_groups.name_of(name), series)
            self.plot.set_visible(name, name not in self._hidden)

    def _show_legend(self, step: object) -> None:
        tokens = current_tokens()
        entries = []
        for trace in self.plot.traces:
            values = trace.series.y
            at = trace.series.nearest(step) if isinstance(step, float) else None
            value = at[1] if at is not None else float(values[-1]) if len(values) else float("nan")
            entries.append(
                Entry(trace.key, trace.name, trace.colour(tokens), value_text(value), trace.visible)
            )
        self.legend.set_entries(entries)
        self._place_legend()

    def _show_marks(self) -> None:
        marks = [
            Mark(saved.step, "milestone" if saved.milestone else "checkpoint", self.tr("Checkpoint"))
            for saved in self._run.saved
        ]
        marks += [Mark(warned.step, _KINDS[warned.severity], warned.text) for warned in self._run.warnings]
        self.plot.set_marks(marks)

    def _on_tab(self, index: int) -> None:
        self._group = self._groups[index]
        self._on_grew()

    def _on_toggled(self, name: str) -> None:
        self._hidden ^= {name}
        self.plot.set_visible(name, name not in self._hidden)
        self._show_legend(None)

    def _on_smoothing(self, share: float) -> None:
        self.plot.set_smoothing(0.0 if share < 0.01 else _SMOOTHEST ** min(1.0, share))
