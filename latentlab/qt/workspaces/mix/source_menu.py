"""Where a source may come from: the menu behind every picture at the side and at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from latentlab.latents.crossing import Ingredient
from latentlab.latents.editable import MAX_SEED
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Kept, Session, new_seed
from latentlab.qt.studio.thumbnails import Thumbnails
from latentlab.qt.theme.icons import icon
from latentlab.qt.workspaces.mix.ingredients import seed_ingredient

_MOST_LISTED = 24

Take = Callable[[Ingredient], None]


class SourceMenu(QObject):
    """Offers seeds, the picture at hand, favourites, snapshots and files."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def open(
        self,
        at: QPoint,
        session: Session,
        thumbnails: Thumbnails | None,
        take: Take,
        choose_file: Callable[[], None],
        more: Iterable[QAction] = (),
    ) -> None:
        """Show the menu; `take` gets what was chosen, `more` stands below."""
        menu = QMenu(self._window)
        menu.addAction(icon("dice"), self.tr("Another seed"), lambda: take(seed_ingredient(new_seed())))
        menu.addAction(self.tr("Seed…"), lambda: self._ask_for_seed(take))
        recipe = session.history.recipe
        label = session.history.current.label or self.tr("Your picture")
        menu.addAction(
            _pictured(thumbnails, recipe),
            self.tr("The picture in Explore"),
            lambda: take(Ingredient(recipe, label)),
        )
        kept = list(session.shelf.favourites)[::-1][:_MOST_LISTED]
        self._add_kept(menu, self.tr("Favourites"), kept, thumbnails, take)
        slots = list(session.shelf.snapshots.values())
        self._add_kept(menu, self.tr("Snapshots"), slots, thumbnails, take)
        menu.addAction(icon("image"), self.tr("Picture file…"), choose_file)
        below = list(more)
        if below:
            menu.addSeparator()
            menu.addActions(below)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _add_kept(
        self, menu: QMenu, title: str, kept: list[Kept], thumbnails: Thumbnails | None, take: Take
    ) -> None:
        inner = menu.addMenu(title)
        inner.setEnabled(bool(kept))
        for item in kept:
            ingredient = Ingredient(item.recipe, item.label)
            inner.addAction(
                _pictured(thumbnails, item.recipe), item.label, lambda ingredient=ingredient: take(ingredient)
            )

    def _ask_for_seed(self, take: Take) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("Seed"))
        dialog.setLabelText(self.tr("A whole number: the same one always gives the same picture"))
        dialog.setInputMode(QInputDialog.InputMode.TextInput)
        dialog.setTextValue(str(new_seed()))

        def accepted(text: str) -> None:
            digits = text.replace(" ", "")
            if digits.isdecimal() and int(digits) <= MAX_SEED:
                take(seed_ingredient(int(digits)))

        dialog.textValueSelected.connect(accepted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _pictured(thumbnails: Thumbnails | None, recipe: Recipe) -> QIcon:
    picture = thumbnails.get(recipe) if thumbnails is not None else None
    return QIcon() if picture is None else QIcon(QPixmap.fromImage(picture))
