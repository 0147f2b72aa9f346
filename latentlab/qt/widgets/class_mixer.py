"""Which classes a picture is of, and in what mixture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QApplication, QLabel, QListView, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size

from .chip_flow import ChipFlow
from .parameter_row import ParameterRow
from .search_field import SearchField

_MANY = 24
_SHOWN = 6

Mixture = tuple[tuple[int, float], ...]


class ClassMixer(QWidget):
    """Few classes are chips; many are a list to search. Two or more chosen classes get a weight each.

    Signals carry the mixture as ((class, weight), ...); weights are as dragged, not normalised.
    """

    changing = Signal(object)
    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._mixture: dict[int, float] = {}
        self._rows: dict[int, ParameterRow] = {}
        self._chips = ChipFlow(self)
        self._chips.setAccessibleName(self.tr("Classes"))
        self._chips.toggled.connect(self._on_chip)
        self._search = SearchField(self.tr("Search classes"), self)
        self._search.textChanged.connect(self._on_search)
        self._found = QStringListModel(self)
        self._found_classes: list[int] = []
        self._list = QListView(self)
        self._list.setModel(self._found)
        self._list.setProperty("plain", True)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setUniformItemSizes(True)
        self._list.setFixedHeight(_SHOWN * 21)
        self._list.setAccessibleName(self.tr("Classes found"))
        self._list.setToolTip(self.tr("Click to choose, Ctrl-click to mix"))
        self._list.activated.connect(self._on_listed)
        self._list.clicked.connect(self._on_listed)
        inner = QVBoxLayout()
        inner.setContentsMargins(Size.PADDING, 2, Size.PADDING, 4)
        inner.setSpacing(6)
        for widget in (self._chips, self._search, self._list):
            inner.addWidget(widget)
        self.between = ParameterRow("", lockable=False, randomisable=False, parent=self)
        self.between.changing.connect(self._on_between)
        self.between.changed.connect(lambda _: self.changed.emit(self.mixture()))
        self.hint = QLabel(self.tr("Ctrl-click another class to mix or to go from one to the other"), self)
        self.hint.setFont(font(TextRole.HINT))
        self.hint.setProperty("tone", "3")
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(Size.PADDING, 0, Size.PADDING, 4)
        self._weights = QVBoxLayout()
        self._weights.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(inner)
        layout.addWidget(self.hint)
        layout.addWidget(self.between)
        layout.addLayout(self._weights)

    def set_classes(self, names: Sequence[str]) -> None:
        """Names of all classes, in the model's order."""
        self._names = list(names)
        self._mixture = {}
        many = len(self._names) > _MANY
        self._chips.setVisible(not many)
        self._search.setVisible(many)
        self._list.setVisible(many)
        self._chips.set_texts([] if many else self._names)
        self._on_search(self._search.text())
        self._show_rows()

    def set_mixture(self, mixture: Sequence[tuple[int, float]]) -> None:
        """Show which classes are chosen; emits nothing."""
        self._mixture = dict(mixture)
        self._show_rows()

    def mixture(self) -> Mixture:
        return tuple(self._mixture.items())

    def _choose(self, index: int, *, add: bool) -> None:
        before = dict(self._mixture)
        if not add:
            self._mixture = {index: 1.0}
        elif index in self._mixture and len(self._mixture) > 1:
            del self._mixture[index]
        else:
            self._mixture.setdefault(index, 1.0)
        self._show_rows()
        if self._mixture != before:
            self.changing.emit(self.mixture())
            self.changed.emit(self.mixture())

    def _on_chip(self, index: int, add: bool) -> None:
        self._choose(index, add=add)

    def _on_search(self, text: str) -> None:
        words = text.casefold().split()
        self._found_classes = [
            index for index, name in enumerate(self._names) if all(word in name.casefold() for word in words)
        ]
        self._found.setStringList([self._names[index] for index in self._found_classes])

    def _on_listed(self, index: QModelIndex) -> None:
        self._choose(self._found_classes[index.row()], add=_mixing())

    def _show_rows(self) -> None:
        self._chips.set_chosen(list(self._mixture))
        self._show_between()
        wanted = list(self._mixture) if len(self._mixture) > 1 or self._search.isVisibleTo(self) else []
        for index in [index for index in self._rows if index not in wanted]:
            row = self._rows.pop(index)
            self._weights.removeWidget(row)
            row.hide()
            row.deleteLater()
        for index in wanted:
            if index not in self._rows:
                self._rows[index] = self._make_row(index)
                self._weights.addWidget(self._rows[index])
            self._rows[index].set_value(self._mixture[index])

    def _show_between(self) -> None:
        """Two classes: one slider from the first to the second."""
        pair = list(self._mixture.items())
        self.between.setVisible(len(pair) == 2)
        self.hint.setVisible(len(pair) == 1 and len(self._names) > 1)
        if len(pair) == 2:
            (first, here), (second, there) = pair
            self.between.set_label(self.tr("→ {0}").format(self._names[second]))
            self.between.setToolTip(
                self.tr("From all {0} to all {1}").format(self._names[first], self._names[second])
            )
            self.between.set_value(there / (here + there) if here + there > 0 else 0.0)

    def _on_between(self, share: float) -> None:
        first, second = self._mixture
        self._mixture = {first: round(1.0 - share, 4), second: share}
        for index, weight in self._mixture.items():
            if index in self._rows:
                self._rows[index].set_value(weight)
        self.changing.emit(self.mixture())

    def _make_row(self, index: int) -> ParameterRow:
        row = ParameterRow(self._names[index], default=1.0, lockable=False, randomisable=False, parent=self)
        row.set_action("close", self.tr("Take out of the mixture"))
        row.action_triggered.connect(lambda: self._choose(index, add=True))
        row.changing.connect(lambda value: self._on_weight(index, value))
        row.changed.connect(lambda _: self.changed.emit(self.mixture()))
        return row

    def _on_weight(self, index: int, value: float) -> None:
        self._mixture[index] = value
        self._show_between()
        self.changing.emit(self.mixture())


def _mixing() -> bool:
    keys = QApplication.keyboardModifiers()
    return bool(keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
