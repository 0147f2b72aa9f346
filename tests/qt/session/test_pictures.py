"""Several pictures in one session, each with a history of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from latentlab.latents import history_json
from latentlab.latents.history import History
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.session.pictures import MOST_CLOSED, Pictures


@pytest.fixture
def history() -> History:
    history = History(label="Opened", clock=lambda: 100.0)
    history.apply("Seed 1", Recipe(source=SeedSource(1)))
    return history


def test_each_picture_has_its_own_steps(history: History) -> None:
    pictures = Pictures(history)
    first = pictures.current
    second = pictures.add(Recipe(source=SeedSource(8)), "From seed 8")
    assert (history.recipe.source, len(history)) == (SeedSource(8), 1)
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.5))
    history.undo()
    pictures.choose(first)
    assert (history.recipe.source, len(history)) == (SeedSource(1), 2)
    history.undo()
    assert history.recipe == Recipe()
    pictures.choose(second)
    assert history.can_redo
    assert not history.can_undo
    assert len(pictures.history_of(first)) == 2
    assert pictures.history_of(second) is history


def test_what_is_new_is_known_for_each_picture_by_itself(history: History) -> None:
    pictures = Pictures(history)
    first, mark = pictures.current, history.mark
    pictures.add(Recipe(), "Another")
    history.apply("Seed 5", Recipe(source=SeedSource(5)))
    assert history_json.lines(pictures.history_of(first), mark) == []
    pictures.choose(first)
    history.apply("Seed 6", Recipe(source=SeedSource(6)))
    assert len(history_json.lines(history, mark)) == 1


def test_a_closed_picture_comes_back_where_it_was(history: History) -> None:
    pictures = Pictures(history)
    first = pictures.current
    second = pictures.add(Recipe(source=SeedSource(2)), "Two", name="dunes")
    third = pictures.add(Recipe(source=SeedSource(3)), "Three")
    assert pictures.close(second)
    assert pictures.open == (first, third)
    assert pictures.close(third)
    assert pictures.current is first
    assert not pictures.close(first), "one picture is always open"
    assert pictures.reopen()
    assert pictures.reopen()
    assert pictures.open == (first, second, third)
    assert (pictures.current.name, history.recipe.source) == ("dunes", SeedSource(2))
    assert not pictures.reopen()


def test_tabs_are_moved_and_named_and_ids_are_never_used_twice(history: History) -> None:
    pictures = Pictures(history)
    for number in range(MOST_CLOSED + 3):
        pictures.close(pictures.add(Recipe(source=SeedSource(number)), "More"))
    assert len(pictures.closed) == MOST_CLOSED
    added = pictures.add(Recipe(), "Last")
    assert added.id not in [picture.id for picture in (*pictures.closed, pictures.open[0])]
    pictures.move(1, 0)
    assert pictures.open[0] is added
    told: list[int] = []
    pictures.changed.connect(lambda: told.append(1))
    pictures.rename(added, "sea")
    pictures.rename(added, "sea")
    pictures.name_branch(1, "storm")
    assert added.branches == {1: "storm"}
    pictures.name_branch(1, "")
    assert added.branches == {}
    assert len(told) == 3


def test_a_drag_in_one_picture_does_not_merge_with_one_in_another(history: History) -> None:
    pictures = Pictures(history)
    first = pictures.current
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.7), merge_key="drag")
    pictures.add(history.recipe, "Copy")
    pictures.choose(first)
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.6), merge_key="drag")
    assert len(history) == 4
