"""The raw numbers of z, a page at a time, found by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.search_field import SearchField

if TYPE_CHECKING:
    from .recipe_section import RecipeSection

ROWS = 6
_LIMITS = (-4.0, 4.0)


class ComponentsList(QWidget):
    """Folded until asked for. A number that was set replaces what the source drew."""

    unfolded = Signal()
    """The drawn numbers are wanted (`set_drawn`)."""

    def __init__(self, section: RecipeSection) -> None:
        super().__init__(section)
        self._session = section.session
        self._count = self._session.model.capabilities.z_dim
        self._drawn: tuple[float, ...] = ()
        self._matches = list(range(self._count))
        self._first = 0
        self._head = Button(self.tr("Raw numbers"), icon_name="chevron-right", role="quiet", small=True)
        self._head.setToolTip(self.tr("Components of z, one by one"))
        self._head.setCheckable(True)
        self._head.toggled.connect(self._on_folded)
        self._search = SearchField(self.tr("Number, range 0-15, or “changed”"))
        self._search.textChanged.connect(self._on_searched)
        self._place = QLabel()
        self._place.setFont(font(TextRole.HINT))
        self._place.setProperty("tone", "3")
        self._earlier = IconButton("chevron-left", self.tr("Earlier numbers"))
        self._later = IconButton("chevron-right", self.tr("Later numbers"))
        self._earlier.clicked.connect(lambda: self._turn(-ROWS))
        self._later.clicked.connect(lambda: self._turn(ROWS))
        self._rows = [self._made_row(place) for place in range(ROWS)]
        self._lay_out()

    def _made_row(self, place: int) -> ParameterRow:
        row = ParameterRow("", limits=_LIMITS, lockable=False, randomisable=False)
        row.slider.set_origin(0.0)
        row.changing.connect(lambda value: self._edit(place, value, done=False))
        row.changed.connect(lambda value: self._edit(place, value, done=True))
        row.set_action("close", self.tr("Back to what the seed draws"))
        row.action_triggered.connect(lambda: self._release(place))
        return row

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING - 8, 2, Size.PADDING, 2)
        head.addWidget(self._head)
        head.addStretch(1)
        self._body = QWidget()
        tools = QHBoxLayout()
        tools.setContentsMargins(Size.PADDING, 0, Size.PADDING - 4, 4)
        tools.setSpacing(4)
        for widget, stretch in ((self._search, 1), (self._place, 0), (self._earlier, 0), (self._later, 0)):
            tools.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addLayout(tools)
        for row in self._rows:
            body.addWidget(row)
        self._body.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._body)

    def is_unfolded(self) -> bool:
        return self._head.isChecked()

    def set_drawn(self, values: tuple[float, ...]) -> None:
        """What the source draws, before any number is set by hand."""
        self._drawn = values
        self._show_page()

    def show_recipe(self, recipe: Recipe) -> None:
        changed = len(recipe.components)
        name = self.tr("Raw numbers")
        self._head.setText(self.tr("{0}, {1} set").format(name, changed) if changed else name)
        if self.is_unfolded():
            if self._search.text() == self.tr("changed"):
                self._on_searched(self._search.text())
            self._show_page()

    def search(self, text: str) -> None:
        """Unfold and look for numbers."""
        self._head.setChecked(True)
        self._search.setText(text)

    def visible_rows(self) -> list[ParameterRow]:
        """The rows of the page."""
        return [row for row in self._rows if row.isVisibleTo(self)]

    def _on_folded(self, unfolded: bool) -> None:
        self._head.setIcon(Button("", icon_name="chevron-down" if unfolded else "chevron-right").icon())
        self._body.setVisible(unfolded)
        if unfolded:
            self._show_page()
            self.unfolded.emit()

    def _on_searched(self, text: str) -> None:
        self._matches = _matching(text.strip(), self._count, self._changed(), self.tr("changed"))
        self._first = 0
        self._show_page()

    def _changed(self) -> list[int]:
        return sorted(component.index for component in self._session.history.recipe.components)

    def _turn(self, by: int) -> None:
        self._first = min(max(self._first + by, 0), max(len(self._matches) - 1, 0) // ROWS * ROWS)
        self._show_page()

    def _page(self) -> list[int]:
        return self._matches[self._first : self._first + ROWS]

    def _show_page(self) -> None:
        recipe = self._session.history.recipe
        page = self._page()
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(page))
            if place >= len(page):
                continue
            index = page[place]
            drawn = self._drawn[index] if index < len(self._drawn) else 0.0
            value = paths.get(recipe, _path(index))
            row.set_label(f"z {index}")
            row.set_default(drawn)
            row.set_value(float(value) if value is not None else drawn)
        last = min(self._first + ROWS, len(self._matches))
        shown = f"{self._first + 1}–{last}" if last else "0"
        self._place.setText(self.tr("{0} of {1}").format(shown, len(self._matches)))
        self._earlier.setEnabled(self._first > 0)
        self._later.setEnabled(last < len(self._matches))

    def _edit(self, place: int, value: float, *, done: bool) -> None:
        path = _path(self._page()[place])
        act = self._session.editor.done if done else self._session.editor.move
        act(self._rows[place].label(), path, lambda recipe: paths.with_value(recipe, path, value))

    def _release(self, place: int) -> None:
        index = self._page()[place]
        self._session.editor.apply(
            self.tr("z {0} as drawn").format(index),
            paths.with_value(self._session.history.recipe, _path(index), None),
        )


def _path(index: int) -> str:
    return f"components[{index}].value"


def _matching(text: str, count: int, changed: list[int], changed_word: str) -> list[int]:
    """Which numbers a search means: all, one, a range, those that begin so, or those that were set."""
    if not text:
        return list(range(count))
    if text.lower() == changed_word:
        return changed
    first, dash, last = text.partition("-")
    if dash and first.strip().isdecimal() and last.strip().isdecimal():
        return list(range(int(first), min(int(last) + 1, count)))
    if not text.isdecimal():
        return []
    exact = [int(text)] if int(text) < count else []
    return exact + [index for index in range(count) if str(index).startswith(text) and index not in exact]
