"""Leads through the steps: points, notices that a step was done, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Signal
from PySide6.QtWidgets import QWidget

from latentlab.qt.settings import SettingsStore
from latentlab.qt.tour.callout import Callout, Ring

if TYPE_CHECKING:
    from latentlab.qt.main_window import MainWindow
    from latentlab.qt.tour.steps import Step

_LOOK_MS = 150


class Tour(QObject):
    """Not running until `start` or `offer`."""

    moved = Signal(int)
    """Number of the step that is shown, -1 at the end."""

    def __init__(self, window: MainWindow, settings: SettingsStore) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._steps: tuple[Step, ...] = ()
        self._number = -1
        self._is_done: Callable[[], bool] = lambda: False
        self._room_shown = ""
        self.ring = Ring(window)
        self.callout = Callout(window)
        self.callout.skipped.connect(self.next)
        self.callout.ended.connect(self.stop)
        self.callout.helped.connect(self._on_helped)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._on_look)

    @property
    def number(self) -> int:
        """Of the step that is shown; -1 while the tour does not run."""
        return self._number

    def offer_first(self) -> None:
        """At a first start: begin, and never by itself again."""
        if not self._settings.settings.tour_seen:
            self.start()

    def start(self) -> None:
        """Begin at the beginning."""
        from latentlab.qt.tour.steps import steps

        self._settings.change(tour_seen=True)
        self._steps = steps(self._window)
        self._window.installEventFilter(self)
        self._look.start()
        self._go_to(0)
        self.callout.skip.setFocus()

    def next(self) -> None:
        """Go on, whether the step was done or not; after the last one, end."""
        if self._number + 1 < len(self._steps):
            self._go_to(self._number + 1)
        else:
            self.stop()

    def stop(self) -> None:
        """End it; the help menu starts it again."""
        if self._number < 0:
            return
        self._number = -1
        self._look.stop()
        self._window.removeEventFilter(self)
        had_focus = self.callout.isAncestorOf(self._window.focusWidget() or self._window)
        self.callout.hide()
        self.ring.hide()
        if had_focus:
            self._window.workspace.take_focus()
        self.moved.emit(-1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._point()
        return False

    def _go_to(self, number: int) -> None:
        self._number = number
        step = self._steps[number]
        self._is_done = step.begin()
        self._room_shown = ""
        self._say()
        self.moved.emit(number)

    def _say(self) -> None:
        """The step itself, or first of all the way to the room in which it is done."""
        step = self._steps[self._number]
        count = self.tr("Tour, {0} of {1}").format(self._number + 1, len(self._steps))
        last = self._number + 1 == len(self._steps)
        skip = self.tr("Done") if last else self.tr("Skip")
        title, text, help_ = step.title, step.text, step.help_text
        if not self._in_room():
            name = self._window.rail.label_of(step.room)
            text = self.tr("Click {0} on the rail first.").format(name)
            help_ = self.tr("Take me there")
        self._room_shown = self._room()
        self.callout.say(count, title, text, skip=skip, help_=help_)
        self.callout.end.setVisible(not last)
        self._point()
        self.ring.show()
        self.callout.show()
        self.ring.raise_()
        self.callout.raise_()

    def _on_look(self) -> None:
        if self._is_done():
            self.next()
        elif self._room() != self._room_shown:
            self._say()
        else:
            self._point()

    def _on_helped(self) -> None:
        step = self._steps[self._number]
        if self._in_room():
            step.help()
        else:
            self._window.show_workspace(step.room)
        self._on_look()

    def _in_room(self) -> bool:
        room = self._steps[self._number].room
        return not room or self._window.workspace is self._window.workspaces[room]

    def _room(self) -> str:
        shown = self._window.workspace
        return next(name for name, workspace in self._window.workspaces.items() if workspace is shown)

    def _point(self) -> None:
        step = self._steps[self._number]
        place = self._place(step.target() if self._in_room() else self._rail_place(step.room))
        self.ring.setVisible(place is not None)
        middle = QRect(self._window.rect().center(), self._window.rect().center())
        if place is not None:
            self.ring.surround(place)
        self.callout.place_beside(place if place is not None else middle)

    def _rail_place(self, name: str) -> QRect:
        place = self._window.rail.place_of(name)
        return QRect(self._window.rail.mapTo(self._window, place.topLeft()), place.size())

    def _place(self, target: QWidget | QRect | None) -> QRect | None:
        if isinstance(target, QRect):
            return target
        if target is None or not target.isVisible():
            return None
        return QRect(target.mapTo(self._window, target.rect().topLeft()), target.size())
