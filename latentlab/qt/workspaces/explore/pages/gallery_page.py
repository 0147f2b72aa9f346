"""The gallery: ten thousand seeds, or ten thousand steps from this picture, on one wall."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from latentlab.latents.editable import MAX_SEED
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.gallery_work import Alike, GalleryWork, SimilarityWork
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.widgets.number_field import NumberField
from latentlab.qt.widgets.picture_badges import Badges
from latentlab.qt.widgets.picture_tiles import WallSource
from latentlab.qt.widgets.picture_wall import PictureWall, Wish
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.widgets.slider import Slider

from .page_head import hint_line, page_head
from .picture_deeds import PictureDeeds
from .seed_order import Kind, Order, Seeds, edited, plain
from .small_pictures import SmallPictures

if TYPE_CHECKING:
    from latentlab.qt.studio.studio import Studio

_SIDES = (64.0, 176.0)
_SORT_MS = 700
"""While pictures are compared, they are put in order this often."""
_AHEAD = 2
"""Screens drawn ahead of the one in sight, at idle priority."""
_ORDERS: tuple[Alike | None, ...] = (None, "look", "latent")
_SEEDS, _NEARBY = 0, 2


class GalleryPage(QWidget):
    """Stands in the picture's place. Keys of the wall act on what is chosen there."""

    closed = Signal()

    def __init__(self, studio: Studio, deeds: PictureDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surround")
        self._studio = studio
        self._deeds = deeds
        self._session: Session | None = None
        self._seeds = Seeds(Recipe())
        self._order = Order(0)
        self._pictures = SmallPictures()
        self._target: Recipe | None = None
        """Which picture the order is about; None for the order of seeds."""
        self.wall = PictureWall(WallSource(self._image, self._caption, self._badges))
        self.wall.sight_changed.connect(self._ask)
        self.wall.wished.connect(self._on_wished)
        self.wall.menu_requested.connect(self._on_menu)
        self.wall.chosen_changed.connect(self._show_note)
        self._build()
        self._sort_soon = QTimer(self, singleShot=True, interval=_SORT_MS)
        self._sort_soon.timeout.connect(self._sort)
        studio.renders.idle_result.connect(self._on_result)
        studio.renders.idle_finished.connect(self._on_finished)

    def _build(self) -> None:
        self.kind = SegmentedControl([])
        self.kind.set_texts(
            [self.tr("Seeds"), self.tr("With my edits"), self.tr("Nearby")],
            [
                self.tr("Pictures of many seeds, with the class and diversity of the current one"),
                self.tr("Every seed with the directions, mixes and layer edits of the current picture"),
                self.tr("Small steps from the current picture"),
            ],
        )
        self.kind.chosen.connect(lambda _: self._restart())
        self.first = NumberField(limits=(0, MAX_SEED), decimals=0, step=1)
        self.first.setFixedWidth(96)
        self.first.setToolTip(self.tr("Seed of the first picture: click to type, drag to change"))
        self.first.changed.connect(lambda _: self._restart())
        self.others = IconButton("dice", self.tr("Begin at another seed"), width=26)
        self.others.clicked.connect(self._on_others)
        self.order = SegmentedControl([])
        self.order.set_texts(
            [self.tr("In order"), self.tr("Alike"), self.tr("Alike in latent")],
            [
                self.tr("As the seeds count"),
                self.tr("Those that look most like the current picture first; compared while nobody waits"),
                self.tr("Those whose codes are nearest to the current picture's first"),
            ],
        )
        self.order.chosen.connect(lambda _: self._restart())
        self.side = Slider(limits=_SIDES, default=96.0)
        self.side.set_value(96.0)
        self.side.setFixedWidth(96)
        self.side.setToolTip(self.tr("Size of the pictures"))
        self.side.setAccessibleName(self.tr("Size of the pictures"))
        self.side.changing.connect(lambda value: self.wall.set_side(round(value)))
        self.note = QLabel()
        self.note.setFont(font(TextRole.HINT))
        self.note.setProperty("tone", "3")
        tools: list[QWidget] = [self.kind, self.first, self.others, self.order, self.side]
        for control in (self.kind, self.order):
            control.setFixedWidth(control.sizeHint().width())
        head, close = page_head(self.tr("Gallery"), tools, self.tr("Back to the picture"))
        close.clicked.connect(self.closed)
        hints = hint_line(
            [
                ("Return", self.tr("open")),
                ("F", self.tr("star")),
                ("A B", self.tr("mark, to learn a direction")),
                ("P", self.tr("parent")),
                ("Shift", self.tr("several")),
            ],
            self.note,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.wall, 1)
        layout.addWidget(hints)

    # What it shows.

    def show_other_weights(self) -> None:
        """The same seeds, drawn again by other weights."""
        self._pictures.outdate()
        self._ask()

    def set_session(self, session: Session) -> None:
        """Another model: other pictures."""
        self._session = session
        self._pictures.clear()
        self._target = None
        session.history.changed.connect(self._on_recipe_changed)
        session.editor.settled.connect(self._on_recipe_changed)
        for signal in (session.shelf.changed, session.marks.changed, session.brood.changed):
            signal.connect(self.wall.badges_changed)
        has_seeds = session.model.capabilities.z_dim > 0
        for control in (self.kind, self.first, self.others, self.order, self.side):
            control.setEnabled(has_seeds)
        if has_seeds:
            self.wall.set_empty("")
        else:
            self.wall.set_empty(
                self.tr("There are no seeds to browse"),
                self.tr(
                    "{0} changes pictures, and draws none of its own: drop a photo on the picture"
                ).format(session.model.card.name),
            )
        if self.isVisible():
            self._restart()

    def open(self, kind: Kind = "seeds") -> None:
        """The page has come into sight."""
        self.kind.set_current(_NEARBY if kind == "nearby" else _SEEDS)
        self._restart()
        self.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_complete(self) -> bool:
        """Whether everything in sight has its picture."""
        return self.isVisible() and all(
            self._recipe(place) in self._pictures for place in self.wall.in_sight()
        )

    def recipe_at(self, place: int) -> Recipe:
        """Which picture a place shows."""
        return self._recipe(place)

    def has_picture(self, place: int) -> bool:
        """Whether a place shows its picture already."""
        return self._recipe(place) in self._pictures

    def _restart(self) -> None:
        """Show other seeds, or the same in another way, from the top."""
        session = self._session
        if session is None or not session.model.capabilities.z_dim:
            self.wall.set_count(0)
            return
        current = session.history.recipe
        nearby = self.kind.current() == _NEARBY
        self._seeds = Seeds(
            self._base_of(current),
            "nearby" if nearby else "seeds",
            0 if nearby else round(self.first.value()),
        )
        for control in (self.first, self.others):
            control.setVisible(not nearby)
        self._order = Order(self._seeds.count)
        self.wall.choose_none()
        self.wall.set_count(self._seeds.count)
        self.wall.verticalScrollBar().setValue(0)
        self._compare(current)
        self._ask()
        self._show_note()

    def _base_of(self, recipe: Recipe) -> Recipe:
        """What all pictures share with the current one."""
        return (plain, edited, lambda same: same)[self.kind.current()](recipe)

    def _compare(self, current: Recipe) -> None:
        alike = _ORDERS[self.order.current()]
        self._target = current if alike is not None else None
        if alike is not None:
            recipes = tuple(self._seeds.recipe(number) for number in range(self._seeds.count))
            work = SimilarityWork(self._studio.open_model, current, recipes, alike)
            self._studio.renders.when_idle(work)

    def _recipe(self, place: int) -> Recipe:
        return self._seeds.recipe(self._order.number(place))

    def _image(self, place: int) -> QImage | None:
        return self._pictures.get(self._recipe(place))

    def _caption(self, place: int) -> str:
        number = self._order.number(place)
        if self._seeds.kind == "nearby":
            return self.tr("This picture") if number == 0 else format_number(number, 0)
        return format_number(self._seeds.seed(number), 0)

    def _label(self, place: int) -> str:
        if self._seeds.kind == "nearby":
            return self.tr("Nearby")
        return self.tr("Seed {0}").format(self._seeds.seed(self._order.number(place)))

    def _badges(self, place: int) -> Badges:
        return self._deeds.badges(self._recipe(place))

    # Pictures.

    def _ask(self) -> None:
        """Have drawn what is in sight, then what a hand that scrolls on will see."""
        if self._session is None or not self.isVisible() or not self.wall.count():
            return
        if not self._session.can_draw(self._seeds.base):
            return  # its directions are still being looked for
        sight = self.wall.in_sight()
        self._want(sight, "gallery", -1)
        ahead = range(sight.stop, min(sight.stop + _AHEAD * len(sight), self.wall.count()))
        self._want(ahead, "gallery ahead", 3)

    def _want(self, places: range, purpose: str, rank: int) -> None:
        missing = [self._recipe(place) for place in places]
        missing = [recipe for recipe in missing if recipe not in self._pictures]
        if missing:
            self._studio.renders.when_idle(GalleryWork(tuple(missing), purpose, rank))

    @Slot(object, object)
    def _on_result(self, key: Hashable, result: Any) -> None:
        if isinstance(key, tuple) and key[0] == "gallery" and str(key[1]).startswith("gallery"):
            self._take(result)
        elif key == "similarity" and self._target is not None:
            distances, pictures = result
            self._take(pictures)
            self._order.learn(distances)
            self._show_note()
            if not self._sort_soon.isActive():
                self._sort_soon.start()

    def _take(self, pictures: list[tuple[Recipe, QImage]]) -> None:
        for recipe, picture in pictures:
            self._pictures.put(recipe, picture)
        arrived = {recipe for recipe, _ in pictures}
        for place in self.wall.in_sight():
            if self._recipe(place) in arrived:
                self.wall.picture_changed(place)

    @Slot(object)
    def _on_finished(self, key: Hashable) -> None:
        if key == "similarity" and self._target is not None:
            self._sort_soon.stop()
            self._sort()

    def _sort(self) -> None:
        chosen = [self._order.number(place) for place in self.wall.chosen()]
        self._order.sort()
        self.wall.refresh()
        if len(chosen) == 1:
            self.wall.follow(self._order.place(chosen[0]))
        else:
            self.wall.choose_none()
        self._show_note()

    def _on_recipe_changed(self) -> None:
        """Follow settings that seeds share with the picture, once the hand is off."""
        session = self._session
        if session is None or session.editor.moving or not self.isVisible():
            return
        if self._seeds.kind == "nearby":
            return  # the wall is where one came from: it changes when it is opened again
        if self._base_of(session.history.recipe) != self._seeds.base:
            top = self.wall.verticalScrollBar().value()
            self._restart()
            self.wall.verticalScrollBar().setValue(top)

    def _show_note(self) -> None:
        chosen = len(self.wall.chosen())
        if chosen > 1:
            text = self.tr("{0} chosen").format(chosen)
        elif self._target is not None and self._order.known < self._order.count:
            compared, count = (format_number(n, 0) for n in (self._order.known, self._order.count))
            text = self.tr("{0} of {1} compared").format(compared, count)
        else:
            text = self.tr("{0} pictures").format(format_number(self.wall.count(), 0))
        self.note.setText(text if self.wall.count() else "")

    # Hands.

    def _on_others(self) -> None:
        self.first.set_value(new_seed())
        self._restart()

    def _on_wished(self, wish: Wish, places: list[int]) -> None:
        self._keep_pictures(places)
        self._deeds.do(wish, [(self._recipe(place), self._label(place)) for place in places])

    def _keep_pictures(self, places: list[int]) -> None:
        """What is starred, marked or opened is shown elsewhere too."""
        for place in places:
            picture = self._image(place)
            if picture is not None and self._studio.thumbnails is not None:
                self._studio.thumbnails.put(self._recipe(place), picture)

    def _on_menu(self, place: int, at: QPoint) -> None:
        places = self.wall.chosen()
        if place not in places:
            places = [place]
        self._keep_pictures(places)
        self._deeds.menu([(self._recipe(item), self._label(item)) for item in places], at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
