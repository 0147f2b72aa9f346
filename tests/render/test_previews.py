from dataclasses import replace

import pytest

from latentlab.models.capabilities import BlockInfo
from latentlab.render.previews import Situation, plan

_BLOCKS = tuple(BlockInfo(f"b{4 << i}", 4 << i, 8, ()) for i in range(7))  # 4 ... 256
_TIMES = (2.0, 4.0, 8.0, 16.0, 40.0, 120.0, 400.0)  # ms until each picture

_KNOWN = Situation(_BLOCKS, [True] * 7, earliest=0, target=6, predict=lambda index: _TIMES[index])


@pytest.mark.parametrize(("budget", "shown"), [(16.0, 3), (39.0, 3), (50.0, 4), (130.0, 5), (500.0, 6)])
def test_while_dragging_the_deepest_picture_within_the_budget_is_all(budget: float, shown: int) -> None:
    assert plan(_KNOWN, budget, dragging=True, last_preview=None) == [shown]


def test_a_budget_too_small_for_any_preview_gives_the_smallest_that_says_something() -> None:
    assert plan(_KNOWN, 1.0, dragging=True, last_preview=None) == [1]


def test_a_rest_shows_previews_and_then_the_full_picture() -> None:
    steps = plan(_KNOWN, 50.0, dragging=False, last_preview=None)
    assert steps[0] == 4
    assert steps[-1] == 6
    assert steps == sorted(set(steps))


def test_a_quick_full_picture_needs_no_preview() -> None:
    quick = replace(_KNOWN, predict=lambda index: _TIMES[index] / 10)
    assert plan(quick, 16.0, dragging=False, last_preview=None) == [6]


def test_a_slow_picture_shows_progress_on_the_way() -> None:
    slow = replace(_KNOWN, predict=lambda index: _TIMES[index] * 10)
    assert plan(slow, 50.0, dragging=False, last_preview=None) == [1, 3, 5, 6]


@pytest.mark.parametrize("budget", [0.0, 1e-9])
def test_where_preparing_took_all_of_the_budget_there_is_a_plan_all_the_same(budget: float) -> None:
    steps = plan(_KNOWN, budget, dragging=False, last_preview=None)
    assert steps[0] == 1
    assert steps[-1] == 6
    assert steps == sorted(set(steps))
    assert plan(_KNOWN, budget, dragging=True, last_preview=None) == [1]


def test_pictures_from_before_the_change_are_not_shown() -> None:
    late = replace(_KNOWN, earliest=5)
    assert plan(late, 50.0, dragging=True, last_preview=None) == [5]


def test_blocks_without_a_picture_are_passed_over() -> None:
    blind = replace(_KNOWN, can_show=[False] * 6 + [True])
    assert plan(blind, 16.0, dragging=True, last_preview=None) == [6]
    assert plan(blind, 16.0, dragging=False, last_preview=None) == [6]


def test_before_anything_was_timed_a_small_preview_is_tried() -> None:
    unknown = replace(_KNOWN, predict=lambda index: None)
    assert plan(unknown, 50.0, dragging=True, last_preview=None) == [2]
    assert plan(unknown, 50.0, dragging=False, last_preview=None) == [2, 6]


def test_sizes_do_not_flicker_when_times_vary_a_little() -> None:
    assert plan(_KNOWN, 42.0, dragging=True, last_preview=3) == [3], "40 of 42 ms is too close to climb"
    assert plan(_KNOWN, 42.0, dragging=True, last_preview=4) == [4], "but good enough to stay"
    assert plan(_KNOWN, 39.0, dragging=True, last_preview=4) == [3]
