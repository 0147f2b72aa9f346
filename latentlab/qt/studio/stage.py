"""The picture that should be seen now: asks the render thread for it and hands on what comes back."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.settings import Preview
from latentlab.qt.threads.render_thread import RenderThread, Shown
from latentlab.render.request import RenderRequest

FAST_HAND_MS = 16.0
SLOW_HAND_MS = 50.0
PATIENCE: dict[Preview, float] = {"quick": 0.5, "balanced": 1.0, "fine": 2.5}
"""Factors on both, by the setting of preview quality."""
_FAST_SECONDS = 0.05
"""Edits that follow each other closer than this come from a fast hand."""
_PAUSE_MS = 150
"""A hand that stays still on a control for this long sees the full picture."""


class Stage(QObject):
    """Follows the recipe of the open session: soft pictures while a hand moves, the full one after."""

    shown = Signal(object)
    """Shown: the newest picture of the session's recipe."""
    compared = Signal(object)
    """Shown: the other picture, while it is asked for."""
    failed = Signal(object)
    """Failure. The last good picture stays."""
    rendered_fully = Signal(object)
    """Recipe whose final picture was just shown, with no hand on a control: there is time for other things."""

    def __init__(self, thread: RenderThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._session: Session | None = None
        self._asked: RenderRequest | None = None
        self._comparing: Recipe | None = None
        self.preview: Preview = "balanced"
        """The setting of preview quality."""
        self._last_edit = 0.0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        thread.rendered.connect(self._on_rendered)
        thread.failed.connect(self._on_failed)

    def set_session(self, session: Session) -> None:
        """Show this session's recipe from now on."""
        if self._session is not None:
            self._session.history.changed.disconnect(self._on_recipe_changed)
            self._session.editor.settled.disconnect(self._on_settled)
        self._session = session
        self._asked = None
        self._comparing = None
        session.history.changed.connect(self._on_recipe_changed)
        session.editor.settled.connect(self._on_settled)
        self.ask_again()

    def ask_again(self) -> None:
        """Render the current recipe in full, whatever was asked for before: after a failure, or another device."""
        self._asked = None
        self._ask(dragging=False)

    def weights_changed(self) -> None:
        """The model draws with other weights: the same recipe is another picture."""
        self._asked = None
        self._ask(dragging=self._session is not None and self._session.editor.moving)

    def compare(self, other: Recipe | None) -> None:
        """Have another picture rendered too, or no longer (None)."""
        if self._session is None:
            return
        self._comparing = other
        if self._comparing is not None:
            self._pause.stop()
            self._thread.request(RenderRequest(self._comparing))
        else:
            self.ask_again()

    def directions_known(self) -> None:
        """What the recipe moves along may just have become known."""
        if self._asked is None:
            self._ask(dragging=False)

    @property
    def waits_for_photo(self) -> bool:
        """An image translator draws nothing until it was given a picture."""
        session = self._session
        return (
            session is not None
            and session.model.capabilities.is_translator
            and not isinstance(session.history.recipe.source, PhotoSource)
        )

    def _waits_for_directions(self) -> bool:
        """Those of a restored recipe are looked for first; `directions_known` tells when they are there."""
        assert self._session is not None
        known = self._session.directions
        return known.all is None and not known.suffice_for(self._session.history.recipe)

    def _ask(self, *, dragging: bool) -> None:
        if self._session is None or self.waits_for_photo or self._waits_for_directions():
            return
        now = time.monotonic()
        fast = now - self._last_edit < _FAST_SECONDS
        self._last_edit = now
        budget = (FAST_HAND_MS if dragging and fast else SLOW_HAND_MS) * PATIENCE[self.preview]
        request = RenderRequest(self._session.history.recipe, dragging, budget)
        if request == self._asked:
            return
        self._asked = request
        if dragging:
            self._pause.start()
        else:
            self._pause.stop()
        self._thread.request(request)

    def _on_recipe_changed(self) -> None:
        assert self._session is not None
        self._ask(dragging=self._session.editor.moving)

    def _on_settled(self) -> None:
        self._ask(dragging=False)

    @Slot()
    def _on_pause(self) -> None:
        self._ask(dragging=False)

    @Slot(object)
    def _on_rendered(self, shown: Shown) -> None:
        session = self._session
        if session is None or shown.model != session.model.fingerprint:
            return
        current = session.history.recipe
        if shown.frame.recipe == self._comparing:
            self.compared.emit(shown)
            if self._comparing != current:
                return
        self.shown.emit(shown)
        asked = self._asked
        hand_is_off = asked is not None and not asked.dragging
        if hand_is_off and not shown.frame.is_preview and shown.frame.recipe == current:
            self.rendered_fully.emit(current)

    @Slot(object, object)
    def _on_failed(self, request: RenderRequest, failure: Failure) -> None:
        if self._session is not None and request.recipe == self._session.history.recipe:
            self.failed.emit(failure)
