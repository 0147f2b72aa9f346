"""A model that is being trained, as a person sees it: a badge, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from latentlab.qt.studio.live import LiveStatus
from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.live_badge import LiveBadge, Tone
from latentlab.runs import RunState


class LiveView(QObject):
    """Keeps the badge up to date."""

    run_wanted = Signal(object)
    """Path of the run that shall be shown in Train."""

    def __init__(self, studio: Studio, badge: LiveBadge) -> None:
        super().__init__(badge)
        self._studio = studio
        self._live = studio.live
        self.badge = badge
        badge.hide()
        badge.clicked.connect(self.toggle_frozen)
        badge.menu_requested.connect(self._show_menu)
        self._live.changed.connect(self._show)

    def toggle_frozen(self) -> None:
        """Keep the weights, or let newer ones in again."""
        status = self._live.status
        if status is not None:
            self._live.freeze(not status.frozen)

    def commands(self) -> list[Command]:
        """For the search, while something is followed."""
        group = self.tr("Live model")
        return [Command(text, act, group=group) for text, act in self._offers()]

    def _offers(self) -> list[tuple[str, Callable[[], None]]]:
        status = self._live.status
        if status is None:
            return []
        freeze = self.tr("Follow the run again") if status.frozen else self.tr("Freeze these weights")
        return [
            (freeze, self.toggle_frozen),
            (self.tr("Find directions anew in these weights"), self._studio.find_directions_anew),
            (self.tr("Show the run in Train"), lambda: self.run_wanted.emit(status.run)),
            (self.tr("Follow the run no longer"), self._live.stop),
        ]

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self.badge)
        menu.aboutToHide.connect(menu.deleteLater)
        for text, act in self._offers():
            menu.addAction(text, act)
        menu.popup(at)

    def _show(self) -> None:
        status = self._live.status
        self.badge.setVisible(status is not None)
        if status is not None:
            self.badge.show_state(*self._words(status))

    def _words(self, status: LiveStatus) -> tuple[str, Tone, str]:
        step = format_number(status.step, 0)
        name = status.run.name
        behind = self.tr("The run {0} is at step {1}.").format(name, format_number(status.run_step, 0))
        if status.frozen:
            thaw = self.tr("A click takes the newest weights again.")
            return self.tr("frozen, step {0}").format(step), "frozen", f"{behind} {thaw}"
        keep = self.tr("Newer weights take their place under the same picture. A click freezes them.")
        match status.state:
            case RunState.RUNNING | RunState.PREPARING:
                return self.tr("live, step {0}").format(step), "ok", f"{behind} {keep}"
            case RunState.PAUSED:
                return self.tr("paused, step {0}").format(step), "warning", f"{behind} {keep}"
            case RunState.FINISHED:
                done = self.tr("The run {0} is done: these are its last weights.").format(name)
                return self.tr("done, step {0}").format(step), "off", done
            case None:
                gone = self.tr("The folder of {0} cannot be reached: these weights stay.").format(name)
                return self.tr("out of reach, step {0}").format(step), "warning", gone
        ended = self.tr("The run {0} has ended: these weights stay until it is resumed.").format(name)
        return self.tr("ended, step {0}").format(step), "off", ended
