"""The menu behind the model's name: what ships with LatentLab, what was open before, and the way to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.formats.bundled import bundled_models
from latentlab.qt.session import model_shelf
from latentlab.qt.session.recents import Recent, recents
from latentlab.qt.theme.icons import icon
from latentlab.qt.threads.jobs import JobThread


@dataclass(frozen=True, slots=True, eq=False)
class ModelChoice:
    """A model that can be opened by name."""

    path: Path
    name: str
    detail: str
    picture: QImage


class ModelMenu(QObject):
    """Reads the lists in the job thread; `choices` has what it found last."""

    chosen = Signal(object)
    """Path of a model."""

    def __init__(self, jobs: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._window = window
        self.bundled: tuple[ModelChoice, ...] = ()
        self.recent: tuple[ModelChoice, ...] = ()
        self.favourite: tuple[ModelChoice, ...] = ()

    def all(self) -> tuple[ModelChoice, ...]:
        """Every model that is known by name, favourites first, each once."""
        by_path = {item.path: item for item in (*self.recent, *self.bundled, *self.favourite)}
        first = [item.path for item in self.favourite]
        return tuple(by_path[path] for path in dict.fromkeys([*first, *by_path]))

    def refresh(self, then: Callable[[], None] = lambda: None) -> None:
        """Look again at what there is."""

        def found(choices: tuple[tuple[ModelChoice, ...], ...]) -> None:
            self.favourite, self.bundled, self.recent = choices
            then()

        self._jobs.submit(_found, found)

    def popup(self, position: QPoint, actions: list[QAction]) -> None:
        """Show the menu; `actions` stand below the models."""
        self.refresh(lambda: self._show(position, actions))

    def _show(self, position: QPoint, actions: list[QAction]) -> None:
        menu = QMenu(self._window)
        groups = (
            (self.tr("Favourites"), self.favourite),
            (self.tr("Bundled"), self.bundled),
            (self.tr("Recent"), self.recent),
        )
        for title, choices in groups:
            if choices:
                menu.addSection(title)
            for choice in choices:
                action = menu.addAction(_icon(choice.picture), f"{choice.name}\t{choice.detail}")
                action.triggered.connect(lambda _=False, choice=choice: self.chosen.emit(choice.path))
        menu.addSeparator()
        menu.addActions(actions)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)


def _icon(picture: QImage) -> QIcon:
    return icon("model") if picture.isNull() else QIcon(QPixmap.fromImage(picture))


def _found() -> tuple[tuple[ModelChoice, ...], ...]:
    known = {Path(recent.path): recent for recent in recents()}
    bundled = bundled_models()
    favourites = [Path(path) for path in model_shelf.read().favourites if Path(path).is_file()]
    return (
        tuple(_choice(path, known.get(path)) for path in favourites),
        tuple(_choice(path, known.get(path)) for path in bundled),
        tuple(_choice(path, recent) for path, recent in known.items() if path not in bundled),
    )


def _choice(path: Path, recent: Recent | None) -> ModelChoice:
    if recent is None:
        return ModelChoice(path, path.stem.replace("_", " ").capitalize(), "", QImage())
    detail = f"{recent.family}, {recent.resolution} px" if recent.resolution else recent.family
    return ModelChoice(path, recent.name, detail, QImage(str(recent.picture)))
