"""Renders named screens with no display, for the documentation: the real window, driven as a person would."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from latentlab.errors import CheckpointError, ExportError, RenderError
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.app import create_application
from latentlab.qt.failure import explain
from latentlab.qt.main_window import MainWindow
from latentlab.qt.settings import SettingsStore
from latentlab.qt.theme.appearance import Appearance, apply_theme
from latentlab.qt.theme.motion import set_reduced_motion
from latentlab.qt.widgets.crossing_places import CellPlace
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.sections.directions_section import LEARNED
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace

_PATIENCE_S = 300.0


def screenshot(
    name: str,
    out: str | Path,
    size: tuple[int, int],
    model: str | None = None,
    shown: str | Path | None = None,
) -> None:
    """Draw a screen and save it as PNG.

    Args:
        name: one of `screen_names()`.
        size: of the window, in pixels.
        model: a file to open in place of the bundled model.
        shown: the folder of a run for Train, of a result for Diagnose.

    Raises:
        RenderError: there is no such screen, or the model did not show a picture.
        ExportError: the file cannot be written.
    """
    if name not in _SCREENS:
        raise RenderError(f"There is no screen {name!r}: choose one of {', '.join(screen_names())}.")
    app = create_application()
    apply_theme(app, Appearance.DARK)
    set_reduced_motion(True)
    window = MainWindow(SettingsStore())
    window.resize(QSize(*size))
    window.show()
    try:
        window.start(model)
        screen = _Screen(window, None if shown is None else Path(shown).resolve())
        screen.wait_for_picture()
        _SCREENS[name](screen)
        picture = screen.grab()
    finally:
        window.close()
    if not picture.save(str(out), "PNG"):  # type: ignore[call-overload]
        raise ExportError(f"{out} cannot be written: save it somewhere else.")


def screen_names() -> tuple[str, ...]:
    """All screens."""
    return tuple(_SCREENS)


class _Screen:
    """The window and what a person does with it."""

    def __init__(self, window: MainWindow, shown: Path | None) -> None:
        self.window = window
        self.shown = shown

    @property
    def explore(self) -> ExploreWorkspace:
        workspace = self.window.workspace
        assert isinstance(workspace, ExploreWorkspace)
        return workspace

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not condition():
            if self.window.banner.isVisible():
                raise RenderError(f"While waiting for {what}: {self.window.banner.cause()}")
            if time.monotonic() > end:
                raise RenderError(f"{what} did not come within {_PATIENCE_S:.0f} s: try a smaller model.")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def wait_for_picture(self) -> None:
        self.wait_until(self._is_shown, "a picture")

    def wait_for_all_pictures(self) -> None:
        """Also those of directions, layers and history."""
        self.wait_for_picture()
        self.wait_until(lambda: self.explore.pictures_complete, "the pictures of the sections")

    def later(self, name: str) -> QWidget:
        """A workspace that is made when it is first shown."""
        self.wait_for_picture()
        self.window.show_workspace(name)
        later = self.window.workspaces[name]
        assert isinstance(later, LaterWorkspace)
        return later.made()

    def _is_shown(self) -> bool:
        session, shown = self.window.studio.session, self.window.studio.last_shown
        if session is None or shown is None:
            return False
        return not shown.frame.is_preview and shown.frame.recipe == session.history.recipe

    def do(self, action: str) -> None:
        self.window.actions_[action].trigger()
        self.wait_for_picture()

    def drag(self, widget: QWidget, start: float, end: float) -> None:
        middle = widget.height() // 2
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(start), middle))
        for step in range(1, 9):
            QTest.mouseMove(widget, QPoint(round(start + (end - start) * step / 8), middle))
            QCoreApplication.processEvents()
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(end), middle))
        self.wait_for_picture()

    def grab(self) -> QImage:
        """The window with whatever lies over it."""
        QCoreApplication.processEvents()
        picture = self.window.grab().toImage()
        painter = QPainter(picture)
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                centre = self.window.rect().center() - widget.rect().center()
                painter.drawPixmap(centre, widget.grab())
        painter.end()
        return picture


def _explore(screen: _Screen) -> None:
    """A session with some history."""
    screen.wait_for_all_pictures()
    session = screen.window.studio.session
    assert session is not None
    sections, can = screen.explore.sections, session.model.capabilities
    if can.z_dim:
        for seed in (4, 17, 23, 11):
            sections.latent.seed.field.edit(seed)
            screen.wait_for_picture()
        screen.do("favourite")
        screen.do("undo")
        sections.latent.seed.field.edit(40)
        screen.wait_for_picture()
        screen.do("store_1")
    if can.has_truncation and can.num_codes:
        slider = sections.diversity.psi.slider
        screen.drag(slider, slider.x_of(slider.value()), slider.x_of(0.85))
    for row, value in zip(list(sections.directions.rows.values())[:2], (0.62, -1.1), strict=False):
        screen.drag(row.strip, row.strip.x_of(row.value()), row.strip.x_of(value))
    screen.do("favourite")
    screen.wait_for_all_pictures()


def _mix(screen: _Screen) -> None:
    """Crossings with one kept."""
    screen.wait_for_picture()
    screen.window.show_workspace("mix")
    mix = screen.window.workspace
    assert isinstance(mix, MixWorkspace)
    screen.wait_until(lambda: mix.arrangement.is_complete, "the crossings")
    if mix.arrangement.ready:
        mix.grid.kept.emit(CellPlace(1, 3))
        screen.wait_until(lambda: mix.arrangement.is_complete and mix.is_measured, "what each layer does")


def _train(screen: _Screen) -> None:
    """A run, as far as it is."""
    from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace

    train = screen.later("train")
    assert isinstance(train, TrainWorkspace)
    if screen.shown is not None:
        train.open_run(screen.shown)
        screen.wait_until(lambda: train.run.caught_up and not train.run.in_outline, "the run")
        screen.wait_until(lambda: train.samples.is_complete, "its samples")


def _train_new(screen: _Screen) -> None:
    """What can be trained."""
    from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace

    train = screen.later("train")
    assert isinstance(train, TrainWorkspace)
    train.new_run()
    screen.wait_until(lambda: bool(train.catalogue.presets), "the presets")


def _diagnose(screen: _Screen) -> None:
    """What was found."""
    from latentlab.qt.workspaces.diagnose.diagnose_workspace import DiagnoseWorkspace

    diagnose = screen.later("diagnose")
    assert isinstance(diagnose, DiagnoseWorkspace)
    if screen.shown is not None:
        diagnose.open_result(screen.shown)
        screen.wait_until(lambda: diagnose.result.views is not None, "the result")


def _export(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.actions_["export"].trigger()


def _directions(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.explore.sections.directions.show_catalogue()


def _open(screen: _Screen) -> None:
    session = screen.window.studio.session
    assert session is not None
    screen.window.opening_view.progress.start(screen.window.tr("Opening {0}").format(session.model.card.name))
    screen.window.opening_view.progress.set_progress(0.4, screen.window.tr("Reading weights"))


def _error(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    error = CheckpointError("network.pkl is damaged at byte 1 048 576: download or copy it again.")
    screen.window.show_failure(explain(error), lambda: None)


def _shortcuts(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.dialogs.show_shortcuts()


def _card(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.dialogs.show_card()


def _settings(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.dialogs.show_settings()


def _palette(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.actions_["palette"].trigger()


def _glossary(screen: _Screen) -> None:
    screen.wait_for_picture()
    screen.window.help.show_glossary("coverage")


def _tour(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.tour.start()


def _theatre(screen: _Screen) -> None:
    """The checkpoints of the run that the model belongs to, or the model alone."""
    screen.wait_for_all_pictures()
    theatre = screen.explore.theatre
    theatre.toggle()
    screen.wait_until(lambda: theatre.is_open and theatre.is_complete, "every act")
    theatre.choose(0)
    screen.window.actions_["wipe"].trigger()
    screen.wait_until(lambda: theatre.is_complete, "the first act")


def _nearby(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    variations = screen.explore.pane.variations
    screen.explore.pane.tools.grid.click()
    screen.wait_until(variations.is_complete, "the grid of pictures")


def _gallery(screen: _Screen) -> None:
    screen.wait_for_all_pictures()
    screen.window.actions_["gallery"].trigger()
    screen.wait_until(screen.explore.pages.gallery.is_complete, "the gallery")


def _breed(screen: _Screen) -> None:
    """Two parents and their children."""
    screen.wait_for_all_pictures()
    session = screen.window.studio.session
    assert session is not None
    session.brood.set_parents([Recipe(SeedSource(3)), Recipe(SeedSource(8))])
    screen.window.actions_["breed"].trigger()
    page = screen.explore.pages.breed
    page.ask()
    screen.wait_until(page.is_complete, "the children")


def _learned(screen: _Screen) -> None:
    """A direction learned from six pictures."""
    screen.wait_for_all_pictures()
    session, section = screen.window.studio.session, screen.explore.sections.directions
    assert session is not None
    section.show_catalogue(LEARNED)
    session.marks.mark([Recipe(SeedSource(seed)) for seed in (2, 6, 8)], "A")
    session.marks.mark([Recipe(SeedSource(seed)) for seed in (3, 7, 11)], "B")
    QTest.keyClicks(section.teach.name, screen.window.tr("Daylight"))
    section.teach.learn.click()
    screen.wait_until(section.teach.overlaps.isVisible, "what the direction changes")
    screen.wait_for_all_pictures()


_SCREENS: dict[str, Callable[[_Screen], None]] = {
    "explore": _explore,
    "mix": _mix,
    "train": _train,
    "train-new": _train_new,
    "diagnose": _diagnose,
    "export": _export,
    "explore-directions": _directions,
    "explore-nearby": _nearby,
    "explore-gallery": _gallery,
    "explore-breed": _breed,
    "explore-learned": _learned,
    "open": _open,
    "card": _card,
    "settings": _settings,
    "shortcuts": _shortcuts,
    "glossary": _glossary,
    "tour": _tour,
    "explore-theatre": _theatre,
    "palette": _palette,
    "error": _error,
}
