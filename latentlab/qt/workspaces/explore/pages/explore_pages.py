"""The picture, or in its place the gallery or breeding; and the way between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QStackedWidget, QWidget

from latentlab.qt.session.marks import Side
from latentlab.qt.session.session import Session
from latentlab.qt.widgets.icon_button import IconButton

from .breed_page import BreedPage
from .gallery_page import GalleryPage
from .picture_deeds import PictureDeeds
from .seed_order import Kind

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio
    from latentlab.qt.workspaces.explore.picture_pane import PicturePane

_MARGIN = 16


class ExplorePages(QStackedWidget):
    """One of three: the picture's own pane, the gallery, breeding."""

    turned = Signal()
    """Another page is shown."""

    def __init__(
        self, studio: Studio, actions: Actions, picture: PicturePane, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session: Session | None = None
        self._picture = picture
        self.deeds = PictureDeeds(self)
        self.gallery = GalleryPage(studio, self.deeds)
        self.breed = BreedPage(studio, self.deeds)
        for page in (picture, self.gallery, self.breed):
            self.addWidget(page)
        self.gallery.closed.connect(self.show_picture)
        self.breed.closed.connect(self.show_picture)
        self.deeds.opened.connect(lambda recipe, label: self.show_picture())
        self.doors = _Doors(picture)
        self.doors.gallery.clicked.connect(lambda: self.show_gallery())
        self.doors.breed.clicked.connect(self.show_breed)
        picture.installEventFilter(self)
        picture.canvas.view_changed.connect(self._place_doors)
        actions["gallery"].triggered.connect(lambda: self.show_gallery())
        actions["breed"].triggered.connect(self.show_breed)
        actions["mark_a"].triggered.connect(lambda: self._mark_current("A"))
        actions["mark_b"].triggered.connect(lambda: self._mark_current("B"))
        actions["parent"].triggered.connect(self._toggle_parent)

    def set_session(self, session: Session) -> None:
        """Another model was opened."""
        self._session = session
        self.deeds.set_session(session)
        self.gallery.set_session(session)
        self.breed.set_session(session)
        self.show_picture()

    def show_other_weights(self) -> None:
        """The model draws with other weights: what is in sight is drawn again."""
        self.gallery.show_other_weights()
        self.breed.show_other_weights()

    def shows_picture(self) -> bool:
        """Whether the picture is where it usually is."""
        return self.currentWidget() is self._picture

    def show_picture(self) -> None:
        self._turn_to(self._picture)
        self._picture.setFocus()

    def show_gallery(self, kind: Kind = "seeds") -> None:
        """Turn to the gallery, or from there back to the picture."""
        if self.currentWidget() is self.gallery:
            self.show_picture()
            return
        self._turn_to(self.gallery)
        self.gallery.open(kind)

    def show_breed(self) -> None:
        """Turn to breeding, or from there back to the picture."""
        if self.currentWidget() is self.breed:
            self.show_picture()
            return
        self._turn_to(self.breed)
        self.breed.open()

    def _turn_to(self, page: QWidget) -> None:
        if self.currentWidget() is not page:
            self.setCurrentWidget(page)
            self.turned.emit()

    def _mark_current(self, side: Side) -> None:
        session = self._session
        if session is None or not session.model.capabilities.num_codes:
            return
        recipe = session.history.recipe
        self.deeds.mark([recipe], side)
        more, less = len(session.marks.more), len(session.marks.less)
        if session.marks.side_of(recipe) == side:
            said = self.tr("Marked {0}: {1} A and {2} B now. Learn a direction in Directions, Learned")
            self._studio.noticed.emit(said.format(side, more, less))
        else:
            self._studio.noticed.emit(self.tr("Mark {0} taken away").format(side))

    def _toggle_parent(self) -> None:
        session = self._session
        if session is None or not session.model.capabilities.num_codes:
            return
        recipe = session.history.recipe
        session.brood.toggle_parents([recipe])
        if session.brood.is_parent(recipe):
            count = len(session.brood.parents)
            said = (
                self.tr("{0} parents now: Shift+B breeds") if count > 1 else self.tr("Parent: Shift+B breeds")
            )
            self._studio.noticed.emit(said.format(count))
        else:
            self._studio.noticed.emit(self.tr("No parent any more"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._picture and event.type() == QEvent.Type.Resize:
            self._place_doors()
        return super().eventFilter(watched, event)

    def _place_doors(self) -> None:
        """In the upper right corner; one below the other where they would lie over a picture that is fitted."""
        canvas = self._picture.canvas
        for upright in (False, True):
            self.doors.set_upright(upright)
            room = self._picture.width() - round(canvas.picture_rect().right()) - self.doors.width()
            beside = _MARGIN if not upright else min(_MARGIN, max(room // 2, 4))
            self.doors.move(self._picture.width() - beside - self.doors.width(), _MARGIN)
            covers = canvas.picture_rect().intersects(QRectF(self.doors.geometry()))
            if not covers or not canvas.is_fitted():
                return


class _Doors(QFrame):
    """Ways to the other pages, in the dark beside the picture."""

    def __init__(self, picture: QWidget) -> None:
        super().__init__(picture)
        self.setProperty("pane", "overlay")
        self.setAccessibleName(self.tr("Pages"))
        self.gallery = IconButton("gallery", self.tr("Gallery of seeds"), shortcut="G", width=28)
        self.breed = IconButton("breed", self.tr("Breed"), shortcut="Shift+B", width=28)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setSpacing(0)
        self._line.addWidget(self.gallery, 0, Qt.AlignmentFlag.AlignCenter)
        self._line.addWidget(self.breed, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_upright(False)

    def set_upright(self, upright: bool) -> None:
        """One below the other, or side by side."""
        self._line.setDirection(
            QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        )
        self._line.setContentsMargins(*((1, 5, 1, 5) if upright else (5, 3, 5, 3)))
        self.adjustSize()
