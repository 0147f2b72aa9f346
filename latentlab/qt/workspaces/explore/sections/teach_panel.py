"""Teaching a direction: pictures marked A and B, a name, what shall stay, and how well it was learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from latentlab.latents.lesson import FEWEST
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.mark_strip import MarkedPicture, MarkStrip
from latentlab.qt.widgets.overlap_list import OverlapLine, OverlapList

if TYPE_CHECKING:
    from latentlab.latents.learned import Learned
    from latentlab.render.overlap import Overlap


class TeachPanel(QWidget):
    """Shows the session's marks; `learn_wanted` asks for a direction of them."""

    learn_wanted = Signal(str, object)
    """Name, and ids of the directions that shall stay."""
    use_wanted = Signal(str)
    """Id of a direction that shall have a slider."""

    def __init__(
        self, session: Session, pixmap_of: Callable[[Recipe], QPixmap | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pixmap_of = pixmap_of
        self._keep: tuple[str, ...] = ()
        self._wrong: frozenset[Recipe] = frozenset()
        """Marked pictures that were told wrong when they were left out."""
        self._overlaps: dict[str, Overlap] = {}
        self._result = ""
        """What is said of the direction that was learned last, until marks change."""
        self.more = MarkStrip("A", self.tr("Mark pictures that have it: key A, anywhere"))
        self.less = MarkStrip("B", self.tr("and pictures that have not: key B"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("What is it? “stormy”"))
        self.name.setAccessibleName(self.tr("Name of the direction"))
        self.name.setMaxLength(60)
        self.keep = Button(self.tr("Keep fixed: nothing"), icon_name="lock", role="quiet", small=True)
        self.keep.setToolTip(self.tr("The new direction is made perpendicular to these"))
        self.learn = Button(self.tr("Learn"), role="primary", small=True)
        self.clear = IconButton("trash", self.tr("Take all marks away"), width=24)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setFont(font(TextRole.HINT))
        self.said.setProperty("tone", "3")
        self.overlaps = OverlapList()
        self._lay_out()
        self.more.taken_away.connect(lambda key: self._take_away(session.marks.more, key))
        self.less.taken_away.connect(lambda key: self._take_away(session.marks.less, key))
        self.name.textEdited.connect(lambda _: self.forget_result())
        self.name.returnPressed.connect(self._on_learn)
        self.learn.clicked.connect(self._on_learn)
        self.clear.clicked.connect(session.marks.clear)
        self.keep.clicked.connect(self._choose_kept)
        self.show_marks()

    def _lay_out(self) -> None:
        naming = QHBoxLayout()
        naming.setSpacing(6)
        naming.addWidget(self.name, 1)
        naming.addWidget(self.learn)
        keeping = QHBoxLayout()
        keeping.setSpacing(0)
        keeping.addWidget(self.keep)
        keeping.addStretch(1)
        keeping.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, 4, Size.PADDING, 8)
        column.setSpacing(4)
        for widget in (self.more, self.less):
            column.addWidget(widget)
        column.addLayout(naming)
        column.addLayout(keeping)
        column.addWidget(self.said)
        column.addWidget(self.overlaps)
        self.overlaps.hide()

    def show_marks(self) -> None:
        """Marks have changed, or a picture of one has come."""
        marks = self._session.marks
        for strip, recipes in ((self.more, marks.more), (self.less, marks.less)):
            strip.set_pictures(
                [
                    MarkedPicture(place, self._pixmap_of(recipe), recipe in self._wrong)
                    for place, recipe in enumerate(recipes)
                ]
            )
        missing = self._missing()
        self.learn.setEnabled(not missing and bool(self.name.text().strip()))
        self.clear.setVisible(bool(marks.more or marks.less))
        self.said.setText(self._result or missing or self._ready())
        self._show_kept()

    def forget_result(self) -> None:
        """Other marks, or another name: what was learned last is no news any more."""
        self._result = ""
        self.overlaps.set_lines([])
        self._overlaps = {}
        self._wrong = frozenset()
        self.show_marks()

    def show_learned(self, learned: Learned) -> None:
        """How well it was learned."""
        marks = self._session.marks
        told = (*marks.more, *marks.less)
        right = learned.right if len(learned.right) == len(told) else (True,) * len(told)
        self._wrong = frozenset(recipe for recipe, ok in zip(told, right, strict=True) if not ok)
        self._overlaps = {}
        share = format_number(learned.accuracy * 100, 0, suffix=" %")
        text = self.tr("“{0}” is in use. Left out in turn, {1} of {2} pictures were told right ({3}).")
        name = learned.direction.name
        self._result = text.format(name, sum(learned.right), len(learned.right), share)
        self.overlaps.set_lines([])
        self.name.clear()
        self.show_marks()

    def show_overlap(self, overlap: Overlap) -> None:
        """One more figure of what else it changes."""
        self._overlaps[overlap.direction] = overlap
        known = self._session.directions.all
        if known is not None:
            self.overlaps.set_lines(
                [
                    OverlapLine(known[item.direction].name, item.pictures, item.codes)
                    for item in self._overlaps.values()
                    if item.direction in known
                ]
            )

    def show_progress(self, text: str) -> None:
        """What is being done."""
        self.said.setText(text)

    def show_failure(self, text: str) -> None:
        """Why nothing was learned."""
        self._result = text
        self.show_marks()

    def _missing(self) -> str:
        """What is needed before anything can be learned; empty when nothing is."""
        more, less = len(self._session.marks.more), len(self._session.marks.less)
        if more < FEWEST:
            text = self.tr("Three pictures of each are enough to begin with; {0} more A to go.")
            return text.format(FEWEST - more)
        if 0 < less < FEWEST:
            return self.tr("{0} more B to go, or none at all.").format(FEWEST - less)
        return ""

    def _ready(self) -> str:
        if not self._session.marks.less:
            return self.tr("A is compared with random pictures. Mark some B for a sharper direction.")
        return self.tr("Ready: give it a name.")

    def _on_learn(self) -> None:
        if self.learn.isEnabled():
            self.learn_wanted.emit(self.name.text().strip(), self._keep)

    def _take_away(self, marked: Sequence[Recipe], key: int) -> None:
        recipe = marked[key]
        side = self._session.marks.side_of(recipe)
        if side is not None:
            self._session.marks.mark([recipe], side)

    def _choose_kept(self) -> None:
        known = self._session.directions.all
        if known is None:
            return
        own = [item.id for item in self._session.directions.own.directions]
        offered = [item for item in dict.fromkeys((*self._session.pinned.ids, *own)) if item in known]
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for direction in offered:
            action = menu.addAction(known[direction].name)
            action.setCheckable(True)
            action.setChecked(direction in self._keep)
            action.toggled.connect(lambda on, direction=direction: self._set_kept(direction, on))
        if not offered:
            menu.addAction(self.tr("No direction is in use")).setEnabled(False)
        menu.popup(self.keep.mapToGlobal(self.keep.rect().bottomLeft()))

    def _set_kept(self, direction: str, kept: bool) -> None:
        others = tuple(item for item in self._keep if item != direction)
        self._keep = (*others, direction) if kept else others
        self._show_kept()

    def _show_kept(self) -> None:
        known = self._session.directions.all
        names = [known[item].name for item in self._keep if known is not None and item in known]
        text = ", ".join(names) if len(names) < 3 else self.tr("{0} directions").format(len(names))
        self.keep.setText(self.tr("Keep fixed: {0}").format(text or self.tr("nothing")))
