"""A form of hyper-parameters made from their schema: searched, grouped, checked as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from latentlab.qt.glossary import explain
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import parse_number
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.combo_box import ComboBox
from latentlab.qt.widgets.search_field import SearchField
from latentlab.runs.hyper_parameters import HyperParameter, value_at


class HyperForm(QWidget):
    """Edits a configuration; what was typed and is sound is in `changes`."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(self.tr("Search settings"))
        self.search.textChanged.connect(self._on_search)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(Size.PADDING, 4, Size.PADDING, Size.PADDING)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(area, 1)
        self._fields: dict[str, _Field] = {}
        self._heads: list[tuple[QLabel, list[str]]] = []

    @property
    def changes(self) -> dict[str, Any]:
        """Settings that differ from what was shown first, by path."""
        return {
            path: field.value for path, field in self._fields.items() if not field.fault and field.differs
        }

    @property
    def faults(self) -> dict[str, str]:
        """Why a setting may not be as it is typed, by path."""
        return {path: field.fault for path, field in self._fields.items() if field.fault}

    def name(self, path: str) -> str:
        """What a setting is called."""
        return self._fields[path].parameter.name

    def field(self, path: str) -> QWidget:
        """What edits one setting."""
        return self._fields[path].widget

    def change(self, path: str, value: Any) -> None:
        """Change a setting as a hand would; nothing happens where there is no such setting."""
        if path in self._fields:
            self._fields[path].put(value)

    def show_settings(self, parameters: tuple[HyperParameter, ...], config: Mapping[str, Any]) -> None:
        """Show a configuration; everything typed before is gone."""
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._fields, self._heads = {}, []
        groups: dict[str, list[HyperParameter]] = {}
        for one in parameters:
            groups.setdefault(one.group, []).append(one)
        row = 0
        for group, members in sorted(groups.items(), key=_asked_last):
            head = QLabel(group)
            head.setFont(font(TextRole.TITLE))
            explain(head, f"group/{group}")
            self._grid.addWidget(head, row, 0, 1, 3)
            self._heads.append((head, [one.path for one in members]))
            row += 1
            for one in members:
                self._fields[one.path] = field = _Field(one, value_at(config, one.path), self._on_edited)
                for column, widget in enumerate(field.widgets):
                    self._grid.addWidget(widget, row, column)
                row += 1
        self._grid.setRowStretch(row, 1)
        self._on_search(self.search.text())

    def _on_edited(self) -> None:
        self.edited.emit()

    def _on_search(self, text: str) -> None:
        words = text.casefold().split()
        for field in self._fields.values():
            about = f"{field.parameter.path} {field.parameter.name} {field.parameter.sentence}".casefold()
            field.set_shown(all(word in about for word in words))
        for head, paths in self._heads:
            head.setVisible(any(self._fields[path].shown for path in paths))


class _Field:
    """A label, what edits the value, and its unit or what is wrong."""

    def __init__(self, parameter: HyperParameter, value: Any, edited: Callable[[], None]) -> None:
        self.parameter = parameter
        self.value = self._first = value
        self.fault = ""
        self.shown = True
        self._edited = edited
        self.widget = self._make_widget(value)
        self._label = QLabel(parameter.name)
        self._note = QLabel(parameter.unit)
        self._note.setMinimumWidth(110)
        for widget in (self._label, self.widget):
            explain(widget, parameter.path, f"{parameter.sentence}\n{parameter.path}")
        self.widget.setAccessibleName(parameter.name)
        self._show_state()

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self._label, self.widget, self._note

    @property
    def differs(self) -> bool:
        return bool(self.value != self._first)

    def set_shown(self, shown: bool) -> None:
        self.shown = shown
        for widget in self.widgets:
            widget.setVisible(shown)

    def put(self, value: Any) -> None:
        """Show another value and take it."""
        if isinstance(self.widget, QCheckBox):
            self.widget.setChecked(bool(value))
        elif isinstance(self.widget, ComboBox):
            self.widget.setCurrentText(str(value))
        elif isinstance(self.widget, QLineEdit):
            self.widget.setText(_shown(value))
            self._take_text(_shown(value))

    def _make_widget(self, value: Any) -> QWidget:
        kind = self.parameter.kind
        if kind == "switch":
            box = QCheckBox()
            box.setChecked(bool(value))
            box.toggled.connect(self._take)
            return box
        if kind == "choice":
            combo = ComboBox()
            combo.addItems(list(self.parameter.choices))
            combo.setCurrentText(str(value))
            combo.currentTextChanged.connect(self._take)
            return combo
        line = QLineEdit(_shown(value))
        line.textEdited.connect(self._take_text)
        return line

    def _take_text(self, text: str) -> None:
        if self.parameter.kind == "text":
            self._take(text)
            return
        try:
            number = parse_number(text)
        except ValueError:
            self.fault = "a number"
        else:
            whole = self.parameter.kind == "whole" and number == int(number)
            self._take(int(number) if whole else number)
            return
        self._show_state()
        self._edited()

    def _take(self, value: Any) -> None:
        self.value = value
        self.fault = self.parameter.fault(value)
        self._show_state()
        self._edited()

    def _show_state(self) -> None:
        self._label.setText(("• " if self.differs else "") + self.parameter.name)
        self._note.setText(self.fault or self.parameter.unit)
        tone = "error" if self.fault else "3"
        for widget, name, value in (
            (self._note, "tone", tone),
            (self._label, "tone", "2"),
            (self.widget, "invalid", bool(self.fault)),
        ):
            widget.setProperty(name, value)
            widget.style().unpolish(widget)
            widget.style().polish(widget)


def _asked_last(group: tuple[str, list[HyperParameter]]) -> bool:
    """How long a run is comes first; all else stays in its order."""
    return all(one.path != "loop.steps" for one in group[1])


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
