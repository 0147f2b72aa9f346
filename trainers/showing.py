"""What a run shows of itself between checkpoints, to whoever looks: its model, its plane; and slow motion."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from latentlab.runs import Interest, Request, RunWriter
from trainers.training import Training

logger = logging.getLogger(__name__)

_MODEL_SHARE, _PLANE_SHARE = 0.03, 0.1
"""Of the time, that may go into showing; a plane is looked at to learn, not to be done soon."""
_MODEL_EVERY, _PLANE_EVERY = 1.0, 0.1
"""Seconds between two, at least."""
_LOOK = 0.05
"""Seconds between looks at what is asked for, in slow motion."""


class Showing:
    """Writes below `live/` for as long as somebody looks. What is learned does not depend on it."""

    def __init__(self, training: Training, writer: RunWriter) -> None:
        self._training = training
        self._writer = writer
        folder = writer.folder
        self._views = [
            _View(Interest.MODEL, _MODEL_EVERY, _MODEL_SHARE, lambda: training.write_live(folder.live_model))
        ]
        if training.shows_plane:
            self._views.append(
                _View(
                    Interest.PLANE,
                    _PLANE_EVERY,
                    _PLANE_SHARE,
                    lambda: training.write_plane(folder.live_plane),
                )
            )

    def after_step(self, *, alone: bool, should_stop: Callable[[], bool]) -> None:
        """Show what is due; a step that was asked for alone, or in slow motion, is shown at once.

        Raises:
            OSError, CheckpointError: the disk is full.
        """
        self._show(at_once=alone or self._pace() > 0)
        self._hold_back(should_stop)

    def in_pause(self) -> None:
        """Show the step that the run rests at, once."""
        self._show(at_once=True)

    def _show(self, *, at_once: bool) -> None:
        step = self._training.step
        due = [
            view
            for view in self._views
            if view.step != step and (at_once or view.is_due()) and self._writer.looked_at(view.interest)
        ]
        if not due:
            return
        self._training.time.waited()
        self._writer.folder.live_model.parent.mkdir(exist_ok=True)
        for view in due:
            view.show(step)
        self._training.time.waited()

    def _hold_back(self, should_stop: Callable[[], bool]) -> None:
        """Slow motion, for as long as somebody looks: a window that closes leaves no run crawling."""
        if not self._pace():
            return
        began = time.monotonic()
        while time.monotonic() - began < self._pace() and not should_stop():
            time.sleep(min(_LOOK, self._pace() or _LOOK))
            if self._writer.asked() & {Request.STOP, Request.PAUSE, Request.STEP}:
                break
        self._training.time.forget_time()

    def _pace(self) -> float:
        looked_at = any(self._writer.looked_at(interest) for interest in Interest)
        return self._writer.pace if looked_at else 0.0


class _View:
    """One thing that may be looked at, and what showing it costs."""

    def __init__(self, interest: Interest, every: float, share: float, write: Callable[[], None]) -> None:
        self.interest = interest
        self.step = -1
        """The step that was shown last."""
        self._every, self._share, self._write = every, share, write
        self._next = 0.0

    def is_due(self) -> bool:
        return time.monotonic() >= self._next

    def show(self, step: int) -> None:
        began = time.monotonic()
        self._write()
        now = time.monotonic()
        self._next = now + max(self._every, (now - began) / self._share)
        self.step = step
