"""Everything a person can do by key, menu or palette, listed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

_CONTEXT = "Actions"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing to do."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    needs_model: bool = True
    repeats: bool = False
    """Holding the key does it again and again."""


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def specs() -> tuple[ActionSpec, ...]:
    """All actions in the order of the shortcut list."""
    file, edit, picture, view = _tr("File"), _tr("Edit"), _tr("Picture"), _tr("View")
    tabs = _tr("Tabs")
    fixed = (
        ActionSpec("open", _tr("Open a model, picture or session"), ("Ctrl+O",), file, needs_model=False),
        ActionSpec("browse_models", _tr("Browse models"), ("Ctrl+Shift+O",), file, needs_model=False),
        ActionSpec("favourite_model", _tr("Add this model to the favourite models, or remove it"), (), file),
        ActionSpec("save_session", _tr("Save the session as a file"), ("Ctrl+S",), file),
        ActionSpec("export", _tr("Export: picture, many, sheet, latents"), ("Ctrl+E",), file),
        ActionSpec("model_card", _tr("About this model"), ("Ctrl+I",), file),
        ActionSpec("readings", _tr("Other ways to read this file"), (), file),
        ActionSpec("settings", _tr("Settings"), ("Ctrl+,",), file, needs_model=False),
        ActionSpec("quit", _tr("Quit"), ("Ctrl+Q",), file, needs_model=False),
        ActionSpec("undo", _tr("Undo"), ("Ctrl+Z",), edit, repeats=True),
        ActionSpec("redo", _tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), edit, repeats=True),
        ActionSpec("copy_recipe", _tr("Copy the recipe"), ("Ctrl+C",), edit),
        ActionSpec("copy_picture", _tr("Copy the picture"), ("Ctrl+Shift+C",), edit),
        ActionSpec("copy_python", _tr("Copy as Python"), ("Ctrl+Alt+C",), edit),
        ActionSpec("paste_recipe", _tr("Paste a recipe"), ("Ctrl+V",), edit),
        ActionSpec("reset_all", _tr("Reset everything but the seed"), ("Ctrl+Backspace",), edit),
        ActionSpec("start_afresh", _tr("Start afresh, with the first picture"), ("Ctrl+N",), edit),
        ActionSpec("previous_seed", _tr("Previous seed"), ("Left",), picture, repeats=True),
        ActionSpec("next_seed", _tr("Next seed"), ("Right",), picture, repeats=True),
        ActionSpec("randomise", _tr("Randomise, except what is locked"), ("R",), picture),
        ActionSpec("nearby", _tr("A picture nearby"), ("Shift+R",), picture),
        ActionSpec("favourite", _tr("Favourite"), ("F",), picture),
        ActionSpec("mark_a", _tr("Mark A, to learn a direction"), ("A",), picture),
        ActionSpec("mark_b", _tr("Mark B, its opposite"), ("B",), picture),
        ActionSpec("parent", _tr("Use as parent"), ("P",), picture),
        ActionSpec("new_tab", _tr("This picture in another tab"), ("Ctrl+T",), tabs),
        ActionSpec("close_tab", _tr("Close the tab"), ("Ctrl+W",), tabs),
        ActionSpec("reopen_tab", _tr("Bring back the closed tab"), ("Ctrl+Shift+T",), tabs),
        ActionSpec("next_tab", _tr("Next tab"), ("Ctrl+Tab", "Ctrl+PgDown"), tabs),
        ActionSpec("previous_tab", _tr("Previous tab"), ("Ctrl+Shift+Tab", "Ctrl+PgUp"), tabs),
        ActionSpec("rename_tab", _tr("Name the tab"), ("F2",), tabs),
        ActionSpec("wipe", _tr("Wipe between two pictures"), ("W",), view),
        ActionSpec("difference", _tr("Difference of two pictures"), ("D",), view),
        ActionSpec("theatre", _tr("Theatre: this picture through checkpoints or models"), ("T",), view),
        ActionSpec("features", _tr("Feature maps of a layer"), ("L",), view),
        ActionSpec("gallery", _tr("Gallery of seeds"), ("G",), view),
        ActionSpec("breed", _tr("Breed"), ("Shift+B",), view),
        ActionSpec("fit", _tr("Fit the picture"), ("0",), view, needs_model=False),
        ActionSpec(
            "one_to_one", _tr("One picture pixel per screen pixel"), ("Ctrl+0",), view, needs_model=False
        ),
        ActionSpec("full_screen", _tr("Full screen, the picture alone"), ("F11",), view, needs_model=False),
        ActionSpec(
            "palette", _tr("Search actions, models, directions"), ("Ctrl+K",), view, needs_model=False
        ),
        ActionSpec("shortcuts", _tr("Keyboard shortcuts"), ("?",), view, needs_model=False),
        ActionSpec("glossary", _tr("Glossary: what every term means"), ("F1",), view, needs_model=False),
        ActionSpec("tour", _tr("The tour: three minutes through LatentLab"), (), view, needs_model=False),
    )
    recall = (
        ActionSpec(f"recall_{slot}", _tr("Recall snapshot {0}").format(slot), (str(slot),), picture)
        for slot in range(1, 10)
    )
    store = (
        ActionSpec(f"store_{slot}", _tr("Store snapshot {0}").format(slot), (f"Ctrl+{slot}",), picture)
        for slot in range(1, 10)
    )
    return (*fixed, *recall, *store)


def held_keys() -> tuple[tuple[str, str], ...]:
    """Keys that no action has, for the list of shortcuts: key, what it does."""
    return (
        ("\\", _tr("While held: the picture before any edit")),
        ("Tab", _tr("Hide or show the panels")),
        ("Shift+Tab", _tr("Move through the panels by keyboard")),
    )


class Actions(QObject):
    """The QActions of one window, by id."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs()}
        self._actions = {spec.id: self._made(spec) for spec in self._specs.values()}
        self.set_model_open(False)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def spec(self, name: str) -> ActionSpec:
        return self._specs[name]

    def by_group(self) -> dict[str, list[ActionSpec]]:
        """Specs by the heading that they stand under."""
        groups: dict[str, list[ActionSpec]] = {}
        for spec in self._specs.values():
            groups.setdefault(spec.group, []).append(spec)
        return groups

    def set_model_open(self, is_open: bool) -> None:
        """Without a model there is little to do."""
        for name, spec in self._specs.items():
            if spec.needs_model:
                self._actions[name].setEnabled(is_open)

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(spec.repeats)
        return action
