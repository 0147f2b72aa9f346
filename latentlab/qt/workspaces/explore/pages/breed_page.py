"""Breeding: parents above, their children below, every generation kept."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents.breeding import Generation
from latentlab.latents.crossing import Units, units_of
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.breed_work import BreedWork
from latentlab.qt.threads.gallery_work import GalleryWork
from latentlab.qt.widgets.chip_flow import ChipFlow
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.picture_badges import Badges
from latentlab.qt.widgets.picture_tiles import WallSource
from latentlab.qt.widgets.picture_wall import PictureWall, Wish
from latentlab.qt.widgets.slider import Slider

from .keep_choices import choices
from .page_head import hint_line, page_head
from .picture_deeds import Named, PictureDeeds
from .small_pictures import SmallPictures

if TYPE_CHECKING:
    from latentlab.qt.studio.studio import Studio

_PARENT_SIDE = 88
_CHILD_SIDE = 136
_COLUMNS = 6
_PARENTS_HEIGHT = 2 * 16 + _PARENT_SIDE + 24
_PICTURES = "breed"


class BreedPage(QWidget):
    """Stands in the picture's place. The first parent is the one that kept things come from."""

    closed = Signal()

    def __init__(self, studio: Studio, deeds: PictureDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surround")
        self._studio = studio
        self._deeds = deeds
        self._session: Session | None = None
        self._units = Units("none")
        self._pictures = SmallPictures()
        self.parents = PictureWall(
            WallSource(self._parent_image, self._parent_caption, lambda place: Badges()),
            side=_PARENT_SIDE,
            fills=False,
        )
        self.children_ = PictureWall(
            WallSource(
                lambda place: self._pictures.get(self._children()[place]),
                lambda place: format_number(place + 1, 0),
                lambda place: deeds.badges(self._children()[place]),
            ),
            side=_CHILD_SIDE,
        )
        self.children_.set_columns(_COLUMNS)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.earlier = IconButton("chevron-left", self.tr("Earlier generation"), width=26)
        self.later = IconButton("chevron-right", self.tr("Later generation"), width=26)
        self.generation = QLabel()
        self.generation.setFont(font(TextRole.HINT))
        self.generation.setProperty("tone", "2")
        self.breed = Button(self.tr("Breed"), icon_name="branch", role="primary")
        self.breed.setToolTip(self.tr("Twelve children of these parents"))
        tools: list[QWidget] = [self.earlier, self.generation, self.later, self.breed]
        head, self.close_ = page_head(self.tr("Breed"), tools, self.tr("Back to the picture"))
        self.note = QLabel()
        self.note.setFont(font(TextRole.HINT))
        self.note.setProperty("tone", "3")
        hints = hint_line(
            [
                ("P", self.tr("parent of the next")),
                ("F", self.tr("keep as favourite")),
                ("Return", self.tr("open")),
                ("A B", self.tr("mark")),
            ],
            self.note,
        )
        self.parents.setFixedHeight(_PARENTS_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self._upper())
        layout.addWidget(self.children_, 1)
        layout.addWidget(hints)

    def _upper(self) -> QWidget:
        """Parents, and beside them how their children come about."""
        upper = QFrame()
        upper.setProperty("pane", "surround")
        self.change = Slider(limits=(0.0, 1.0), default=0.25)
        self.change.setAccessibleName(self.tr("Chance"))
        self.change.setToolTip(self.tr("How far chance changes what a child inherits: mutation strength"))
        self.change_value = QLabel()
        self.change_value.setFixedWidth(36)
        self.keep = ChipFlow()
        self.keep.setToolTip(self.tr("Children have these as the first parent has them"))
        self.how = QLabel()
        self.how.setWordWrap(True)
        for label in (self.how, self.change_value):
            label.setFont(font(TextRole.HINT))
            label.setProperty("tone", "3")
        chance = QHBoxLayout()
        chance.addWidget(_label(self.tr("Chance"), self.change.toolTip()))
        chance.addWidget(self.change, 1)
        chance.addWidget(self.change_value)
        rules = QVBoxLayout()
        rules.setContentsMargins(8, 14, 16, 8)
        rules.setSpacing(6)
        rules.addLayout(chance)
        rules.addWidget(_label(self.tr("Keep as in the first parent"), self.keep.toolTip()))
        rules.addWidget(self.keep)
        rules.addWidget(self.how)
        rules.addStretch(1)
        line = QHBoxLayout(upper)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.parents, 1)
        line.addLayout(rules, 1)
        return upper

    def _connect(self) -> None:
        self.close_.clicked.connect(self.closed)
        self.breed.clicked.connect(self.ask)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.change.changed.connect(lambda value: self._set_change(value))
        self.change.changing.connect(lambda value: self._show_change(value))
        self.keep.toggled.connect(self._on_keep_toggled)
        self.parents.wished.connect(self._on_parents_wished)
        self.parents.menu_requested.connect(self._on_parent_menu)
        self.children_.wished.connect(lambda wish, places: self._deeds.do(wish, self._named(places)))
        self.children_.menu_requested.connect(self._on_child_menu)
        self.parents.sight_changed.connect(self._ask_for_pictures)
        self.children_.sight_changed.connect(self._ask_for_pictures)
        self._studio.renders.idle_result.connect(self._on_result)

    # What it shows.

    def set_session(self, session: Session) -> None:
        """Another model: other parents."""
        self._session = session
        self._pictures.clear()
        self._units = units_of(session.model.capabilities, session.model.blocks)
        session.brood.changed.connect(self._show_brood)
        session.pinned.changed.connect(self._show_rules)
        session.directions.changed.connect(self._show_rules)
        for signal in (session.shelf.changed, session.marks.changed):
            signal.connect(self.children_.badges_changed)
        self.how.setText(self._how())
        self.change.setEnabled(self._units.kind != "none")
        self._show_brood()

    def show_other_weights(self) -> None:
        """The same brood, drawn again by other weights."""
        self._pictures.outdate()
        if self.isVisible():
            self._ask_for_pictures()

    def open(self) -> None:
        """The page has come into sight. Without parents the current picture is one."""
        session = self._session
        if session is not None and self._units.kind != "none" and not session.brood.parents:
            session.brood.set_parents([session.history.recipe])
        self._show_brood()
        self.children_.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_complete(self) -> bool:
        """Whether every child in sight has its picture."""
        return bool(self._children()) and all(child in self._pictures for child in self._children())

    def ask(self) -> None:
        """Have children of the chosen parents."""
        session = self._session
        if session is None or not session.brood.parents or self._units.kind == "none":
            return
        brood = session.brood
        work = BreedWork(self._studio.open_model, brood.parents, self._units, brood.rules, new_seed())
        self._studio.renders.when_idle(work)

    def _how(self) -> str:
        if self._units.kind == "layers":
            return self.tr("A child takes runs of neighbouring layers from different parents.")
        if self._units.kind == "numbers":
            return self.tr(
                "This model has one code for the whole picture: a child takes groups of its numbers from "
                "different parents."
            )
        return ""

    def _children(self) -> tuple[Recipe, ...]:
        generation = self._generation()
        return generation.children if generation is not None else ()

    def _generation(self) -> Generation | None:
        session = self._session
        if session is None or session.brood.shown < 0:
            return None
        return session.brood.generations[session.brood.shown]

    def _show_brood(self) -> None:
        session = self._session
        if session is None:
            return
        brood = session.brood
        self.parents.set_count(len(brood.parents))
        self.children_.set_count(len(self._children()))
        count = len(brood.generations)
        text = self.tr("Generation {0} of {1}").format(brood.shown + 1, count)
        self.generation.setText(text if count else self.tr("No generation yet"))
        self.earlier.setEnabled(brood.shown > 0)
        self.later.setEnabled(brood.shown + 1 < count)
        self.breed.setEnabled(bool(brood.parents) and self._units.kind != "none")
        self._show_empty()
        self._show_rules()
        self.note.setText(self.tr("{0} children").format(len(self._children())) if self._children() else "")

    def _show_empty(self) -> None:
        assert self._session is not None
        if self._units.kind == "none":
            self.children_.set_empty(
                self.tr("Pictures of this model cannot be bred"),
                self.tr("{0} changes photos and has no latent to inherit").format(
                    self._session.model.card.name
                ),
            )
            self.parents.set_empty("")
            return
        self.parents.set_empty(
            self.tr("No parents yet"), self.tr("P makes any small picture a parent: gallery, shelf, children")
        )
        self.children_.set_empty(
            self.tr("Breed shows twelve children"),
            self.tr("Choose two or more parents for crossings; one alone is varied by chance"),
        )

    def _show_rules(self) -> None:
        session = self._session
        if session is None:
            return
        rules = session.brood.rules
        self.change.set_value(rules.change)
        self._show_change(rules.change)
        found = choices(session, self._units) if self._units.kind != "none" else []
        self.keep.set_texts([choice.text for choice in found])
        self.keep.set_chosen([place for place, choice in enumerate(found) if choice.is_kept(rules)])

    def _show_change(self, value: float) -> None:
        self.change_value.setText(format_number(value * 100, 0, suffix=" %"))

    def _parent_image(self, place: int) -> QImage | None:
        assert self._session is not None
        return self._pictures.get(self._session.brood.parents[place])

    def _parent_caption(self, place: int) -> str:
        return self.tr("First parent") if place == 0 else self.tr("Parent {0}").format(place + 1)

    # Pictures.

    def _ask_for_pictures(self) -> None:
        session = self._session
        if session is None or not self.isVisible():
            return
        wanted = dict.fromkeys((*session.brood.parents, *self._children()))
        missing = tuple(item for item in wanted if item not in self._pictures and session.can_draw(item))
        if missing:
            self._studio.renders.when_idle(GalleryWork(missing, _PICTURES))

    @Slot(object, object)
    def _on_result(self, key: Hashable, result: Any) -> None:
        if key == BreedWork.key and self._session is not None:
            self._session.brood.add(result)
            self.children_.verticalScrollBar().setValue(0)
        elif key == ("gallery", _PICTURES):
            for recipe, picture in result:
                self._pictures.put(recipe, picture)
            self.parents.refresh_pictures()
            self.children_.refresh_pictures()

    # Hands.

    def _step(self, by: int) -> None:
        if self._session is not None:
            self._session.brood.show(self._session.brood.shown + by)

    def _set_change(self, value: float) -> None:
        if self._session is not None:
            brood = self._session.brood
            brood.set_rules(replace(brood.rules, change=round(value, 2)))

    def _on_keep_toggled(self, place: int, _: bool) -> None:
        if self._session is not None:
            brood = self._session.brood
            brood.set_rules(choices(self._session, self._units)[place].toggled(brood.rules))

    def _named(self, places: list[int]) -> list[Named]:
        shown = self._session.brood.shown if self._session is not None else 0
        label = self.tr("Child {0} of generation {1}")
        return [(self._children()[place], label.format(place + 1, shown + 1)) for place in places]

    def _on_parents_wished(self, wish: Wish, places: list[int]) -> None:
        if self._session is None:
            return
        recipes = self._session.brood.parents
        self._deeds.do(wish, [(recipes[place], self._parent_caption(place)) for place in places])

    def _on_parent_menu(self, place: int, at: QPoint) -> None:
        if self._session is not None:
            recipe = self._session.brood.parents[place]
            self._deeds.menu([(recipe, self._parent_caption(place))], at)

    def _on_child_menu(self, place: int, at: QPoint) -> None:
        places = self.children_.chosen()
        self._deeds.menu(self._named(places if place in places else [place]), at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _label(text: str, tooltip: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("tone", "2")
    label.setToolTip(tooltip)
    return label
