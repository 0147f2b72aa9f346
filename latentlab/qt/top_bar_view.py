"""What the top bar says and offers: of the open model and its picture, or of what a workspace shows instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from latentlab.qt.actions import Actions
from latentlab.qt.model_menu import ModelMenu
from latentlab.qt.randomise_panel import RandomisePanel
from latentlab.qt.session.session import Session
from latentlab.qt.studio.studio import Studio
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.live_badge import LiveBadge
from latentlab.qt.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from latentlab.qt.workspaces.workspace import Workspace

_CHIP_MS = 400
"""Between two pictures of the model in the bar."""


class TopBarView(QObject):
    """Buttons of the bar belong to actions; a workspace may put its own in the place of the picture's."""

    def __init__(
        self, bar: TopBar, studio: Studio, actions: Actions, models: ModelMenu, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._bar, self._studio, self._actions, self._models = bar, studio, actions, models
        self._workspace: Workspace | None = None
        self._own: list[QWidget] = []
        """Buttons of workspaces that were shown."""
        self.undo = IconButton("undo", self.tr("Undo"), shortcut="Ctrl+Z", width=32, icon_size=18)
        self.redo = IconButton("redo", self.tr("Redo"), shortcut="Ctrl+Shift+Z", width=32, icon_size=18)
        self.star = IconButton(
            "star", self.tr("Favourite"), checked_icon="star-on", shortcut="F", width=32, icon_size=18
        )
        self.star.setCheckable(True)
        self.randomise = Button(self.tr("Randomise"), icon_name="dice", role="outline")
        self.randomise.setToolTip(self.tr("Randomise, except what is locked (R)"))
        self.strength = IconButton("chevron-down", self.tr("How far Randomise goes"), width=20, icon_size=14)
        self.export = Button(self.tr("Export"), icon_name="export")
        self.export.setToolTip(self.tr("Export the picture with its recipe (Ctrl+E)"))
        self.randomise_panel = RandomisePanel(parent)
        self.live_badge = LiveBadge(parent)
        for button, name in (
            (self.undo, "undo"),
            (self.redo, "redo"),
            (self.star, "favourite"),
            (self.randomise, "randomise"),
            (self.export, "export"),
        ):
            button.clicked.connect(actions[name].trigger)
            button.setEnabled(False)
        self.strength.clicked.connect(lambda: self.randomise_panel.open_below(self.strength))
        for at_left in (self.live_badge, self.undo, self.redo):
            bar.add_left(at_left)
        self._pictures = (self.star, self.randomise, self.strength, self.export)
        for at_right in self._pictures:
            bar.add_right(at_right)
        self._later = QTimer(self, singleShot=True, interval=_CHIP_MS)
        self._later.timeout.connect(self.show_heading)
        bar.model_clicked.connect(self._open_menu)

    def set_session(self, session: Session) -> None:
        """A model was opened."""
        for button in (self.star, self.randomise, self.export):
            button.setEnabled(True)
        self.show_heading()

    def show_workspace(self, workspace: Workspace) -> None:
        """Offer what belongs to a workspace."""
        self._workspace = workspace
        own = list(workspace.bar_buttons())
        for widget in own:
            if widget not in self._own:
                self._own.append(widget)
                self._bar.add_right(widget)
        for widget in self._own:
            widget.setVisible(widget in own)
        for widget in self._pictures:
            widget.setVisible(not own)
        self.refresh()

    def refresh(self) -> None:
        """Show the state as it is now."""
        session = self._studio.session
        own = self._workspace.undoable() if self._workspace is not None else None
        if own is None and session is not None:
            own = session.history.can_undo, session.history.can_redo
        can_undo, can_redo = own or (False, False)
        for button, name, enabled in ((self.undo, "undo", can_undo), (self.redo, "redo", can_redo)):
            button.setEnabled(enabled)
            self._actions[name].setEnabled(enabled)
        if session is not None:
            self.star.setChecked(session.shelf.is_favourite(session.history.recipe))
        self.show_heading()

    def picture_changed(self) -> None:
        """Another picture is shown: the heading follows in a moment."""
        if not self._later.isActive():
            self._later.start()

    def show_heading(self) -> None:
        """What the workspace is about, or the open model."""
        heading = self._workspace.heading() if self._workspace is not None else None
        session, shown = self._studio.session, self._studio.last_shown
        if heading is not None:
            self._bar.set_model(heading.name, heading.facts, None, tip=heading.tip)
        elif session is not None:
            can = session.model.capabilities
            thumbnail = shown.thumbnail if shown is not None else None
            picture = QPixmap.fromImage(thumbnail) if thumbnail is not None else None
            facts = [can.family, self.tr("{0} px").format(can.resolution)]
            self._bar.set_model(session.model.card.name, facts, picture)
        else:
            self._bar.set_model(self.tr("No model"))

    def _open_menu(self) -> None:
        corner = self._bar.model.mapToGlobal(QPoint(0, self._bar.model.height() + 4))
        if self._workspace is not None and self._workspace.open_heading_menu(corner):
            return
        names = (
            "browse_models",
            "open",
            "favourite_model",
            "model_card",
            *(("readings",) if self._actions["readings"].isEnabled() else ()),
        )
        self._models.popup(corner, [self._actions[name] for name in names])
