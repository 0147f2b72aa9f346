"""What the search finds: actions, models, seeds, tabs, snapshots, and what the shown workspace offers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from latentlab.latents.editable import MAX_SEED
from latentlab.latents.recipe import SeedSource
from latentlab.qt.actions import Actions
from latentlab.qt.model_menu import ModelMenu
from latentlab.qt.session.session import Session
from latentlab.qt.studio.opening import Wish
from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.command_palette import Command

_MOST_SEEDS = 8


class PaletteCommands(QObject):
    """Gathers commands for one window."""

    def __init__(self, studio: Studio, actions: Actions, models: ModelMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._actions = actions
        self._models = models

    def fixed(self) -> list[Command]:
        """Those that do not depend on what is typed."""
        return [*self._of_actions(), *self._of_models(), *self._of_kept()]

    def typed(self, text: str) -> list[Command]:
        """What a number means: a seed, and the seeds that were seen and begin like it."""
        session = self._studio.session
        digits = "".join(text.split())
        if session is None or not session.model.capabilities.z_dim or not digits.isdecimal():
            return []
        number = int(digits)
        seen = dict.fromkeys(
            step.recipe.source.seed
            for step in reversed(list(session.history))
            if isinstance(step.recipe.source, SeedSource)
        )
        alike = [seed for seed in seen if str(seed).startswith(digits) and seed != number][:_MOST_SEEDS]
        first = [number] if number <= MAX_SEED else []
        return [self._seed(session, seed, seed in seen) for seed in (*first, *alike)]

    def _seed(self, session: Session, seed: int, seen: bool) -> Command:
        name = self.tr("Seed {0}").format(format_number(seed, 0))
        return Command(
            name,
            lambda: session.editor.apply(name, replace(session.history.recipe, source=SeedSource(seed))),
            icon="dice",
            group=self.tr("Seen before") if seen else self.tr("Seed"),
        )

    def _of_actions(self) -> list[Command]:
        specs = [self._actions.spec(action.objectName()) for action in self._actions]
        return [
            Command(
                spec.text,
                self._actions[spec.id].trigger,
                shortcut=spec.keys[0] if spec.keys else "",
                group=spec.group,
                enabled=self._actions[spec.id].isEnabled(),
            )
            for spec in specs
            if spec.id != "palette"
        ]

    def _of_models(self) -> list[Command]:
        return [
            Command(
                choice.name,
                lambda path=choice.path: self._studio.opening.open_model(Wish(Path(path))),  # type: ignore[misc]
                icon="star-on" if choice in self._models.favourite else "model",
                group=self.tr("Model"),
            )
            for choice in self._models.all()
        ]

    def _of_kept(self) -> list[Command]:
        session = self._studio.session
        if session is None:
            return []
        return [
            Command(
                kept.label,
                lambda kept=kept: session.editor.apply(kept.label, kept.recipe),  # type: ignore[misc]
                icon="star-on",
                group=self.tr("Favourite"),
            )
            for kept in session.shelf.favourites
        ]
