"""Checkpoint theatre: the recipe through the checkpoints of a run, or through any models, on Explore's canvas.

The strip below the picture is a slider of training time. The canvas shows the chosen act; wipe, difference and
flicker set it against the open model or another act. Everything is drawn in a thread of its own.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.pictures import thumbnail
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.threads.theatre_thread import Act, Scene, TheatreThread
from latentlab.qt.widgets.theatre_strip import StripItem
from latentlab.qt.workspaces.explore.acts import acts_of, name_of, place_of, run_of
from latentlab.qt.workspaces.explore.theatre_menus import OWN, TheatreMenus
from latentlab.qt.workspaces.explore.theatre_panel import TheatrePanel

if TYPE_CHECKING:
    from latentlab.qt.studio.studio import Studio
    from latentlab.qt.workspaces.explore.picture_pane import PicturePane


class Theatre(QObject):
    """Closed until `open`; then it has the canvas."""

    changed = Signal()
    """What is said about the picture is another thing now."""

    def __init__(self, studio: Studio, pane: PicturePane, panel: TheatrePanel) -> None:
        super().__init__(panel)
        self._studio = studio
        self._pane = pane
        self.panel = panel
        self._session: Session | None = None
        self._thread = TheatreThread(self)
        self._acts: tuple[Act, ...] = ()
        self._index = 0
        self._reference = OWN
        self._pictures: dict[Act, tuple[Recipe, QImage]] = {}
        """The newest full picture of the acts that are looked at."""
        self._small: dict[Act, QImage] = {}
        self._problems: dict[Act, str] = {}
        self._own = QImage()
        self._run: Path | None = None
        """Whose checkpoints are played, new ones as they come."""
        self._wanted_run: Path | None = None
        panel.hide()
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._on_turn)
        self._beat = QTimer(self)
        self._beat.timeout.connect(self._on_beat)
        self._thread.drawn.connect(self._on_drawn)
        self._thread.failed.connect(self._on_failed)
        panel.strip.chosen.connect(self.choose)
        panel.strip.reference_chosen.connect(self.compare_with)
        panel.play.toggled.connect(self._on_play)
        panel.flicker.toggled.connect(self._on_flicker)
        panel.speed.changing.connect(self._on_speed)
        panel.speed.changed.connect(self._on_speed)
        panel.close_button.clicked.connect(self.close)
        self._menus = TheatreMenus(self, studio)
        self._on_speed(panel.speed.value())

    # What it plays.

    @property
    def is_open(self) -> bool:
        """Whether the canvas belongs to the theatre."""
        return not self.panel.isHidden()

    @property
    def acts(self) -> tuple[Act, ...]:
        """In the order of the strip."""
        return self._acts

    @property
    def index(self) -> int:
        """The act that is seen."""
        return self._index

    @property
    def reference(self) -> int:
        """The act that is compared with; -1 is the open model."""
        return self._reference

    @property
    def is_complete(self) -> bool:
        """Whether every act has its picture, or says why not."""
        return all(act in self._small or act in self._problems for act in self._acts)

    def toggle(self) -> None:
        """Open it on the run of the open model, or on the open model alone; or close it."""
        if self.is_open:
            self.close()
        elif self._session is not None:
            run = self._studio.live.run or run_of(Path(self._session.model.path))
            if run is not None:
                self.open_run(run)
            else:
                self.open((Act(Path(self._session.model.path), self._session.model.card.name),))

    def await_run(self, run: Path) -> None:
        """Play the checkpoints of a run as soon as a model of it is open."""
        self._wanted_run = run
        self._open_if_awaited()

    def open_run(self, run: Path) -> None:
        """Play the checkpoints of a run with the recipe of the open model."""
        self._wanted_run = None
        if self._session is not None:
            self._studio.jobs.submit(partial(acts_of, run), partial(self._open_found, run))

    def open(self, acts: tuple[Act, ...], index: int | None = None) -> None:
        """Play these, and see the last one first, or the one with that number."""
        self._acts = acts
        self._run = None
        self._pictures.clear()
        self._small.clear()
        self._problems.clear()
        self._index = max(0, len(acts) - 1) if index is None else index
        self._reference = OWN
        self.panel.show()
        shown = self._pane.shown
        self._own = shown.image if shown is not None else QImage()
        self._pane.comparing.lend(self.reference_label())
        self._show()
        self._play()
        self.panel.strip.setFocus()

    def add(self, path: Path) -> None:
        """Another act, from a model file."""
        known = [act.path for act in self._acts]
        if path not in known:
            self._acts = (*self._acts, Act(path, name_of(path)))
        self.choose([act.path for act in self._acts].index(path))

    def remove(self, number: int) -> None:
        """Take an act off; the last one stays."""
        if len(self._acts) > 1:
            self._acts = (*self._acts[:number], *self._acts[number + 1 :])
            reference = self._reference
            self._reference = OWN if reference == number else reference - (reference > number)
            self._index = min(self._index - (self._index > number), len(self._acts) - 1)
            self._after_choice()

    def choose(self, number: int) -> None:
        """See this act."""
        self._index = number
        self._after_choice()

    def compare_with(self, number: int) -> None:
        """Set acts against this one, or -1 against the open model."""
        self._reference = number
        self._pane.comparing.lend(self.reference_label())
        self._after_choice()

    def close(self) -> None:
        """Give the canvas back to the open model."""
        if not self.is_open:
            return
        for button in (self.panel.play, self.panel.flicker):
            button.setChecked(False)
        self.panel.hide()
        self._thread.rest()
        self._pictures.clear()
        self._small.clear()
        self._pane.comparing.lend("")
        if not self._own.isNull():
            self._pane.canvas.set_image(self._own)
        self._studio.stage.ask_again()
        self.changed.emit()
        self._pane.canvas.setFocus()

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()

    # What it follows.

    def set_session(self, session: Session) -> None:
        """Another model was opened."""
        self.close()
        if self._session is not None:
            self._session.history.changed.disconnect(self._on_recipe_changed)
            self._session.editor.settled.disconnect(self._on_recipe_changed)
            self._session.directions.changed.disconnect(self._on_recipe_changed)
            self._session.weights_changed.disconnect(self._on_weights_changed)
        self._session = session
        session.history.changed.connect(self._on_recipe_changed)
        session.editor.settled.connect(self._on_recipe_changed)
        session.directions.changed.connect(self._on_recipe_changed)
        session.weights_changed.connect(self._on_weights_changed)
        self._open_if_awaited()

    def take_own(self, shown: Shown) -> None:
        """The open model drew its picture of the recipe."""
        self._own = shown.image
        self._show_pictures()

    def lines(self) -> list[str]:
        """What the corner says about the picture."""
        if not self.is_open or not self._acts:
            return []
        act = self._acts[self._index]
        return [self.label(act), self._problems.get(act, "")] if act in self._problems else [self.label(act)]

    def _on_recipe_changed(self) -> None:
        if self.is_open:
            self._play()

    def _on_weights_changed(self) -> None:
        """The run went on: there may be another checkpoint, and older ones may have moved."""
        if self.is_open and self._run is not None:
            self._studio.jobs.submit(partial(acts_of, self._run), partial(self._take_acts, self._run))

    def _take_acts(self, run: Path, found: tuple[Act, ...]) -> None:
        if run != self._run or not self.is_open:
            return
        others = tuple(act for act in self._acts if act.step < 0)
        acts = (*found, *others)
        if acts == self._acts:
            return
        seen, reference = self._acts[self._index], self._reference
        kept = {act.step: act for act in found}
        self._small |= {kept[act.step]: small for act, small in self._small.items() if act.step in kept}
        self._problems.clear()  # a file that had moved is where it is now
        self._index = place_of(seen, acts, self._index == len(self._acts) - 1)
        if reference != OWN:
            self._reference = place_of(self._acts[reference], acts, False)
        self._acts = acts
        self._after_choice()

    def _open_if_awaited(self) -> None:
        run, session = self._wanted_run, self._session
        if run is not None and session is not None and run_of(Path(session.model.path)) == run.absolute():
            self.open_run(run)

    def _open_found(self, run: Path, acts: tuple[Act, ...]) -> None:
        if acts:
            self.open(acts)
            self._run = run
        else:
            self._studio.noticed.emit(self.tr("This run has no checkpoints yet."))

    def _after_choice(self) -> None:
        self._show()
        self._play()

    def _play(self) -> None:
        session = self._session
        if session is None or not self._acts or not session.can_draw(session.history.recipe):
            return
        first = (self._index,) if self._reference == OWN else (self._index, self._reference)
        self._thread.play(
            Scene(
                self._acts,
                session.history.recipe,
                first,
                session.directions.all,
                self._studio.settings.settings.device,
                chosen_alone=session.editor.moving,
            )
        )

    @Slot(object, object, object)
    def _on_drawn(self, act: Act, recipe: Recipe, picture: QImage) -> None:
        session = self._session
        if not self.is_open or session is None or act not in self._acts:
            return
        self._problems.pop(act, None)
        self._small[act] = thumbnail(picture)
        wanted = {self._acts[self._index]}
        if self._reference != OWN:
            wanted.add(self._acts[self._reference])
        for gone in set(self._pictures) - wanted:
            del self._pictures[gone]
        if act in wanted:
            self._pictures[act] = (recipe, picture)
        self._show()

    @Slot(object, str)
    def _on_failed(self, act: Act, problem: str) -> None:
        if self.is_open and act in self._acts:
            self._problems[act] = problem
            self._small.pop(act, None)
            self._pictures.pop(act, None)
            self._show()

    # What is seen.

    def _show(self) -> None:
        items = [
            StripItem(self.label(act), self._small.get(act), self._problems.get(act, ""))
            for act in self._acts
        ]
        self.panel.strip.show_items(items, self._index, self._reference)
        of_run = bool(self._acts) and all(act.step >= 0 for act in self._acts)
        self.panel.title.setText(self.tr("Training time") if of_run else self.tr("Models"))
        undrawn = sum(act not in self._small and act not in self._problems for act in self._acts)
        waits = self.tr("{0} still to draw").format(undrawn) if undrawn else ""
        self.panel.note.setText(waits or self.tr("the same latents through {0}").format(len(self._acts)))
        self.panel.compared.setText(self.tr("Against: {0}").format(self.reference_label()))
        self.panel.play.setEnabled(len(self._acts) > 1)
        self._show_pictures()

    def _show_pictures(self) -> None:
        canvas = self._pane.canvas
        seen = self._picture(self._index)
        if seen is not None:
            canvas.set_image(seen)
        other = self._own if self._reference == OWN else self._picture(self._reference)
        canvas.set_compare_image(other if other is not None else QImage())
        self.changed.emit()

    def _picture(self, number: int) -> QImage | None:
        """In full where it is there, else the small one: geometry stays, only sharpness changes."""
        if not 0 <= number < len(self._acts):
            return None
        act = self._acts[number]
        found = self._pictures.get(act)
        return found[1] if found is not None else self._small.get(act)

    def label(self, act: Act) -> str:
        """What an act is called."""
        return act.name if act.step < 0 else self.tr("Step {0}").format(format_number(act.step, 0))

    def reference_label(self) -> str:
        """What acts are compared with."""
        return self.tr("Open model") if self._reference == OWN else self.label(self._acts[self._reference])

    # Play and flicker.

    def _on_speed(self, speed: float) -> None:
        self._turn.setInterval(round(1000 / speed))
        self._beat.setInterval(round(1000 / speed))

    def _on_play(self, playing: bool) -> None:
        if not playing:
            self._turn.stop()
            return
        if self._index >= len(self._acts) - 1:
            self.choose(0)
        self._turn.start()

    def _on_turn(self) -> None:
        if self._index + 1 < len(self._acts):
            self.choose(self._index + 1)
        else:
            self.panel.play.setChecked(False)

    def _on_flicker(self, on: bool) -> None:
        if on:
            self._beat.start()
            return
        self._beat.stop()
        self._pane.canvas.set_comparing(False)

    def _on_beat(self) -> None:
        canvas = self._pane.canvas
        if not self._pane.comparing.held:
            canvas.set_compare_label(self.reference_label())
            canvas.set_comparing(not canvas.is_comparing())
