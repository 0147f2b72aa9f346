"""A workspace that is made when it is first shown: what it imports does not keep the window waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.latents.recipe import PhotoSource
from latentlab.qt.session.session import Session
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.workspaces.workspace import ExportOffer, Heading, Workspace

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio

Make = Callable[["Studio", "Actions"], Workspace]


class LaterWorkspace(Workspace):
    """Stands in the place of another workspace, and passes everything on once that is there."""

    def __init__(self, make: Make, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = partial(make, studio, actions)
        self._session: Session | None = None
        self._made: Workspace | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def made(self) -> Workspace:
        """The workspace itself."""
        if self._made is None:
            self._made = made = self._make()
            for signal in (
                "workspace_wanted",
                "pulled_out",
                "tab_wanted",
                "run_wanted",
                "branch_wanted",
                "workspace_changed",
            ):
                getattr(made, signal).connect(getattr(self, signal))
            self._layout.addWidget(made)
            if self._session is not None:
                made.set_session(self._session)
        return self._made

    def showEvent(self, event: QShowEvent) -> None:
        self.made()
        super().showEvent(event)

    def set_session(self, session: Session) -> None:
        self._session = session
        if self._made is not None:
            self._made.set_session(session)

    def show_other_words(self) -> None:
        if self._made is not None:
            self._made.show_other_words()

    def hold_compare(self, held: bool) -> None:
        self.made().hold_compare(held)

    def take_photo(self, photo: PhotoSource) -> bool:
        return self._made is not None and self._made.take_photo(photo)

    def take_dropped(self, path: Path) -> bool:
        return self.made().take_dropped(path)

    def show_drop_hint(self, text: str) -> None:
        self.made().show_drop_hint(text)

    def take_focus(self) -> None:
        self.made().take_focus()

    def set_panels_shown(self, shown: bool) -> None:
        self.made().set_panels_shown(shown)

    def present(self, alone: bool) -> None:
        self.made().present(alone)

    def do(self, action: str) -> bool:
        return self.made().do(action)

    def undoable(self) -> tuple[bool, bool] | None:
        return self.made().undoable()

    def heading(self) -> Heading | None:
        return self.made().heading()

    def open_heading_menu(self, place: QPoint) -> bool:
        return self.made().open_heading_menu(place)

    def bar_buttons(self) -> Sequence[QWidget]:
        return self.made().bar_buttons()

    def export_offers(self) -> Sequence[ExportOffer]:
        return self.made().export_offers()

    def hints(self) -> Sequence[str]:
        return self.made().hints()

    def start_preset(self, name: str) -> None:
        self.made().start_preset(name)

    def show_run_of(self, folder: Path) -> None:
        self.made().show_run_of(folder)

    def branch_run(self, folder: Path, step: int | None, change: Mapping[str, Any]) -> None:
        self.made().branch_run(folder, step, change)

    def commands(self) -> Sequence[Command]:
        return self._made.commands() if self._made is not None else ()

    def may_close(self) -> bool:
        return self._made is None or self._made.may_close()

    def stop(self) -> None:
        if self._made is not None:
            self._made.stop()
