"""Curves without seams, against a slow model: of every step the newest word counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from latentlab.runs import (
    Curves,
    Entry,
    Event,
    Measured,
    Progress,
    RolledBack,
    Sampled,
    Saved,
    Started,
    Warned,
)


def _progress(step: int, loss: float) -> Progress:
    return Progress(step, {"loss": loss}, 1.0, 1.0, 1.0)


_HISTORIES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 40), st.booleans()), min_size=1, max_size=6
)


@given(_HISTORIES)
def test_the_newest_word_about_a_step_counts(parts: list[tuple[int, int, bool]]) -> None:
    curves, newest, now, clock = Curves(), dict[int, float](), 0, 0.0
    for length, back, by_itself in parts:
        now = max(0, now - back)
        begin: Event = RolledBack(now + back, now, "NaN") if by_itself else Started(now, 1000, 1, 1)
        curves.add(Entry(0, clock, begin))
        newest = {step: value for step, value in newest.items() if step <= now}
        for _ in range(length):
            now, clock = now + 1, clock + 1.0
            curves.add(Entry(0, clock, _progress(now, clock)))
            newest[now] = clock
    curve = curves.losses["loss"]
    assert dict(zip(curve.steps, curve.values, strict=True)) == newest
    assert list(curve.steps) == sorted(newest)
    assert list(curve.times) == list(curve.values)
    assert curves.step == now


def test_sheets_checkpoints_and_warnings_of_a_lost_future_go_too() -> None:
    curves = Curves()
    for step in (5, 10):
        curves.add(Entry(0, 0.0, Sampled(step, f"samples/{step}.png")))
        curves.add(Entry(0, 0.0, Saved(step, f"checkpoints/{step}")))
        curves.add(Entry(0, 0.0, Warned(step, "mode_collapse", "warning", "few modes")))
        curves.add(Entry(0, 0.0, Measured(step, {"kl": float(step)})))
    curves.add(Entry(0, 0.0, Started(7, 100, 1, 1)))
    assert [sheet.step for sheet in curves.sheets] == [5]
    assert [saved.step for saved in curves.saved] == [5]
    assert [warned.step for warned in curves.warnings] == [5]
    assert curves.measures["kl"].steps.tolist() == [5]
    assert (curves.step, curves.steps) == (7, 100)
