"""The reference tasks, cut short: that they are trained, scored and summed up."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from trainers import reference_tasks
from trainers.config import RunConfig
from trainers.data import DataSettings, SmallDigitsSource
from trainers.presets import PRESETS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path))


def _short(name: str, steps: int, **changes: object) -> RunConfig:
    preset = PRESETS[name]
    small = preset.settings.model_copy(update=changes)
    return preset.model_copy(
        update={"settings": small, "loop": preset.loop.model_copy(update={"steps": steps, "batch_size": 32})}
    )


def test_every_seed_the_median_and_the_worst_are_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    short = _short("ring", 20, hidden=(16,), discriminator_hidden=(16,))
    monkeypatch.setitem(PRESETS, "ring", short)
    with caplog.at_level(logging.INFO, logger="trainers"):
        assert reference_tasks.main(["ring", "--seeds", "3", "4", "5"]) == 0
    assert [message.split("  ")[0].split(" balanced")[0].strip() for message in caplog.messages] == [
        *("ring, seed 3", "ring, seed 4", "ring, seed 5", "ring, median", "ring, worst")
    ]
    again = reference_tasks.learn(short, 4)
    shown = caplog.messages[1]
    assert f"HQ % {again['HQ %']:.4g}" in shown  # the same seed reaches the same


def test_the_worst_is_the_largest_where_lower_is_better(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reached = iter([{"HQ %": 90.0, "reverse KL": 0.01}, {"HQ %": 95.0, "reverse KL": 0.3}])
    monkeypatch.setattr(reference_tasks, "learn", lambda *_: next(reached))
    with caplog.at_level(logging.INFO, logger="trainers"):
        reference_tasks.main(["grid", "--seeds", "0", "1"])
    assert caplog.messages[-2].split("median")[1].split() == ["HQ", "%", "92.5", "reverse", "KL", "0.155"]
    assert caplog.messages[-1].split("worst")[1].split() == ["HQ", "%", "90", "reverse", "KL", "0.3"]


def test_digits_are_judged_by_a_classifier_of_real_ones() -> None:
    short = _short("cgan-digits", 2, width=4, max_width=8)
    data = DataSettings(source=SmallDigitsSource(), resolution=16, fit="stretch")
    found = reference_tasks.learn(short.model_copy(update={"data": data}), 0)
    assert found["accuracy on held-out real ones %"] > 90
    assert found["accuracy %"] < 30  # after two steps it draws nothing yet
