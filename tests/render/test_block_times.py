import pytest

from latentlab.models.capabilities import BlockInfo
from latentlab.render.block_times import BlockTimes

# Work grows by 4 with each doubling of the side.
_BLOCKS = tuple(BlockInfo(f"b{side}", side, 8, ()) for side in (4, 8, 16, 32))


def test_nothing_is_predicted_before_anything_was_timed() -> None:
    assert BlockTimes(_BLOCKS).predict(0, 3) is None


def test_timed_blocks_and_showing_add_up() -> None:
    times = BlockTimes(_BLOCKS)
    times.record_blocks(0, [1.0, 2.0, 3.0])
    times.record_showing(1, 0.5)
    assert times.predict(0, 1) == 3.5
    assert times.predict(2, 2) == 3.0
    assert times.predict(2, 1) == 0.5, "a state that is there only has to be shown"


def test_a_block_not_yet_timed_is_judged_by_its_size() -> None:
    times = BlockTimes(_BLOCKS)
    times.record_blocks(1, [2.0])
    assert times.predict(2, 2) == pytest.approx(8.0)
    assert times.predict(0, 3) == pytest.approx(0.5 + 2.0 + 8.0 + 32.0)


def test_a_stretch_run_in_one_go_is_remembered_as_a_whole() -> None:
    times = BlockTimes(_BLOCKS)
    times.record_stretch(0, 3, 85.0)
    assert times.predict(0, 3) == 85.0
    assert times.predict(0, 1) == pytest.approx(5.0)
    times.record_stretch(0, 1, 7.0)
    assert times.predict(0, 1) == 7.0


def test_one_slow_run_does_not_spoil_the_prediction() -> None:
    times = BlockTimes(_BLOCKS)
    for value in (10.0, 10.0, 500.0, 10.0, 10.0):
        times.record_blocks(0, [value])
    assert times.predict(0, 0) == 10.0


def test_old_times_are_forgotten() -> None:
    times = BlockTimes(_BLOCKS)
    for value in [100.0] * 20 + [10.0] * 7:
        times.record_blocks(0, [value])
    assert times.predict(0, 0) == 10.0
