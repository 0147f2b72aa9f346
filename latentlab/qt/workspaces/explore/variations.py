"""A grid of pictures near the current one, in its place: a look around before deciding where to go."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents.randomise import SMALL_STEP
from latentlab.latents.recipe import Nearby, Recipe
from latentlab.qt.session.session import new_seed
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid

COUNT = 24
_SIDE, _LARGEST = 104, 208


class Variations(QFrame):
    """Each is a step of the same length in a direction of its own. One click shows it, a double click stays."""

    chosen = Signal(object)
    """Recipe."""
    wanted = Signal(object)
    """Recipes whose pictures shall be drawn."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surround")
        self.setAutoFillBackground(True)
        self._recipes: list[Recipe] = []
        self._base = Recipe()
        self._shown: set[Recipe] = set()
        title = QLabel(self.tr("Nearby pictures"))
        title.setFont(font(TextRole.TITLE))
        again = Button(self.tr("Others"), icon_name="dice", role="quiet", small=True)
        again.clicked.connect(lambda: self.open_around(self._base))
        close = IconButton("close", self.tr("Back to the picture"), shortcut="Esc")
        close.clicked.connect(self.close_grid)
        self.grid = ThumbnailGrid(side=_SIDE, largest=_LARGEST, captions=False)
        self.grid.chosen.connect(lambda place: self.chosen.emit(self._recipes[place]))
        self.grid.opened.connect(lambda _: self.close_grid())
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(again)
        head.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        self.hide()

    def open_around(self, recipe: Recipe) -> None:
        """Show pictures around this one; it is itself the first."""
        self._base = recipe
        self._shown.clear()
        amount = recipe.nearby.amount or SMALL_STEP
        self._recipes = [
            recipe,
            *(replace(recipe, nearby=Nearby(new_seed(), amount)) for _ in range(COUNT - 1)),
        ]
        self.grid.set_items(
            [Thumbnail(place, self.tr("Nearby {0}").format(place)) for place in range(len(self._recipes))]
        )
        self.show()
        self.raise_()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.wanted.emit(tuple(self._recipes))

    def show_picture(self, recipe: Recipe, picture: QImage) -> None:
        """One of them has been drawn."""
        if recipe in self._recipes:
            self._shown.add(recipe)
            self.grid.set_pixmap(self._recipes.index(recipe), QPixmap.fromImage(picture))

    def is_complete(self) -> bool:
        """Whether all pictures are there."""
        return self.isVisible() and len(self._shown) == len(set(self._recipes))

    def close_grid(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_grid()
        else:
            super().keyPressEvent(event)
