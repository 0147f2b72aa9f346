"""The window: rail, top bar, the chosen workspace, status line. Wires widgets to the studio and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from latentlab.latents.recipe import PhotoSource
from latentlab.qt.actions import Actions
from latentlab.qt.carrying import Carrying
from latentlab.qt.dropping import Dropping
from latentlab.qt.export_view import ExportView
from latentlab.qt.failure import Failure
from latentlab.qt.held_keys import HeldKeys
from latentlab.qt.help_menu import HelpMenu
from latentlab.qt.live_view import LiveView
from latentlab.qt.marks import mark
from latentlab.qt.model_menu import ModelMenu
from latentlab.qt.opening_view import OpeningView
from latentlab.qt.palette_commands import PaletteCommands
from latentlab.qt.presentation import Presentation
from latentlab.qt.recipe_actions import RecipeActions
from latentlab.qt.session.session import Session
from latentlab.qt.settings import Settings, SettingsStore
from latentlab.qt.status import Status
from latentlab.qt.studio.opening import Wish
from latentlab.qt.studio.studio import Studio
from latentlab.qt.tabs import Tabs
from latentlab.qt.theme.appearance import Appearance, apply_theme
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.top_bar_view import TopBarView
from latentlab.qt.tour.tour import Tour
from latentlab.qt.widgets.banner import Banner
from latentlab.qt.widgets.command_palette import CommandPalette
from latentlab.qt.widgets.layer_bar import LayerBar
from latentlab.qt.widgets.number_field import NumberField
from latentlab.qt.widgets.picture_tabs import PictureTabs
from latentlab.qt.widgets.rail import Rail
from latentlab.qt.widgets.status_line import StatusLine
from latentlab.qt.widgets.top_bar import TopBar
from latentlab.qt.widgets.value_control import ValueControl
from latentlab.qt.window_dialogs import WindowDialogs
from latentlab.qt.workspaces.registry import workspace_kinds
from latentlab.qt.workspaces.workspace import Workspace


class MainWindow(QWidget):
    """One window on one studio."""

    painted = Signal()
    """The window has been drawn for the first time."""

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("LatentLab")
        self.resize(1440, 900)
        self.setMinimumSize(960, 600)
        self._settings = settings
        self._painted = False
        self._panels_shown = True
        self._retry: Callable[[], None] | None = None
        self.studio = Studio(settings, self)
        self.actions_ = Actions(self)
        self.addActions(list(self.actions_))
        self.recipe_actions = RecipeActions(self.studio, self.actions_, self)
        self.workspaces: dict[str, Workspace] = {}
        self._build()
        self.status = Status(self.status_line, self)
        self.models = ModelMenu(self.studio.jobs, self)
        self.bar = TopBarView(self.top_bar, self.studio, self.actions_, self.models, self)
        self.dialogs = WindowDialogs(self.studio, self.actions_, self.models, settings, self)
        self.tabs = Tabs(self.studio, self.actions_, self.tab_bar, self)
        self.carrying = Carrying(self.studio, self)
        self.presentation = Presentation(self, self._show_alone)
        self.palette_commands = PaletteCommands(self.studio, self.actions_, self.models, self)
        self.opening_view = OpeningView(self.studio, self._stack)
        self.export_view = ExportView(self.studio, self._stack, lambda: self.workspace.export_offers())
        self.help = HelpMenu(self.actions_, self)
        self.tour = Tour(self, settings)
        self.live_view = LiveView(self.studio, self.bar.live_badge)
        self.held = HeldKeys(self)
        self.dropping = Dropping(self)
        self._connect()
        settings.changed.connect(self._on_settings_changed)

    # Layout.

    def _build(self) -> None:
        self.rail = Rail()
        self.top_bar = TopBar()
        self.tab_bar = PictureTabs()
        self.banner = Banner()
        self._stack = QStackedWidget()
        for kind in workspace_kinds():
            workspace = kind.create(self.studio, self.actions_)
            self.workspaces[kind.name] = workspace
            self._stack.addWidget(workspace)
            self.rail.add_item(kind.name, kind.icon, kind.title)
        self.rail.set_current(next(iter(self.workspaces)))
        self.rail.add_foot("help", "help", self.tr("Help: tour, glossary, keys"))
        self.rail.add_foot("settings", "settings", self.tr("Settings"), "Ctrl+,")
        self.status_line = StatusLine()
        self.palette_ = CommandPalette(self)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.tab_bar)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(upper, 1)
        layout.addWidget(self.status_line)

    def _connect(self) -> None:
        studio, actions = self.studio, self.actions_
        studio.session_opened.connect(self._on_session_opened)
        studio.failed.connect(self.show_failure)
        studio.noticed.connect(self.status.notice)
        studio.warned.connect(self._on_warned)
        studio.saved.connect(self.status.saved)
        studio.photo_wanted.connect(self.opening_view.choose_photo)
        studio.stage.shown.connect(self._on_shown)
        studio.background.progressed.connect(self.status.set_work)
        studio.opening.photo_offered.connect(self._on_photo_offered)
        self.recipe_actions.first_refusal = lambda action: self.workspace.do(action)
        for workspace in self.workspaces.values():
            workspace.workspace_wanted.connect(self.show_workspace)
            workspace.run_wanted.connect(self._show_run_in)
            workspace.branch_wanted.connect(self._branch_run)
            workspace.workspace_changed.connect(self.bar.refresh)
            workspace.pulled_out.connect(self.carrying.pull_out)
            workspace.tab_wanted.connect(self.tabs.open)
        self.palette_.set_typed(self.palette_commands.typed)
        self.tabs.noticed.connect(self.status.notice)
        self.dialogs.noticed.connect(self.status.notice)
        self.carrying.noticed.connect(self.status.notice)
        self.carrying.failed.connect(lambda failure: self.show_failure(failure, None))
        self.recipe_actions.noticed.connect(self.status.notice)
        self.recipe_actions.failed.connect(lambda failure: self.show_failure(failure, None))
        self.bar.randomise_panel.strength_changed.connect(self._on_strength_changed)
        self.banner.retry_requested.connect(self._on_retry)
        self.top_bar.search_opened.connect(self._open_palette)
        self.models.chosen.connect(lambda path: studio.opening.open_model(Wish(path)))
        self.live_view.run_wanted.connect(lambda run: self._show_run_in("train", run))
        self.rail.chosen.connect(self.show_workspace)
        self.rail.triggered.connect(self._on_foot)
        self.held.compare_held.connect(self._on_compare_held)
        self.held.panels_toggled.connect(self._toggle_panels)
        self.held.mouse_released.connect(lambda: QTimer.singleShot(0, self._give_keys_back))
        self.dropping.dropped.connect(self._on_dropped)
        self.dropping.hovering.connect(self._on_file_hovering)
        for name, act in (
            ("open", self.opening_view.open_anything),
            ("export", self.export_view.open),
            ("save_session", self.opening_view.save_session),
            ("model_card", self.dialogs.show_card),
            ("readings", self.opening_view.compare_readings),
            ("settings", self.dialogs.show_settings),
            ("shortcuts", self.dialogs.show_shortcuts),
            ("tour", self.tour.start),
            ("palette", self._open_palette),
            ("full_screen", self.presentation.toggle),
            ("browse_models", self.dialogs.browse_models),
            ("favourite_model", self.dialogs.toggle_favourite_model),
            ("copy_picture", self._copy_picture),
            ("copy_python", self._copy_python),
            ("quit", self.close),
        ):
            actions[name].triggered.connect(act)

    # Life.

    def start(self, path: str | None) -> None:
        """Open `path`, or go on where the last session ended, as soon as the window has been drawn."""
        if self._painted:
            self.studio.start(path)
        else:
            self.painted.connect(lambda: self.studio.start(path))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._on_painted)

    def _on_painted(self) -> None:
        self.held.watch()
        self.bar.show_workspace(self.workspace)
        self.workspace.take_focus()
        mark("window")
        self.models.refresh()
        self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not all(workspace.may_close() for workspace in self.workspaces.values()):
            event.ignore()
            return
        self.tour.stop()
        for workspace in self.workspaces.values():
            workspace.stop()
        self.dialogs.stop()
        self.studio.stop()
        super().closeEvent(event)

    # What the studio says.

    @Slot(object)
    def _on_session_opened(self, session: Session) -> None:
        self.actions_.set_model_open(True)
        for workspace in self.workspaces.values():
            workspace.set_session(session)
        self.tabs.set_session(session)
        self.actions_["readings"].setEnabled(len(session.model.report.candidates) > 1)
        session.history.changed.connect(self._on_recipe_changed)
        session.shelf.changed.connect(self._on_recipe_changed)
        session.pinned.changed.connect(self._show_hints)
        session.directions.changed.connect(self._show_hints)
        self.banner.close_banner()
        self.bar.set_session(session)
        self.bar.refresh()
        self._show_hints()
        self.setWindowTitle(f"{session.model.card.name} – LatentLab")

    def _on_recipe_changed(self) -> None:
        self.bar.refresh()

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self.status.show_frame(shown)
        if not shown.frame.is_preview:
            mark("picture")
            self.bar.picture_changed()

    @Slot(object, object)
    def show_failure(self, failure: Failure, retry: Callable[[], None] | None = None) -> None:
        """Say what went wrong in the banner; what was there before stays."""
        self._retry = retry
        cause, remedy = failure.cause_and_remedy()
        self.banner.show_problem(cause, remedy, details=failure.details, can_retry=retry is not None)

    @Slot(str)
    def _on_warned(self, text: str) -> None:
        if not self.banner.isVisible():  # an error says more
            self._retry = None
            self.banner.show_problem(text, tone="warning")

    def _on_retry(self) -> None:
        retry, self._retry = self._retry, None
        self.banner.close_banner()
        if retry is not None:
            retry()

    @Slot(object)
    def _on_photo_offered(self, photo: PhotoSource) -> None:
        if not any(workspace.take_photo(photo) for workspace in self.workspaces.values()):
            self.status.notice(self.tr("This picture carries no recipe, and the open model takes no photos"))

    def _on_settings_changed(self, before: Settings, after: Settings) -> None:
        app = QApplication.instance()
        if before.theme != after.theme and isinstance(app, QApplication):
            apply_theme(app, Appearance(after.theme))
        if before.labels != after.labels:
            for workspace in self.workspaces.values():
                workspace.show_other_words()

    # What a person does.

    @property
    def workspace(self) -> Workspace:
        """The one that is shown."""
        current = self._stack.currentWidget()
        assert isinstance(current, Workspace)
        return current

    def show_workspace(self, name: str) -> None:
        self._stack.setCurrentWidget(self.workspaces[name])
        self.rail.set_current(name)
        self.bar.show_workspace(self.workspace)
        self._show_hints()

    def _on_foot(self, name: str) -> None:
        if name == "help":
            self.help.open_beside(self.rail.mapToGlobal(self.rail.rect().bottomRight()))
        else:
            self.actions_[name].trigger()

    def _show_run_in(self, name: str, run: Path) -> None:
        self.show_workspace(name)
        self.workspace.show_run_of(run)

    def _branch_run(self, run: Path, step: int | None, change: dict[str, Any]) -> None:
        self.show_workspace("train")
        self.workspace.branch_run(run, step, change)

    def _show_hints(self) -> None:
        self.status.set_hints(self.workspace.hints())

    def _open_palette(self) -> None:
        self.palette_.set_commands(
            [
                *self.live_view.commands(),
                *self.tabs.commands(),
                *self.palette_commands.fixed(),
                *self.workspace.commands(),
            ]
        )
        self.palette_.open_palette()

    def _copy_picture(self) -> None:
        if self.studio.session is not None:
            self.carrying.copy_picture(self.studio.session.history.recipe)

    def _copy_python(self) -> None:
        if self.studio.session is not None:
            self.carrying.copy_python(self.studio.session)

    def _on_dropped(self, path: Path) -> None:
        if not self.workspace.take_dropped(path):
            self.studio.opening.offer(path)

    def _on_file_hovering(self, name: str) -> None:
        self.workspace.show_drop_hint(self.tr("Open {0}").format(name) if name else "")

    def _on_strength_changed(self, strength: float) -> None:
        self.recipe_actions.strength = strength

    def _give_keys_back(self) -> None:
        """After a drag the keys belong to the picture again: arrows are seeds, figures are snapshots."""
        focused = QApplication.focusWidget()
        typing = isinstance(focused, NumberField) and focused.is_typing()
        if isinstance(focused, (ValueControl, LayerBar)) and not typing:
            self.workspace.take_focus()

    def _on_compare_held(self, held: bool) -> None:
        self.workspace.hold_compare(held)

    def _toggle_panels(self) -> None:
        if self.presentation.on:
            return
        self._panels_shown = not self._panels_shown
        self._show_frame(self._panels_shown)
        self.workspace.set_panels_shown(self._panels_shown)

    def _show_frame(self, shown: bool) -> None:
        """What stands around the workspace."""
        for widget in (self.rail, self.top_bar, self.status_line):
            widget.setVisible(shown)
        self.tabs.hidden = not shown
        self.tabs.show()

    def _show_alone(self, alone: bool) -> None:
        """The picture and nothing else, or what was there before."""
        shown = self._panels_shown and not alone
        self._show_frame(shown)
        if alone:
            self.banner.close_banner()
        self.workspace.set_panels_shown(shown)
        self.workspace.present(alone)
        if alone:
            self.workspace.take_focus()
            self.status.notice(self.tr("F11 or Esc leaves the full screen"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes away what lies on top, and never quits."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.banner.isVisible():
            self.banner.close_banner()
        else:
            self.presentation.leave()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.held.release()
        super().changeEvent(event)
