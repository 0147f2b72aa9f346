"""How the discriminator judges training, held-out and generated pictures; or the pictures that are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.histograms import Distribution, Histograms
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import ScoresView

_BINS = 36
_VIOLET = 6


class ScoresPane(Pane):
    """Three histograms on one axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Discriminator scores"))
        self._view: ScoresView | None = None
        self.histograms = Histograms()
        self.histograms.setAccessibleName(self.tr("Discriminator scores"))
        self.notice = Notice()
        self.add(self.histograms, 1)
        self.add(self.notice)

    def show_view(self, view: ScoresView | None) -> None:
        """Show these scores, or none."""
        self._view = view
        self.notice.say(view.notice if view else "", view.tone if view else "ok")
        self.set_chosen(())

    def set_chosen(self, generated: Sequence[int]) -> None:
        """Mark where chosen samples lie."""
        view = self._view
        if view is None:
            self.histograms.set_distributions(())
            return
        tokens = current_tokens()
        every = np.concatenate([view.train, view.held_out, view.generated])
        low, high = np.quantile(every, (0.002, 0.998)) if len(every) else (0.0, 1.0)
        edges = np.linspace(low, high if high > low else low + 1.0, _BINS + 1)
        places = np.asarray(generated, np.int64)
        chosen = view.generated[places[places < len(view.generated)]]
        self.histograms.set_distributions(
            [
                Distribution(
                    name,
                    edges,
                    np.histogram(values.clip(low, high), edges)[0],
                    float(values.mean()),
                    colour,
                    of,
                )
                for name, values, colour, of in (
                    (self.tr("Training"), view.train, tokens.series[7], np.empty(0)),
                    (self.tr("Held out"), view.held_out, tokens.series[_VIOLET], np.empty(0)),
                    (self.tr("Generated"), view.generated, tokens.series[0], chosen),
                )
                if len(values)
            ]
        )
