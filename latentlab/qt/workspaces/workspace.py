"""What every workspace is to the main window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import PhotoSource
from latentlab.qt.session.session import Session
from latentlab.qt.widgets.command_palette import Command

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


class Workspace(QWidget):
    """One room of the window. It fills the space between rail, top bar and status line."""

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

    def hints(self) -> Sequence[str]:
        """What the hand may do here, for the status line; `backticks` make a key."""
        return ()

    def commands(self) -> Sequence[Command]:
        """What the search finds beside the actions."""
        return ()


@dataclass(frozen=True, slots=True)
class WorkspaceKind:
    """How a workspace is named on the rail, and made."""

    name: str
    icon: str
    title: str
    create: Callable[[Studio, Actions], Workspace]
