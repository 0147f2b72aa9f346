"""What every workspace is to the main window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.widgets.command_palette import Command

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """Pictures of a workspace that can be exported together."""

    title: str
    recipes: tuple[tuple[Recipe, str], ...]
    """With their captions."""
    columns: int = 0
    """Of a contact sheet; 0 leaves it open."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a workspace is about, for the top bar."""

    name: str
    facts: tuple[str, ...]
    tip: str


class Workspace(QWidget):
    """One room of the window. It fills the space between rail, top bar and status line."""

    workspace_wanted = Signal(str)
    """Name of another workspace that shall be shown."""
    pulled_out = Signal(object)
    """Recipe whose picture a hand pulls out of the window."""
    tab_wanted = Signal(object, str)
    """Recipe that shall be shown in a tab of its own, and what it is called."""
    run_wanted = Signal(str, object)
    """Name of another workspace, and the folder of a run that it shall show."""
    branch_wanted = Signal(object, object, object)
    """Folder of a run, step to branch from (None: the newest), and settings by path to branch with."""
    workspace_changed = Signal()
    """What `undoable` and `heading` tell may be another thing now."""

    def set_session(self, session: Session) -> None:
        """A model was opened: show its session from now on."""

    def show_other_words(self) -> None:
        """The setting of artist's or researcher's words was changed."""

    def hold_compare(self, held: bool) -> None:
        """Show the picture before any edit for as long as a key is held."""

    def take_photo(self, photo: PhotoSource) -> bool:
        """Use a picture file, if this workspace and the open model can; returns whether they can."""
        return False

    def show_drop_hint(self, text: str) -> None:
        """What would happen to a file that hovers over the window; "" when none does."""

    def take_focus(self) -> None:
        """The keyboard belongs to the main thing of this workspace."""
        self.setFocus()

    def set_panels_shown(self, shown: bool) -> None:
        """Show or hide everything but the main thing."""

    def present(self, alone: bool) -> None:
        """The main thing fills the screen, without tools or words over it, or no longer."""

    def do(self, action: str) -> bool:
        """Do an action of the window (undo, randomise, favourite, ...) in this workspace's own way.

        Returns:
            True when that is all; False where the picture of Explore is meant.
        """
        return False

    def undoable(self) -> tuple[bool, bool] | None:
        """Whether this workspace can undo and redo; None where the history of Explore is meant."""
        return None

    def heading(self) -> Heading | None:
        """What stands at the left of the top bar; None where the open model is meant."""
        return None

    def open_heading_menu(self, place: QPoint) -> bool:
        """The heading was clicked: offer others. False where models are meant.

        Args:
            place: on the screen, below the heading.
        """
        return False

    def bar_buttons(self) -> Sequence[QWidget]:
        """What the top bar offers at its right; nothing where the picture's own buttons are meant."""
        return ()

    def take_dropped(self, path: Path) -> bool:
        """A file or folder was dropped here.

        Returns:
            True when this workspace sees to it; False where a model or a picture is meant.
        """
        return False

    def export_offers(self) -> Sequence[ExportOffer]:
        """What can be exported beside the picture, favourites and history."""
        return ()

    def hints(self) -> Sequence[str]:
        """What the hand may do here, for the status line; `backticks` make a key."""
        return ()

    def start_preset(self, name: str) -> None:
        """Train a preset as it is, where this workspace trains."""

    def show_run_of(self, folder: Path) -> None:
        """Show the training run in a folder, where this workspace shows runs."""

    def branch_run(self, folder: Path, step: int | None, change: Mapping[str, Any]) -> None:
        """Offer a branch of a run, where this workspace starts runs.

        Args:
            folder: of the run.
            step: of the checkpoint to branch from; None takes the newest.
            change: settings by path.
        """

    def commands(self) -> Sequence[Command]:
        """What the search finds beside the actions."""
        return ()

    def may_close(self) -> bool:
        """Asked before the window closes; False keeps it open."""
        return True

    def stop(self) -> None:
        """End the threads of this workspace: the window closes."""


@dataclass(frozen=True, slots=True)
class WorkspaceKind:
    """How a workspace is named on the rail, and made."""

    name: str
    icon: str
    title: str
    create: Callable[[Studio, Actions], Workspace]
