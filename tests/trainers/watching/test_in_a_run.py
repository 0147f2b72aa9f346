"""A run that is broken says so itself; the same run in order does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab.runs import Warned
from trainers.loop import train
from trainers.starting import Job
from trainers.watching.calibration import cases


@pytest.mark.parametrize(("name", "expected"), [("beta 30", {"posterior_collapse"}), ("digits, VAE", set())])
def test_a_vae_whose_code_is_ignored(
    name: str, expected: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    case = next(case for case in cases() if case.name == name)
    plain = case.config(0)
    short = plain.model_copy(update={"loop": plain.loop.model_copy(update={"steps": 120})})
    events = list(train(Job(short, tmp_path / "run"), lambda: False))
    warned = [event for event in events if isinstance(event, Warned)]
    assert {event.kind for event in warned} == expected
    assert all(event.remedy and event.evidence for event in warned)


def test_every_rule_has_a_training_that_calls_for_it() -> None:
    from trainers.watching import RULES

    called_for = {kind for case in cases() for kind in case.expected}
    assert called_for == {rule.kind for rule in RULES}
