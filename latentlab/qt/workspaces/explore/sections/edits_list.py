"""The activation edits of a recipe: how strong, in which order, and which are muted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.latents import activation_edits as edits
from latentlab.latents.paths import edit_key
from latentlab.latents.recipe import ActivationEdit, Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.elided_label import ElidedLabel
from latentlab.qt.widgets.icon_button import IconButton
from latentlab.qt.widgets.parameter_row import ParameterRow


class EditsList(QWidget):
    """One entry for each edit, in the order in which they act."""

    shown = Signal(object)
    """ActivationEdit whose channels a person wants to see."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._entries: list[EditEntry] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the recipe's edits; entries stay as long as they stand for the same operation."""
        while len(self._entries) > len(recipe.edits):
            entry = self._entries.pop()
            self._layout.removeWidget(entry)
            entry.deleteLater()
        for place, edit in enumerate(recipe.edits):
            if place < len(self._entries) and self._entries[place].fits(edit):
                self._entries[place].show_edit(edit)
                continue
            if place < len(self._entries):
                old = self._entries.pop(place)
                self._layout.removeWidget(old)
                old.deleteLater()
            entry = self._made(edit, place)
            self._entries.insert(place, entry)
            self._layout.insertWidget(place, entry)
        for place, entry in enumerate(self._entries):
            entry.set_place(place, len(self._entries))
        self.setVisible(bool(self._entries))

    def entries(self) -> tuple[EditEntry, ...]:
        return tuple(self._entries)

    def _made(self, edit: ActivationEdit, place: int) -> EditEntry:
        entry = EditEntry(edit, self)
        editor = self._session.editor
        entry.set_place(place, place + 1)
        what = f"edits {edit_key(self._session.history.recipe.edits, place)}"
        entry.row.changing.connect(
            lambda value: editor.move(entry.name(), what, lambda r: self._with_amount(r, entry, value))
        )
        entry.row.changed.connect(
            lambda value: editor.done(entry.name(), what, lambda r: self._with_amount(r, entry, value))
        )
        entry.muted.connect(lambda muted: self._mute(entry, muted))
        entry.moved.connect(lambda by: self._move(entry, by))
        entry.removed.connect(lambda: self._remove(entry))
        entry.reseeded.connect(lambda: self._reseed(entry))
        entry.shown.connect(lambda: self.shown.emit(self._session.history.recipe.edits[entry.place]))
        return entry

    @staticmethod
    def _with_amount(recipe: Recipe, entry: EditEntry, value: float) -> Recipe:
        return edits.changed(recipe, entry.place, amount=value)

    def _apply(self, label: str, recipe: Recipe) -> None:
        self._session.editor.apply(label, recipe)

    def _mute(self, entry: EditEntry, muted: bool) -> None:
        label = self.tr("Mute {0}") if muted else self.tr("Unmute {0}")
        recipe = edits.changed(self._session.history.recipe, entry.place, muted=muted)
        self._apply(label.format(entry.name()), recipe)

    def _move(self, entry: EditEntry, by: int) -> None:
        recipe = edits.moved(self._session.history.recipe, entry.place, entry.place + by)
        self._apply(self.tr("Order of edits"), recipe)

    def _remove(self, entry: EditEntry) -> None:
        recipe = edits.removed(self._session.history.recipe, entry.place)
        self._apply(self.tr("Without {0}").format(entry.name()), recipe)

    def _reseed(self, entry: EditEntry) -> None:
        recipe = edits.changed(self._session.history.recipe, entry.place, seed=new_seed())
        self._apply(self.tr("Other noise"), recipe)


class EditEntry(QWidget):
    """Amount above; layer, channels and what can be done below."""

    muted = Signal(bool)
    moved = Signal(int)
    removed = Signal()
    reseeded = Signal()
    shown = Signal()

    def __init__(self, edit: ActivationEdit, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = 0
        self._edit = edit
        amount = edits.AMOUNTS[edit.operation]
        self.row = ParameterRow(
            self.tr(amount.name),
            limits=(amount.low, amount.high),
            default=amount.neutral,
            decimals=amount.decimals,
            step=amount.step,
            suffix=amount.unit,
            tooltip=self.tr(amount.meaning),
            lockable=False,
            randomisable=False,
        )
        self.row.set_action("close", self.tr("Remove this edit"))
        self.row.action_triggered.connect(self.removed)
        self._where = ElidedLabel()
        self._where.setFont(font(TextRole.HINT))
        self._where.setProperty("tone", "3")
        self._dice = IconButton("dice", self.tr("Other noise"), width=20, icon_size=13)
        self._dice.setVisible(edit.operation == "noise")
        self._show = IconButton("layers", self.tr("Show these channels"), width=20, icon_size=13)
        self._eye = IconButton("eye", self.tr("Mute"), checked_icon="eye-off", width=20, icon_size=13)
        self._eye.setCheckable(True)
        self._up = IconButton("chevron-up", self.tr("Earlier"), width=20, icon_size=13)
        self._down = IconButton("chevron-down", self.tr("Later"), width=20, icon_size=13)
        self._dice.clicked.connect(self.reseeded)
        self._show.clicked.connect(self.shown)
        self._eye.clicked.connect(lambda: self.muted.emit(self._eye.isChecked()))
        self._up.clicked.connect(lambda: self.moved.emit(-1))
        self._down.clicked.connect(lambda: self.moved.emit(1))
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 0, Size.PADDING - 2, 0)
        line.setSpacing(0)
        line.addWidget(self._where, 1)
        for button in (self._dice, self._show, self._eye, self._up, self._down):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addWidget(self.row)
        layout.addLayout(line)
        self.show_edit(edit)

    def name(self) -> str:
        """What the history calls it."""
        return f"{self.row.label()}, {self._edit.block}"

    def fits(self, edit: ActivationEdit) -> bool:
        """Whether this entry can show an edit: its slider has the range of one operation."""
        return edit.operation == self._edit.operation and edit.block == self._edit.block

    def show_edit(self, edit: ActivationEdit) -> None:
        self._edit = edit
        if edit.amount != self.row.value():
            self.row.set_value(edit.amount)
        channels = edits.channels_in_words(edit.channels)
        where = self.tr("all channels") if not channels else self.tr("channels {0}").format(channels)
        text = self.tr("{0}, {1}").format(edit.block, where)
        self._where.setText(self.tr("{0} – muted").format(text) if edit.muted else text)
        self._eye.setChecked(edit.muted)
        self.row.setEnabled(not edit.muted)

    def set_place(self, place: int, count: int) -> None:
        """Which edit of how many."""
        self.place = place
        self._up.setEnabled(place > 0)
        self._down.setEnabled(place + 1 < count)
