"""Everything the interface shows a name of can be looked up, and resting the mouse on it says what it means."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from pytestqt.qtbot import QtBot

from latentlab.qt.glossary import all_terms, explain, find, groups, key_below, term, tip
from latentlab.qt.glossary.glossary_window import GlossaryWindow
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.section import Section
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.train.legend import Entry, Legend
from latentlab.runs import Measured, Progress
from latentlab.runs.hyper_parameters import hyper_parameters
from tests.trainers.toys import Toy, toys
from trainers import data
from trainers.config import schema
from trainers.loop import train
from trainers.starting import Job
from trainers.systems import SYSTEMS
from trainers.watching.rule import Rule


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: str(toy.title))
def test_every_curve_and_measure_of_every_system_has_a_term(toy: Toy, tmp_path: Path) -> None:
    config = toy.config(steps=4, report_every=1)
    for _ in data.prepare(config.data):
        pass
    names: set[str] = set()
    for event in train(Job(config, tmp_path / "run"), lambda: False):
        if isinstance(event, Progress):
            names |= set(event.losses)
        elif isinstance(event, Measured):
            names |= set(event.measures)
    assert names
    assert [name for name in sorted(names) if term(name) is None] == []


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_every_group_of_settings_has_a_term(system: str) -> None:
    found = {one.group for one in hyper_parameters(schema(system))}
    assert [group for group in sorted(found) if term(f"group/{group}") is None] == []


def test_every_warning_has_a_term() -> None:
    kinds = {rule.kind for rule in _rules(Rule)}
    assert kinds
    assert [kind for kind in sorted(kinds) if term(kind) is None] == []


def _rules(kind: type[Rule]) -> list[type[Rule]]:
    found = [one for one in kind.__subclasses__() if hasattr(one, "kind")]
    return [*found, *(inner for one in kind.__subclasses__() for inner in _rules(one))]


def test_every_section_of_explore_is_explained(opened: MainWindow) -> None:
    explore = opened.workspace
    assert isinstance(explore, ExploreWorkspace)
    sections = [section for section in explore.sections.all if isinstance(section, Section)]
    assert sections
    for section in sections:
        assert term(str(section._header.property("term"))) is not None, type(section).__name__


def test_terms_are_whole_and_lead_to_each_other() -> None:
    terms = all_terms()
    keys = [found.key for found in terms]
    assert len(keys) == len(set(keys))
    names = [name for found in terms for name in (found.key, *found.aliases)]
    assert sorted(name for name in names if names.count(name) > 1) == [], "a name leads to one term"
    for found in terms:
        assert found.text.endswith((".", "?")), found.key
        assert found.text.count(". ") <= 2, f"{found.key}: one or two plain sentences"
        assert all(term(other) is not None for other in found.also), (found.key, found.also)
    assert sum(len(members) for members in groups().values()) == len(terms)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("norm/generator", "gradient_norm"),
        ("settings.r1_gamma", "r1_gamma"),
        ("settings.precision", "precision_of_numbers"),
        ("precision", "precision"),
        ("group/Game", "group_game"),
        ("W+", "w_plus"),
        ("Coverage", "coverage"),
        ("trains/decoder", "trains"),
    ],
)
def test_names_of_runs_and_results_lead_to_their_terms(name: str, key: str) -> None:
    found = term(name)
    assert found is not None
    assert found.key == key


def test_what_has_no_term_is_left_alone(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    explain(label, "settings.nothing_of_this_name", "What it does.")
    assert label.toolTip() == "What it does."
    assert tip("nothing of this name", "a < b") == "a &lt; b"


def test_search_finds_names_before_words() -> None:
    assert find("cover")[0].key == "coverage"
    assert find("trunc")[0].key == "truncation"
    assert "r1" in [found.key for found in find("mescheder")]
    assert find("xyzzy") == []


def test_resting_the_mouse_on_a_curve_says_what_it_is(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries([Entry("r1", "R1", QColor("red"), "0.3"), Entry("kl", "KL", QColor("blue"), "9")])
    legend.resize(400, 20)
    with qtbot.waitExposed(legend):
        legend.show()
    legend.grab()
    place = next(place for place, entry in legend._places if entry.key == "kl")
    at = place.center()
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda *args: said.append(args[1]))
    QApplication.sendEvent(legend, QHelpEvent(QHelpEvent.Type.ToolTip, at, legend.mapToGlobal(at)))
    assert "KL divergence" in said[0]
    assert legend.term_at(QPoint(-5, 0)) == ""


def test_f1_opens_the_glossary_at_what_lies_below_the_mouse(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    explore = opened.workspace
    assert isinstance(explore, ExploreWorkspace)
    header = explore.sections.diversity._header
    at = header.mapToGlobal(header.rect().center())
    monkeypatch.setattr(QApplication, "widgetAt", lambda place: header)
    assert key_below(at) == "truncation"
    QTest.keyClick(opened.windowHandle(), Qt.Key.Key_F1)
    page = opened.help._glossary
    assert isinstance(page, GlossaryWindow)
    assert page.key == "truncation"
    assert "ψ" in page.page.toPlainText()
    QTest.keyClicks(page.search, "vendi")
    assert page.key == "vendi"
    page.page.anchorClicked.emit("diversity")
    assert page.key == "diversity", "links lead on, out of the search"
    page.close()


def test_terms_need_no_torch() -> None:
    code = "import sys, latentlab.qt.glossary as g; g.all_terms(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
