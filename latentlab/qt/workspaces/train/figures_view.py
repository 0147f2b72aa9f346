"""How scores are spread, and what each dimension of the code says, as the run goes on."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.histograms import Distribution, Histograms
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import Coded, Scored

_COLUMNS = 240
"""Looks at the code that a map shows at most."""
_USED = 0.1
"""Nats from which a dimension counts as in use."""


class ScoresView(QWidget):
    """The discriminator's scores of training, held-out and generated items, at one step of the run."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._step: float | None = None
        self.histograms = Histograms()
        self._note = QLabel()
        self._note.setProperty("tone", "3")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, Size.PADDING, 0)
        layout.setSpacing(0)
        layout.addWidget(self._note)
        layout.addWidget(self.histograms, 1)
        run.changed.connect(self._on_changed)
        run.figures_changed.connect(self._show)

    def sizeHint(self) -> QSize:
        return QSize(300, 240)

    @property
    def shown(self) -> Scored | None:
        """The look that is shown: the nearest to the step in view."""
        scores = self._run.scores
        if not scores or self._step is None:
            return scores[-1] if scores else None
        return min(scores, key=lambda one: abs(one.step - (self._step or 0)))

    def show_step(self, step: object) -> None:
        """Show the look nearest to a step; None shows the newest."""
        self._step = float(step) if isinstance(step, (int, float)) else None
        self._show()

    def _on_changed(self) -> None:
        self._step = None
        self._show()

    def _show(self) -> None:
        shown = self.shown
        if shown is None:
            self.histograms.set_distributions(())
            self._note.setText("")
            return
        tokens = current_tokens()
        named = (
            ("train", self.tr("Training"), tokens.series[0]),
            ("held_out", self.tr("Held out"), tokens.series[2]),
            ("drawn", self.tr("Generated"), tokens.series[1]),
        )
        self.histograms.set_distributions(
            [
                _distribution(name, shown, shown.counts[key], colour)
                for key, name, colour in named
                if any(shown.counts.get(key, ()))
            ]
        )
        self._note.setText(self.tr("Scores at step {0}").format(format_number(shown.step, 0)))


class CodeView(QWidget):
    """KL of each dimension over the run: a row is a dimension, a column is a look."""

    step_chosen = Signal(float)

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._steps: list[int] = []
        self.map = HeatMap(margin=44)
        self.map.column_chosen.connect(self._on_column)
        self._note = QLabel()
        self._note.setProperty("tone", "3")
        self._note.setContentsMargins(Size.PADDING, 0, 0, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, Size.PADDING, 4)
        layout.setSpacing(0)
        layout.addWidget(self._note)
        layout.addWidget(self.map, 1)
        run.changed.connect(self._show)
        run.figures_changed.connect(self._show)

    def show_step(self, step: object) -> None:
        """Point to the look nearest to a step."""
        if isinstance(step, (int, float)) and self._steps:
            self.map.set_column(min(range(len(self._steps)), key=lambda at: abs(self._steps[at] - step)))

    def _show(self) -> None:
        codes = self._run.codes
        stride = -(-len(codes) // _COLUMNS) or 1
        looks = [one for one in codes[::-1][::stride][::-1] if len(one.kl) == len(codes[-1].kl)]
        self._steps = [one.step for one in looks]
        if not looks:
            self.map.set_data(HeatData(np.empty((0, 0))))
            self._note.setText("")
            return
        values = np.array([one.kl for one in looks], np.float64).T
        order = np.argsort(-values[:, -1], kind="stable")
        limit = max(float(np.nanquantile(values, 0.98)), 1e-3)
        every = max(1, len(looks) // 6)
        columns = [
            format_number(one.step, 0) if place % every == 0 else "" for place, one in enumerate(looks)
        ]
        rows = [str(number) for number in order]
        self.map.set_data(HeatData(values[order], rows, columns, limit, signed=False))
        self._note.setText(
            _code_words(looks[-1]).format(self.tr("KL per dimension in nats, the most at the top"))
        )

    def _on_column(self, column: int) -> None:
        if 0 <= column < len(self._steps):
            self.step_chosen.emit(float(self._steps[column]))


def _code_words(look: Coded) -> str:
    used = sum(value > _USED for value in look.kl)
    return f"{{0}}; {used} of {len(look.kl)} above {_USED} now, {sum(look.kl):.1f} in all"


def _distribution(name: str, shown: Scored, counts: tuple[int, ...], colour: object) -> Distribution:
    edges = np.linspace(shown.low, shown.high, len(counts) + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    numbers = np.array(counts, np.float64)
    mean = float((middles * numbers).sum() / numbers.sum())
    return Distribution(name, edges, numbers, mean, colour)  # type: ignore[arg-type]
