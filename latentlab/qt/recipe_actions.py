"""What keys and buttons do to the recipe of the open session, in whatever workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.editable import MAX_SEED
from latentlab.latents.first_recipe import first_recipe
from latentlab.latents.randomise import nearby, randomise
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.actions import Actions
from latentlab.qt.failure import Failure, explain
from latentlab.qt.session.session import SNAPSHOT_SLOTS, Session, new_seed, original_of
from latentlab.qt.studio.studio import Studio


class RecipeActions(QObject):
    """Connects the actions; each is one step of the history."""

    noticed = Signal(str)
    failed = Signal(object)
    """Failure: what was pasted is no recipe."""

    def __init__(self, studio: Studio, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.strength = 1.0
        """Of randomise: 0 changes nothing, 1 replaces."""
        self.first_refusal: Callable[[str], bool] = lambda action: False
        """Asked with an action's id before the picture in Explore is changed; True means that it is done."""
        for name, act in (
            ("undo", self._undo),
            ("redo", self._redo),
            ("previous_seed", lambda: self._step_seed(-1)),
            ("next_seed", lambda: self._step_seed(1)),
            ("randomise", self.randomise),
            ("nearby", self._nearby),
            ("favourite", self._toggle_favourite),
            ("reset_all", self._reset),
            ("copy_recipe", self._copy),
            ("paste_recipe", self._paste),
            ("start_afresh", self._start_afresh),
        ):
            actions[name].triggered.connect(lambda _=False, name=name, act=act: self._do(name, act))
        for slot in SNAPSHOT_SLOTS:
            actions[f"recall_{slot}"].triggered.connect(lambda _=False, slot=slot: self._recall(slot))
            actions[f"store_{slot}"].triggered.connect(lambda _=False, slot=slot: self._store(slot))

    def _do(self, name: str, act: Callable[[], None]) -> None:
        if not self.first_refusal(name):
            act()

    @property
    def _session(self) -> Session | None:
        return self._studio.session

    def randomise(self) -> None:
        """Another picture, leaving alone what is locked."""
        if self._session is None:
            return
        after = randomise(
            self._session.history.recipe,
            self._session.editables(),
            seed=new_seed(),
            strength=self.strength,
            locked=self._session.locks.paths,
        )
        self._session.editor.apply(self.tr("Randomise"), after)

    def _undo(self) -> None:
        if self._session is not None:
            self._session.history.undo()

    def _redo(self) -> None:
        if self._session is not None:
            self._session.history.redo()

    def _step_seed(self, by: int) -> None:
        if self._session is None or not self._session.model.capabilities.z_dim:
            return
        source = self._session.history.recipe.source
        seed = (source.seed + by) % (MAX_SEED + 1) if isinstance(source, SeedSource) else new_seed()
        self._apply(self.tr("Seed {0}").format(seed), lambda recipe: replace(recipe, source=SeedSource(seed)))

    def _nearby(self) -> None:
        if self._session is not None and self._session.model.capabilities.z_dim:
            self._apply(self.tr("Nearby"), lambda recipe: nearby(recipe, seed=new_seed()))

    def _start_afresh(self) -> None:
        if self._session is not None:
            model = self._session.model
            first = first_recipe(model.capabilities, model.card.seed)
            self._apply(self.tr("Afresh"), lambda _: first)

    def _reset(self) -> None:
        self._apply(self.tr("Reset"), original_of)

    def _apply(self, label: str, change: Callable[[Recipe], Recipe]) -> None:
        if self._session is not None:
            self._session.editor.apply(label, change(self._session.history.recipe))

    def _toggle_favourite(self) -> None:
        if self._session is not None:
            step = self._session.history.current
            self._session.shelf.toggle_favourite(step.recipe, step.label)

    def _store(self, slot: int) -> None:
        if self._session is not None:
            step = self._session.history.current
            self._session.shelf.store_snapshot(slot, step.recipe, step.label)
            self.noticed.emit(self.tr("Snapshot {0} stored").format(slot))

    def _recall(self, slot: int) -> None:
        if self._session is None:
            return
        kept = self._session.shelf.snapshots.get(slot)
        if kept is None:
            self.noticed.emit(self.tr("Snapshot {0} is empty: Ctrl+{0} stores one").format(slot))
            return
        self._session.editor.apply(self.tr("Snapshot {0}").format(slot), kept.recipe)

    def _copy(self) -> None:
        if self._session is not None:
            QApplication.clipboard().setText(recipe_json.to_text(self._session.history.recipe))
            self.noticed.emit(self.tr("Recipe copied"))

    def _paste(self) -> None:
        if self._session is None:
            return
        text = QApplication.clipboard().text()
        try:
            recipe = recipe_json.from_text(text)
        except RecipeError as error:
            said = explain(error)
            # Where something else was copied, what is wrong with it helps nobody.
            if not text.lstrip().startswith("{"):
                words = self.tr("The clipboard holds no recipe: copy one with Ctrl+C, then paste it.")
                said = Failure(words, said.details)
            self.failed.emit(said)
            return
        self._session.editor.apply(self.tr("Pasted recipe"), recipe)
