"""Explore: lays out picture, shelf and inspector, and lets the sections ask for their pictures."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.tokens import Size
from latentlab.qt.threads.idle_work import DrawnWork, LayersWork, ThumbnailsWork
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.workspaces.explore.direction_desk import DirectionDesk
from latentlab.qt.workspaces.explore.features import Features
from latentlab.qt.workspaces.explore.pages.explore_pages import ExplorePages
from latentlab.qt.workspaces.explore.picture_pane import PicturePane
from latentlab.qt.workspaces.explore.sections.inspector_sections import ExploreSections
from latentlab.qt.workspaces.explore.shelf import Shelf
from latentlab.qt.workspaces.explore.theatre import Theatre
from latentlab.qt.workspaces.explore.theatre_panel import TheatrePanel
from latentlab.qt.workspaces.explore.walk import Walk
from latentlab.qt.workspaces.workspace import Workspace

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio
    from latentlab.qt.threads.desk import IdleWork

_VARIATIONS = "variations"
_CORNERS = "walk"
_LOW = 800
_NARROW = 1360


class ExploreWorkspace(Workspace):
    """One picture, and everything that moves it."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session: Session | None = None
        self._sections: ExploreSections | None = None
        self._desk: DirectionDesk | None = None
        self._awaited: set[Hashable] = set()
        """Keys of what was asked for and has not come yet."""
        self.pane = PicturePane(studio.stage)
        studio.opening.started.connect(lambda: self.pane.set_opening(True))
        studio.opening.ended.connect(lambda: self.pane.set_opening(False))
        self.pages = ExplorePages(studio, actions, self.pane)
        self.features = Features(studio, actions, self.pane.tools)
        self.theatre = Theatre(studio, self.pane, TheatrePanel())
        self.pane.set_guest(self.theatre, self.theatre.changed)
        self.shelf = Shelf()
        self.inspector = Inspector()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.setHandleWidth(1)
        middle.setChildrenCollapsible(False)
        middle.addWidget(self.pages)
        middle.addWidget(self.features.panel)
        middle.setStretchFactor(0, 3)
        middle.setStretchFactor(1, 2)
        column.addWidget(middle, 1)
        column.addWidget(self.theatre.panel)
        column.addWidget(self.shelf)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.inspector)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._width_set = False
        actions["theatre"].triggered.connect(self.theatre.toggle)
        studio.theatre_wanted.connect(self.theatre.await_run)
        actions["fit"].triggered.connect(self.pane.canvas.fit)
        actions["one_to_one"].triggered.connect(self.pane.canvas.one_to_one)
        actions["wipe"].triggered.connect(self.pane.tools.wipe.toggle)
        actions["difference"].triggered.connect(self.pane.tools.difference.toggle)
        self.pane.tools.copied.connect(actions["copy_picture"].trigger)
        self.pane.pulled_out.connect(self.pulled_out)
        self.shelf.dragged.connect(self.pulled_out)
        self.shelf.menus.tab_wanted.connect(self.tab_wanted)
        self.shelf.menus.compare_wanted.connect(self.pane.comparing.choose)
        self.pages.deeds.tab_wanted.connect(self.tab_wanted)
        self.pages.deeds.compare_wanted.connect(self._compare_with)
        self.shelf.menus.more = self.pages.deeds.add_marks
        self._walk: Walk | None = None
        self.pane.variations.chosen.connect(self._on_variation_chosen)
        self.pane.variations.wanted.connect(lambda recipes: self._ask(ThumbnailsWork(recipes, _VARIATIONS)))
        self.shelf.pictures_wanted.connect(self._ask_for_thumbnails)
        studio.stage.rendered_fully.connect(self._on_rendered_fully)
        studio.renders.idle_result.connect(self._on_idle_result)
        studio.renders.idle_finished.connect(self._on_idle_finished)
        studio.renders.idle_failed.connect(self._on_idle_finished)
        studio.background.probes_ready.connect(self._ask_for_layers)

    def set_session(self, session: Session) -> None:
        assert self._studio.thumbnails is not None
        if self._session is not None:
            self._session.weights_changed.disconnect(self._on_weights_changed)
        self._session = session
        session.weights_changed.connect(self._on_weights_changed)
        self._awaited.clear()
        if self._desk is not None:
            self._desk.detach()
        self._desk = DirectionDesk(self._studio, session, self)
        self._desk.asked.connect(self._awaited.add)
        self.pane.set_session(session)
        self.theatre.set_session(session)
        self.pages.set_session(session)
        self.features.set_session(session)
        self.shelf.set_session(session, self._studio.thumbnails)
        self.show_other_words()

    def show_other_words(self) -> None:
        if self._session is None:
            return
        if self._sections is not None:
            self._sections.detach()
        words = Vocabulary(self._studio.settings.settings.labels)
        assert self._desk is not None
        self._sections = ExploreSections(self._session, words, self._desk.pixmap_of)
        self.inspector.set_sections(self._sections.all)
        self._desk.serve(self._sections.directions)
        self._sections.photo.choose_requested.connect(self._studio.photo_wanted)
        if self._sections.latent.components is not None:
            self._sections.latent.components.unfolded.connect(self._ask_for_drawn)
        if self._walk is not None:
            self._walk.detach()
        self._sections.layers.features_wanted.connect(self.features.open)
        self._walk = Walk(self._session, self._sections.directions, self.pane)
        self._walk.pictures_wanted.connect(lambda recipes: self._ask(ThumbnailsWork(recipes, _CORNERS)))

    @property
    def sections(self) -> ExploreSections:
        """The inspector of the open session."""
        assert self._sections is not None
        return self._sections

    def set_panels_shown(self, shown: bool) -> None:
        self.inspector.setVisible(shown)
        self.shelf.setVisible(shown)
        self.features.set_shown(shown)

    def present(self, alone: bool) -> None:
        if alone:
            self.theatre.close()
            self.pages.show_picture()
        self.pages.doors.setVisible(not alone)
        self.pane.set_bare(alone)

    def hold_compare(self, held: bool) -> None:
        self.pane.comparing.hold(held)

    def take_photo(self, photo: PhotoSource) -> bool:
        """Start from a photo, if the model can; returns whether it can."""
        if self._sections is None or not self._sections.photo.usable:
            return False
        self._sections.photo.use(photo)
        return True

    def take_focus(self) -> None:
        self.pane.canvas.setFocus()

    def show_drop_hint(self, text: str) -> None:
        self.pane.canvas.set_drop_hint(text)

    def hints(self) -> Sequence[str]:
        compare = self.tr("hold `\\` for the original")
        if self._walk is not None and self._walk.is_possible():
            return [self.tr("Left-drag walks the plane, {0}").format(compare)]
        return [self.tr("Hold `\\` for the original")]

    def commands(self) -> Sequence[Command]:
        if self._session is None or self._sections is None:
            return ()
        known = self._session.directions.all or ()
        use, show = self._sections.directions.use, self._sections.classes.show_class
        group = self.tr("Direction")
        names = self._session.model.capabilities.class_names
        return [
            *self._walk_commands(),
            *(
                Command(item.name, lambda item=item: use(item.id), icon="plus", group=group)  # type: ignore[misc]
                for item in known
            ),
            *(
                Command(name, lambda index=index: show(index), group=self.tr("Class"))  # type: ignore[misc]
                for index, name in enumerate(names)
            ),
        ]

    def _walk_commands(self) -> list[Command]:
        walk, session = self._walk, self._session
        if walk is None or session is None or not session.model.capabilities.z_dim:
            return []
        group = self.tr("Walk plane")
        return [
            Command(self.tr("Walk between four seeds"), walk.between_seeds, icon="explore", group=group),
            Command(self.tr("Walk along two directions"), walk.along_directions, icon="explore", group=group),
        ]

    @property
    def pictures_complete(self) -> bool:
        """Whether everything that quiet moments draw for the open session is there."""
        session = self._session
        if session is None or not self._studio.background.has_probes:
            return False
        known = session.directions.all is not None or not session.model.capabilities.num_codes
        return known and not self._awaited

    def _on_weights_changed(self) -> None:
        """What is shown stays until it has been drawn again."""
        self._awaited.clear()
        if self._desk is not None:
            self._desk.show_other_weights()
        self.shelf.show_other_weights()
        self.pages.show_other_weights()

    # Pictures for the sections, drawn in quiet moments.

    def _ask(self, work: IdleWork) -> None:
        self._awaited.add(work.key)
        self._studio.renders.when_idle(work)

    @Slot(object)
    def _on_idle_finished(self, key: object) -> None:
        self._awaited.discard(key)

    @Slot(object)
    def _on_rendered_fully(self, recipe: Recipe) -> None:
        if self._desk is not None:
            self._desk.ask_for_strips()
        self._ask_for_layers()
        self._ask_for_drawn()
        self._ask_for_thumbnails()
        self.features.panel.ask()
        if self._walk is not None:
            self._walk.ask_for_pictures()

    def _ask_for_layers(self) -> None:
        if self._session is None or self._sections is None or not self._studio.background.has_probes:
            return
        recipe = self._session.history.recipe
        if self._sections.layers.is_expanded() and self._session.can_draw(recipe):
            self._ask(LayersWork(recipe, tuple(self._sections.layers.pictured)))

    def _ask_for_drawn(self) -> None:
        if self._session is None or self._sections is None:
            return
        components = self._sections.latent.components
        if components is not None and components.is_unfolded():
            self._ask(DrawnWork(self._session.history.recipe, self._session.model.capabilities.z_dim))

    def _ask_for_thumbnails(self) -> None:
        if self._session is None:
            return
        current = self._session.history.recipe  # its picture is being drawn anyway
        missing = self.shelf.recipes_without_picture()
        wanted = tuple(item for item in missing if item != current and self._session.can_draw(item))
        if wanted:
            self._ask(ThumbnailsWork(wanted))

    @Slot(object, object)
    def _on_idle_result(self, key: object, result: Any) -> None:
        if self._sections is None:
            return
        if key == LayersWork.key:
            name, picture = result
            self._show_layer(name, picture)
        elif key == DrawnWork.key and self._sections.latent.components is not None:
            self._sections.latent.components.set_drawn(result)
        elif isinstance(key, tuple) and key[0] == "thumbnails":
            self._take_thumbnail(str(key[1]), *result)

    def _show_layer(self, name: str, picture: QImage) -> None:
        if name in self.sections.layers.pictured:
            self.sections.layers.show_picture(name, picture)

    def _take_thumbnail(self, purpose: str, recipe: Recipe, picture: QImage) -> None:
        if purpose == _VARIATIONS:
            self.pane.variations.show_picture(recipe, picture)
        elif purpose == _CORNERS:
            if self._walk is not None:
                self._walk.show_picture(recipe, picture)
        elif self._studio.thumbnails is not None:
            self._studio.thumbnails.put(recipe, picture)

    def _compare_with(self, recipe: Recipe, label: str) -> None:
        self.pages.show_picture()
        self.pane.comparing.choose(recipe, label)

    def _on_variation_chosen(self, recipe: Recipe) -> None:
        if self._session is not None:
            self._session.editor.apply(self.tr("Nearby"), recipe)

    def stop(self) -> None:
        self.theatre.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window()
        self.shelf.set_low(window.height() < _LOW)
        if not self._width_set and self.width() > 2 * Size.INSPECTOR:
            self._width_set = True
            wide = Size.INSPECTOR if window.width() >= _NARROW else Size.INSPECTOR_NARROW
            self.splitter.setSizes([self.width() - wide - 1, wide])
