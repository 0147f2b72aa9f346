"""Mix: lays out crossings, layer strip and inspector, and turns what a hand does into another arrangement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from latentlab.latents import recipe_json
from latentlab.latents.crossing import GROUPS, Cell, Ingredient, Mode, corner_places
from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.crossing_grid import CrossingGrid
from latentlab.qt.widgets.crossing_places import CellPicture, CellPlace, SourcePicture, SourcePlace
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.workspaces.mix.arrangement import Arrangement
from latentlab.qt.workspaces.mix.bar import MixBar
from latentlab.qt.workspaces.mix.ingredients import short_label
from latentlab.qt.workspaces.mix.inspector import CrossingSection, EffectsSection, ModelsSection
from latentlab.qt.workspaces.mix.large_picture import LargePicture
from latentlab.qt.workspaces.mix.source_chooser import SourceChooser
from latentlab.qt.workspaces.mix.strip_panel import StripPanel
from latentlab.qt.workspaces.mix.take_editing import TakeEditing
from latentlab.qt.workspaces.workspace import ExportOffer, Workspace

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio

_WIDE = 400
_NARROW = 1360
_LOW = 800
_TELLING_PAIRS = 16
_LARGEST_SHARE = 0.45
"""Of the pane's height that the large picture may take."""


class MixWorkspace(Workspace):
    """Pictures crossed with pictures."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session: Session | None = None
        self._looked: CellPlace | SourcePlace | None = None
        self._width_set = False
        self.arrangement = Arrangement(studio.renders, self)
        self.bar = MixBar()
        self.grid = CrossingGrid()
        self.panel = StripPanel()
        self.takes = TakeEditing(self.arrangement, self.panel)
        self.large = LargePicture()
        self.effects = EffectsSection(self.arrangement)
        self.this = CrossingSection(self.arrangement)
        self.models = ModelsSection()
        self.inspector = Inspector()
        self.sources = SourceChooser(studio, self.arrangement, self)
        self._look_later = QTimer(self, singleShot=True, interval=60)
        self._look_later.timeout.connect(self._ask_for_large)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.bar, 0), (self.grid, 1), (self.panel, 0)):
            column.addWidget(widget, stretch)
        self.right = QWidget()
        self.right.setProperty("pane", "panel")
        self.right.setMinimumWidth(Size.INSPECTOR_LEAST)
        self.right.setMaximumWidth(Size.INSPECTOR_MOST)
        pane = QVBoxLayout(self.right)
        pane.setContentsMargins(0, 0, 0, 0)
        pane.setSpacing(0)
        pane.addWidget(self.large)
        pane.addWidget(self.inspector, 1)
        self.inspector.set_sections([self.effects, self.this, self.models])
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.right)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self._nothing = QLabel(self.tr("Crossings appear here as soon as a model is open."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("pane", "surround")
        self._nothing.setWordWrap(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _connect(self) -> None:
        arrangement, strip = self.arrangement, self.panel.strip
        arrangement.changed.connect(self._show)
        arrangement.pictures_changed.connect(self._show_pictures)
        arrangement.large_changed.connect(self._on_large)
        arrangement.timed.connect(self._on_timed)
        self.bar.mode_chosen.connect(self._on_mode)
        self.bar.size_chosen.connect(arrangement.resize)
        self.bar.new_sources_wanted.connect(arrangement.new_sources)
        self.bar.add_wanted.connect(lambda at: self.sources.open(at, None))
        self.grid.looked_at.connect(self._on_looked_at)
        self.grid.kept.connect(self._on_kept)
        self.grid.source_pressed.connect(lambda place, at: self.sources.open(at, place))
        self.grid.file_dropped.connect(self.sources.take_file)
        strip.menu_requested.connect(self.sources.open_for_unit)
        strip.looked_at.connect(self.effects.map.mark)
        self.effects.map.chosen.connect(self.takes.flip)
        self.large.star.clicked.connect(lambda: self.do("favourite"))
        self.large.copy.clicked.connect(lambda: self.do("copy_recipe"))
        self.large.open.clicked.connect(self.open_in_explore)
        self.models.button.clicked.connect(self._mix_models)

    # What every workspace is asked.

    def set_session(self, session: Session) -> None:
        if self._session is not None:
            self._session.shelf.changed.disconnect(self._show_pictures)
            self._session.mixing.changed.disconnect(self._on_mixing_changed)
            self._session.weights_changed.disconnect(self._on_weights_changed)
        self._session = session
        session.weights_changed.connect(self._on_weights_changed)
        self._looked = None
        self.arrangement.set_session(session, self._studio.open_model)
        session.shelf.changed.connect(self._show_pictures)
        session.mixing.changed.connect(self._on_mixing_changed)
        mixes = self.arrangement.units.kind != "none"
        self._pages.setCurrentIndex(int(mixes))
        if not mixes:
            self._nothing.setText(
                self.tr("{0} changes photos: it has no latent that pictures could be mixed in.").format(
                    session.model.card.name
                )
            )
            return
        self.effects.show_session()
        if self.arrangement.ready:
            self._show()

    def _on_weights_changed(self) -> None:
        """The same crossing, drawn again by other weights."""
        self.arrangement.renew(self._studio.open_model)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.arrangement.activate()
        if self.arrangement.ready:
            self._show()
        self.take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.arrangement.rest()

    def do(self, action: str) -> bool:
        """Undo, redo, randomise, favourite and copy are about the crossing here."""
        if self._session is None or not self.arrangement.ready:
            return False
        mixing = self._session.mixing
        if action == "undo" and mixing.can_undo:
            mixing.undo()
        elif action == "redo" and mixing.can_redo:
            mixing.redo()
        elif action == "randomise":
            self.arrangement.new_sources()
        elif action in ("favourite", "copy_recipe"):
            cell = self._current_cell()
            if cell is None:
                return True
            if action == "favourite":
                self._keep(cell)
            else:
                QApplication.clipboard().setText(recipe_json.to_text(cell.recipe))
                self._studio.noticed.emit(self.tr("Recipe copied"))
        else:
            return action in ("undo", "redo", "previous_seed", "next_seed", "nearby")
        return True

    def undoable(self) -> tuple[bool, bool] | None:
        if self._session is None or not self.arrangement.ready:
            return None
        return self._session.mixing.can_undo, self._session.mixing.can_redo

    def export_offers(self) -> Sequence[ExportOffer]:
        """All crossings, as a sheet with as many columns as there are top pictures."""
        if self._session is None or not self.arrangement.ready:
            return ()
        _, columns = self.arrangement.crossing.shape()
        cells = [cell for _, cell in sorted(self.arrangement.cells.items())]
        return (
            ExportOffer(
                self.tr("The crossing"), tuple((cell.recipe, cell.label) for cell in cells), columns=columns
            ),
        )

    def take_photo(self, photo: PhotoSource) -> bool:
        """A photo becomes a source, where the model encodes photos."""
        if not self.isVisible() or self._session is None or not self._session.model.capabilities.has_encoder:
            return False
        self.sources.put(Ingredient(Recipe(photo), Path(photo.path).stem), None)
        return True

    def take_focus(self) -> None:
        self.grid.setFocus()

    def set_panels_shown(self, shown: bool) -> None:
        for widget in (self.bar, self.panel, self.right):
            widget.setVisible(shown)

    def hints(self) -> Sequence[str]:
        return [self.tr("Drop a picture on a source to replace it, click a crossing to keep it")]

    def commands(self) -> Sequence[Command]:
        if not self.arrangement.ready:
            return ()
        group = self.tr("Mix")
        return [
            Command(self.tr("New sources"), self.arrangement.new_sources, icon="dice", group=group),
            Command(
                self.tr("Open the crossing in Explore"), self.open_in_explore, icon="explore", group=group
            ),
            Command(self.tr("Mix with another model"), self._mix_models, icon="model", group=group),
        ]

    @property
    def is_measured(self) -> bool:
        """Whether enough pairs were measured to tell what each layer does, and its pictures are there."""
        effects = self.arrangement.effects
        pictured = all(picture is not None for picture in self.arrangement.swapped)
        return effects is not None and effects.pairs >= _TELLING_PAIRS and pictured

    # Showing.

    def _show(self) -> None:
        now = self.arrangement.crossing
        self.bar.show_crossing(now)
        self.panel.show_crossing(now, self.arrangement.units)
        rows, columns = now.shape()
        corners = {}
        if now.mode == "blend":
            places = [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)]
            corners = {
                CellPlace(*place): SourcePlace(*source)
                for place, source in zip(places, corner_places(now), strict=True)
            }
        captions: list[str] = []
        if now.mode == "row":
            captions = [self.tr("As below"), self.tr("Coarse"), self.tr("Middle"), self.tr("Fine")]
        self.grid.set_shape(rows, columns, captions=captions, corners=corners)
        self.grid.set_legend(*self._legend())
        self.this.show_crossing()
        self._show_pictures()

    def _on_mixing_changed(self) -> None:
        self.workspace_changed.emit()

    def _legend(self) -> tuple[str, str]:
        now = self.arrangement.crossing
        names = (self.tr("coarse"), self.tr("middle"), self.tr("fine"))
        if now.mode == "row":
            return self.tr("From the top:"), ""
        taken = [names[group] for group in GROUPS if now.amounts[group] >= 0.5]
        kept = [names[group] for group in GROUPS if now.amounts[group] < 0.5]
        nothing = self.tr("nothing")
        side = self.tr("Side: {0}").format(", ".join(kept) or nothing)
        if now.own:
            differ = self.tr("1 layer differs") if len(now.own) == 1 else self.tr("{0} layers differ")
            side = f"{side}; {differ.format(len(now.own))}"
        return self.tr("Top: {0}").format(", ".join(taken) or nothing), side

    def _show_pictures(self) -> None:
        if self._session is None or not self.arrangement.ready:
            return
        now, shelf = self.arrangement.crossing, self._session.shelf
        kept = {kept.recipe for kept in shelf.favourites}
        self.grid.set_sources(
            [self._source(item) for item in now.side], [self._source(item) for item in now.top]
        )
        self.grid.set_cells(
            {
                CellPlace(*place): CellPicture(
                    cell.label, self.arrangement.picture(cell.recipe), cell.recipe in kept
                )
                for place, cell in self.arrangement.cells.items()
            }
        )
        self.grid.set_current(CellPlace(*now.chosen))
        self._show_large()

    def _source(self, item: Ingredient) -> SourcePicture:
        problem = self.arrangement.problems.get(item.recipe, "")
        return SourcePicture(
            item.label, self.arrangement.source_picture(item), short_label(item), item.locked, problem
        )

    def _show_large(self) -> None:
        assert self._session is not None
        recipe, title = self._looked_recipe()
        if recipe is None:
            self.large.show_picture(None, title, starred=False)
            return
        starred = self._session.shelf.is_favourite(recipe)
        self.large.show_picture(self.arrangement.large(recipe), title, starred=starred)
        self._look_later.start()

    def _looked_recipe(self) -> tuple[Recipe | None, str]:
        """What the large view shows: what is under the pointer, otherwise the chosen crossing."""
        now = self.arrangement.crossing
        if isinstance(self._looked, SourcePlace):
            row = now.top if self._looked.at_top else now.side
            item = row[min(self._looked.number, len(row) - 1)]
            return self.arrangement.alone(item), item.label
        place = self._looked if isinstance(self._looked, CellPlace) else CellPlace(*now.chosen)
        cell = self.arrangement.cells.get((place.row, place.column))
        return (cell.recipe, cell.label) if cell is not None else (None, "")

    def _ask_for_large(self) -> None:
        if self.arrangement.ready and self.isVisible():
            recipe = self._looked_recipe()[0]
            if recipe is not None:
                self.arrangement.look_at(recipe)

    def _on_large(self, recipe: Recipe) -> None:
        if self.arrangement.ready and self._looked_recipe()[0] == recipe:
            image = self.arrangement.large(recipe)
            if image is not None:
                self.large.view.show_image(image)

    def _on_timed(self, pictures: int, seconds: float) -> None:
        text = self.tr("1 picture") if pictures == 1 else self.tr("{0} pictures").format(pictures)
        self.bar.set_note(self.tr("{0}, {1:.1f} s").format(text, seconds))

    # The hand.

    def _on_looked_at(self, place: CellPlace | SourcePlace | None) -> None:
        if not self.arrangement.ready:
            return
        self._looked = place
        if self.grid.hasFocus() and isinstance(place, CellPlace) and not self.grid.underMouse():
            self._choose(place)
        self._show_large()

    def _choose(self, place: CellPlace) -> None:
        now = self.arrangement.crossing
        self.arrangement.edit(replace(now, chosen=(place.row, place.column)), drag="choose")

    def _on_kept(self, place: CellPlace) -> None:
        self._choose(place)
        self.arrangement.settle()
        cell = self.arrangement.cells.get((place.row, place.column))
        if cell is not None:
            self._keep(cell)

    def _current_cell(self) -> Cell | None:
        return self.arrangement.cells.get(self.arrangement.crossing.chosen)

    def _keep(self, cell: Cell) -> None:
        """Into the history and the favourites; once more lets it go."""
        assert self._session is not None
        if not self._session.shelf.is_favourite(cell.recipe):
            self._session.editor.apply(cell.label, cell.recipe)
        kept = self._session.shelf.toggle_favourite(cell.recipe, cell.label)
        said = self.tr("Kept: {0}") if kept else self.tr("No favourite any more: {0}")
        self._studio.noticed.emit(said.format(cell.label))

    def open_in_explore(self) -> None:
        """Go on with the looked-at crossing in Explore."""
        recipe, label = self._looked_recipe() if self.arrangement.ready else (None, "")
        if recipe is not None and self._session is not None:
            self._session.editor.apply(label, recipe)
            self.workspace_wanted.emit("explore")

    def _on_mode(self, mode: Mode) -> None:
        now = replace(self.arrangement.crossing, mode=mode)
        rows, columns = now.shape()
        row, column = now.chosen
        self.arrangement.edit(replace(now, chosen=(min(row, rows - 1), min(column, columns - 1))))

    def _mix_models(self) -> None:
        from latentlab.qt.workspaces.mix.blend_dialog import BlendDialog

        if self._session is not None:
            dialog = BlendDialog(self._session, self._studio, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.setWindowModality(Qt.WindowModality.WindowModal)
            dialog.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.large.view.set_most_height(round(self.height() * _LARGEST_SHARE))
        if not self._width_set and self.width() > 2 * _WIDE:
            self._width_set = True
            wide = _WIDE if self.window().width() >= _NARROW else Size.INSPECTOR_NARROW
            self.splitter.setSizes([self.width() - wide - 1, wide])
