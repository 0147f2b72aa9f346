"""The frame of the window: sections, rail, bars, banner, progress."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.theme.motion import set_reduced_motion
from latentlab.qt.widgets.banner import Banner
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.progress_overlay import ProgressOverlay
from latentlab.qt.widgets.rail import Rail
from latentlab.qt.widgets.section import Section
from latentlab.qt.widgets.status_line import StatusItem, StatusLine
from latentlab.qt.widgets.top_bar import TopBar
from latentlab.qt.widgets.value_control import ValueControl
from tests.qt.gallery_pages import explore_page

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def section(qtbot: QtBot) -> Section:
    section = Section("Latent", "W+")
    section.add(ParameterRow("Nearby"))
    qtbot.addWidget(section)
    section.resize(340, 100)
    section.show()
    return section


def header(section: Section) -> QAbstractButton:
    return next(b for b in section.findChildren(QAbstractButton) if b.accessibleName() == section.title())


def test_a_click_folds_a_section(qtbot: QtBot, section: Section) -> None:
    row = section.findChild(ParameterRow)
    with qtbot.waitSignal(section.toggled) as got:
        qtbot.mouseClick(header(section), LEFT)
    assert got.args == [False]
    assert not row.isVisible()
    qtbot.keyClick(header(section), Qt.Key.Key_Right)
    assert row.isVisible()


def test_folding_moves_unless_motion_is_reduced(qtbot: QtBot, section: Section) -> None:
    row = section.findChild(ParameterRow)
    set_reduced_motion(False)
    try:
        qtbot.mouseClick(header(section), LEFT)
        assert row.isVisible()
        qtbot.waitUntil(lambda: not row.isVisible())
    finally:
        set_reduced_motion(True)


def test_a_section_that_does_not_apply_stays_folded(qtbot: QtBot, section: Section) -> None:
    with qtbot.assertNotEmitted(section.toggled):
        section.set_available(False, "this model has none")
    qtbot.mouseClick(header(section), LEFT)
    assert not section.is_expanded()


def test_scrolling_the_inspector_does_not_shift_it(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.resize(340, 300)
    inspector.show()
    first = Section("One")
    inspector.add_section(first)
    qtbot.waitUntil(first.isVisible)
    width = first.width()
    for index in range(30):
        inspector.add_section(Section(f"Section {index}"))
    qtbot.waitUntil(lambda: inspector.verticalScrollBar().maximum() > 0)
    assert first.width() == width == 340


def test_the_rail_reports_choices_and_shows_silently(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    for name in ("explore", "mix"):
        rail.add_item(name, name, name.capitalize())
    rail.add_foot("help", "help", "Keys", "?")
    rail.show()
    with qtbot.assertNotEmitted(rail.chosen):
        rail.set_current("explore")
    buttons = {
        button.text() or button.accessibleName(): button for button in rail.findChildren(QAbstractButton)
    }
    with qtbot.waitSignal(rail.chosen) as got:
        qtbot.mouseClick(buttons["Mix"], LEFT)
    assert got.args == ["mix"]
    assert not buttons["Explore"].isChecked()
    with qtbot.waitSignal(rail.triggered) as got:
        qtbot.mouseClick(buttons["Keys"], LEFT)
    assert got.args == ["help"]
    assert "?" in buttons["Keys"].toolTip()


def test_the_top_bar_names_the_model(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.resize(1000, bar.height())
    bar.set_model("Hills", ["StyleGAN2", "512 px"])
    bar.show()
    assert bar.model.text() == "Hills"
    with qtbot.waitSignal(bar.model_clicked):
        qtbot.mouseClick(bar.model, LEFT)
    with qtbot.waitSignal(bar.search_opened):
        qtbot.mouseClick(bar.search, LEFT)


def test_canvas_tools_ask_and_show(qtbot: QtBot) -> None:
    tools = CanvasTools()
    qtbot.addWidget(tools)
    tools.show()
    wide, tall = tools.width(), tools.height()
    tools.set_vertical(True)
    assert tools.height() > tools.width()
    assert wide > tall
    fit = next(b for b in tools.findChildren(QAbstractButton) if b.accessibleName() == "Fit")
    tools.set_view(1.25, True)
    assert fit.isChecked()
    with qtbot.waitSignal(tools.fit_requested):
        qtbot.mouseClick(fit, LEFT)
    tools.set_view(2.0, False)
    assert not fit.isChecked()


def test_a_banner_gives_cause_remedy_details_and_retry(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    assert not banner.isVisible()
    banner.show_problem("The file ends too early", "Download it again", details="trace", can_retry=True)
    texts = [label.text() for label in banner.findChildren(QLabel)]
    assert texts == ["The file ends too early", "Download it again"]
    details = banner.findChild(QPlainTextEdit)
    assert not details.isVisible()
    buttons = {button.text(): button for button in banner.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Details"], LEFT)
    assert details.isVisible()
    assert details.toPlainText() == "trace"
    with qtbot.waitSignal(banner.retry_requested):
        qtbot.mouseClick(buttons["Retry"], LEFT)
    with qtbot.waitSignal(banner.closed):
        qtbot.keyClick(banner, Qt.Key.Key_Escape)
    assert not banner.isVisible()


def test_a_plain_banner_offers_nothing_it_cannot_do(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_problem("Done", tone="info")
    assert all(not button.isVisible() for button in banner.findChildren(QPushButton))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_estimate_is_given_when_there_is_something_to_go_by(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    clock = Clock()
    progress = ProgressOverlay(window, clock=clock)
    progress.start("Opening")

    def said() -> list[str]:
        return [label.text() for label in progress.findChildren(QLabel) if label.isVisible() and label.text()]

    clock.now += 0.5
    progress.set_progress(0.1)
    assert said() == ["Opening"]
    clock.now += 9.5
    progress.set_progress(0.25, "Reading tensors")
    assert said() == ["Opening", "Reading tensors", "about 30 s left"]
    with qtbot.waitSignal(progress.cancelled):
        qtbot.keyClick(progress, Qt.Key.Key_Escape)
    assert "Stopping" in said()
    assert progress.isVisible()
    with qtbot.assertNotEmitted(progress.cancelled):
        qtbot.keyClick(progress, Qt.Key.Key_Escape)
    progress.finish()
    assert not progress.isVisible()


def test_the_status_line_is_read_aloud_as_written(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.set_items([StatusItem(before="CPU"), StatusItem("38 ms", after="last frame")])
    assert line.accessibleName() == "CPU, 38 ms last frame"


def test_every_control_has_a_tooltip_and_a_name(qtbot: QtBot) -> None:
    page = explore_page()
    qtbot.addWidget(page)
    controls = [*page.findChildren(QAbstractButton), *page.findChildren(ValueControl)]
    assert len(controls) > 60
    for control in controls:
        name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        assert name, control
        assert control.toolTip(), name


def test_every_button_can_be_reached_by_tab(qtbot: QtBot) -> None:
    page = explore_page()
    qtbot.addWidget(page)
    for button in page.findChildren(QAbstractButton):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.toolTip()
