"""History: undo, branches, merged drags, and saving only what is new."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from latentlab.errors import RecipeError
from latentlab.latents import history_json
from latentlab.latents.history import History
from latentlab.latents.recipe import Recipe, SeedSource, VectorSource
from tests.latents.recipes import recipes


def psi(value: float) -> Recipe:
    return Recipe(truncation_psi=value)


@pytest.fixture
def history() -> History:
    return History(psi(1.0), clock=itertools.count(100.0).__next__)


def heard(history: History) -> list[tuple[float, float]]:
    pairs: list[tuple[float, float]] = []
    history.changed.connect(lambda before, after: pairs.append((before.truncation_psi, after.truncation_psi)))
    return pairs


def restored(lines: list[str]) -> History:
    history = History()
    history.adopt(history_json.read(lines).tree)
    return history


def assert_same(one: History, other: History) -> None:
    assert list(one) == list(other)
    assert one.current == other.current
    assert [one.redo_of(step.id) for step in one] == [other.redo_of(step.id) for step in other]
    assert [one.children(step.id) for step in one] == [other.children(step.id) for step in other]


def test_undo_and_redo_walk_the_edits(history):
    pairs = heard(history)
    history.apply("Diversity", psi(0.9))
    history.apply("Diversity", psi(0.8))
    history.undo()
    history.undo()
    history.undo()
    assert history.recipe == psi(1.0)
    assert not history.can_undo
    assert history.can_redo
    history.redo()
    history.redo()
    history.redo()
    assert history.recipe == psi(0.8)
    assert not history.can_redo
    assert pairs == [(1.0, 0.9), (0.9, 0.8), (0.8, 0.9), (0.9, 1.0), (1.0, 0.9), (0.9, 0.8)]


def test_equal_recipe_is_no_step(history):
    pairs = heard(history)
    history.apply("Diversity", psi(1))
    assert len(history) == 1
    assert pairs == []


def test_one_drag_is_one_step(history):
    pairs = heard(history)
    grown: list[int] = []
    history.grown.connect(grown.append)
    for value in (0.9, 0.8, 0.7):
        history.apply("Diversity", psi(value), merge_key="drag 1")
    assert [step.recipe for step in history] == [psi(1.0), psi(0.7)]
    assert history.current.time == 103.0
    assert pairs == [(1.0, 0.9), (0.9, 0.8), (0.8, 0.7)]
    assert grown == [1, 1, 1]
    history.undo()
    assert history.recipe == psi(1.0)


def test_drags_merge_only_while_nothing_came_between(history):
    history.apply("Diversity", psi(0.9), merge_key="drag 1")
    history.apply("Diversity", psi(0.8), merge_key="drag 2")
    history.apply("Seed", psi(0.7))
    history.apply("Diversity", psi(0.6), merge_key="drag 2")
    history.undo()
    history.redo()
    history.apply("Diversity", psi(0.5), merge_key="drag 2")
    assert [step.recipe.truncation_psi for step in history] == [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]


def test_a_drag_back_to_its_start_is_skipped_by_undo_and_redo(history):
    history.apply("Diversity", psi(0.5))
    history.apply("Diversity", psi(0.9), merge_key="drag")
    history.apply("Diversity", psi(0.5), merge_key="drag")
    history.undo()
    assert history.recipe == psi(1.0)
    history.redo()
    assert history.recipe == psi(0.5)


def test_editing_after_undo_keeps_what_was_undone(history):
    history.apply("one", psi(0.9))
    history.apply("two", psi(0.8))
    history.undo()
    history.apply("three", psi(0.3))
    assert [step.recipe.truncation_psi for step in history] == [1.0, 0.9, 0.8, 0.3]
    assert history.children(1) == (2, 3)
    assert [step.id for step in history.branch()] == [0, 1, 3]
    history.go_to(2)
    assert history.recipe == psi(0.8)
    assert [step.id for step in history.branch()] == [0, 1, 2]


def test_redo_leads_to_the_branch_last_visited(history):
    for value in (0.9, 0.8):
        history.apply("a", psi(value))
    history.go_to(0)
    for value in (0.2, 0.1):
        history.apply("b", psi(value))
    history.go_to(1)
    history.go_to(2)  # already chosen by step 1, but the root still led to the other branch before
    history.undo()
    history.undo()
    history.redo()
    history.redo()
    assert history.recipe == psi(0.8)


def test_unknown_step_is_a_named_error(history):
    with pytest.raises(RecipeError, match="no step 7"):
        history.go_to(7)
    assert history.current.id == 0


def test_restart_forgets_the_tree(history):
    history.apply("one", psi(0.9))
    order: list[str] = []
    history.replaced.connect(lambda: order.append("replaced"))
    history.changed.connect(lambda before, after: order.append("changed"))
    history.restart(psi(0.1), "Opened")
    assert order == ["replaced", "changed"]
    assert [(step.label, step.recipe) for step in history] == [("Opened", psi(0.1))]
    assert not history.can_undo


class Model(RuleBasedStateMachine):
    """Any session, with autosave whenever: what was saved, replayed, is the history."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(psi(0.0), clock=itertools.count().__next__)
        self.file: list[str] = []
        self.mark: int | None = None
        self.made: set[int] = {0}

    @rule(value=st.integers(0, 5), key=st.none() | st.integers(0, 1))
    def edit(self, value, key):
        self.history.apply("edit", psi(value / 10), merge_key=key)
        self.made.add(self.history.current.id)

    @rule()
    def undo(self):
        self.history.undo()

    @rule()
    def redo(self):
        self.history.redo()

    @rule(choice=st.integers(0, 1000))
    def go(self, choice):
        self.history.go_to(choice % len(self.history))

    @rule()
    def restart(self):
        self.history.restart(psi(0.0))
        self.made = {0}

    @rule()
    def autosave(self):
        self.file += history_json.lines(self.history, self.mark)
        self.mark = self.history.mark
        assert_same(restored(self.file), self.history)

    @precondition(lambda self: self.mark is not None)
    @rule()
    def close_and_open(self):
        self.autosave()
        self.history.adopt(history_json.read(self.file).tree)
        self.mark = self.history.mark

    @invariant()
    def nothing_is_lost(self):
        assert {step.id for step in self.history} == self.made

    @invariant()
    def redo_returns_from_undo(self):
        before = self.history.recipe
        if self.history.can_undo:
            self.history.undo()
            assert self.history.can_redo
            self.history.redo()
        assert self.history.recipe == before

    @invariant()
    def redo_leads_from_the_root_to_here(self):
        step = 0
        while step != self.history.current.id:
            step = self.history.redo_of(step)
            assert step is not None

    @invariant()
    def a_whole_save_is_the_same(self):
        assert_same(restored(history_json.lines(self.history)), self.history)


TestModel = Model.TestCase


@given(st.lists(recipes, min_size=1, max_size=5))
def test_any_recipes_come_back(edits):
    history = History()
    for recipe in edits:
        history.apply("ü", recipe)
    assert_same(restored(history_json.lines(history)), history)


def test_a_step_saves_only_what_it_changed(history):
    history.apply(
        "Vector", replace(psi(1.0), source=VectorSource("w+", tuple(float(i) for i in range(9216))))
    )
    mark = history.mark
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.5))
    (line,) = history_json.lines(history, mark)
    assert json.loads(line)["set"] == {"truncation_psi": 0.5}
    assert len(line) < 120
    again = restored(history_json.lines(history))
    assert again.step(1).recipe.source is again.step(2).recipe.source


def test_branches_taken_up_again_keep_where_redo_leads(history):
    history.apply("a", psi(0.1))
    history.undo()
    history.apply("b", psi(0.2))
    history.go_to(1)
    history.apply("c", psi(0.3))
    history.go_to(2)
    assert_same(restored(history_json.lines(history)), history)


def test_nothing_new_is_nothing_to_write(history):
    history.apply("Seed", Recipe(SeedSource(4)))
    assert history_json.lines(history, history.mark) == []


def test_a_drag_between_saves_is_one_line(history):
    mark = history.mark
    for step in range(500):
        history.apply("Diversity", psi(step / 7), merge_key="drag")
    assert len(history_json.lines(history, mark)) == 1


def test_a_torn_last_line_is_left_out(history):
    history.apply("one", psi(0.9))
    history.apply("two", psi(0.8))
    lines = history_json.lines(history)[:-1]
    for length in range(1, len(lines[-1])):
        saved = history_json.read([*lines[:-1], lines[-1][:length]])
        assert len(saved.tree) == 2
        assert not saved.appendable
    assert history_json.read(lines).appendable


def test_an_older_version_is_migrated_step_by_step(monkeypatch):
    history = History(psi(0.7))
    history.apply("Seed", replace(psi(0.7), source=SeedSource(3)))
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.2))
    old = [line.replace('"truncation_psi"', '"psi"') for line in history_json.lines(history)]

    def renamed(values):
        return {("truncation_psi" if name == "psi" else name): value for name, value in values.items()}

    now = history_json.recipe_json.VERSION
    monkeypatch.setattr(history_json.recipe_json, "VERSION", now + 1)
    monkeypatch.setitem(history_json.recipe_json.MIGRATIONS, now, renamed)
    saved = history_json.read(old)
    assert [step.recipe for step in saved.tree] == [step.recipe for step in history]
    assert not saved.appendable


ROOT = history_json.lines(History(psi(1.0)))[0]
STEP = '{"step":1,"parent":0,"label":"","time":1,"set":{}}'


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["{"],
        [STEP],
        ['{"at":0}'],
        ["[]"],
        [ROOT, "{", STEP],
        [ROOT, '{"at":5}'],
        [ROOT, '{"at":"0"}'],
        [ROOT, '{"next":[0,1]}'],
        [ROOT, '{"next":[0]}'],
        [ROOT, "{}"],
        [ROOT, STEP.replace('"step":1', '"step":0')],
        [ROOT, STEP.replace('"parent":0', '"parent":1')],
        [ROOT, STEP.replace('"step":1', '"step":-1')],
        [ROOT, STEP.replace('"step":1', '"step":1e999')],
        [ROOT, STEP.replace('"time":1', '"time":NaN'), STEP],
        [ROOT, STEP.replace("{}", '{"truncation_psi":"x"}')],
        [ROOT, STEP.replace("{}", '{"unknown":0}')],
        [ROOT, STEP.replace("{}", "[]")],
        [ROOT, STEP, STEP.replace('"step":1', '"step":2'), STEP.replace('"parent":0', '"parent":2')],
        [ROOT.replace('"history":1', '"history":99')],
        [ROOT.replace('"history":1', '"history":null')],
    ],
)
def test_damaged_files_are_named_errors(lines):
    with pytest.raises(RecipeError):
        history_json.read(lines)
