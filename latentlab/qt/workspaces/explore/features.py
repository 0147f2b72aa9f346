"""Has feature maps computed for the panel that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.threads.wanted_work import FeaturesWork, UsualWork
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.workspaces.explore.feature_panel import FeaturePanel

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


class Features(QObject):
    """Asks the render thread while the panel is open, and gives it up when it is not."""

    def __init__(self, studio: Studio, actions: Actions, tools: CanvasTools) -> None:
        super().__init__(tools)
        self._studio = studio
        self._tools = tools
        self._session: Session | None = None
        self.panel = FeaturePanel()
        self.panel.wanted.connect(self._ask)
        self.panel.given_up.connect(self._give_up)
        self.panel.closed.connect(lambda: tools.features.setChecked(False))
        tools.features_toggled.connect(self._on_toggled)
        actions["features"].triggered.connect(tools.features.toggle)
        studio.renders.idle_result.connect(self._on_result)
        studio.renders.idle_failed.connect(self._on_failed)

    def set_session(self, session: Session) -> None:
        """Another model: its layers."""
        self._session = session
        self.panel.set_session(session)

    def open(self, block: str, channels: Sequence[int]) -> None:
        """Show the maps of a block ("" for the one shown last) and choose channels there."""
        self._tools.features.setChecked(True)
        self.panel.open_panel(block)
        self.panel.sheet.set_selection(channels)

    def set_shown(self, shown: bool) -> None:
        """Panels are shown again, or hidden."""
        self.panel.setVisible(shown and self._tools.features.isChecked())

    def _on_toggled(self, on: bool) -> None:
        if on:
            self.panel.open_panel()
        else:
            self.panel.close_panel()

    def _ask(self, block: str) -> None:
        session = self._session
        if session is None or not session.can_draw(session.history.recipe):
            return
        self._studio.renders.when_idle(FeaturesWork(session.history.recipe, block))
        if self.panel.needs_usual():
            self._studio.renders.when_idle(UsualWork(block))

    def _give_up(self) -> None:
        self._studio.renders.give_up(FeaturesWork.key)
        self._studio.renders.give_up(UsualWork.key)

    @Slot(object, object)
    def _on_result(self, key: object, result: Any) -> None:
        if key == FeaturesWork.key:
            self.panel.show_maps(result)
        elif key == UsualWork.key:
            self.panel.show_usual(*result)

    @Slot(object, object)
    def _on_failed(self, key: object, failure: Failure) -> None:
        if key == FeaturesWork.key:
            self.panel.show_failure(failure.text)
