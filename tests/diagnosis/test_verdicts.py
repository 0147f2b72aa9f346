"""Rules speak when their limits are passed, name what they rest on, and are silent otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.diagnosis.result import Figure
from latentlab.diagnosis.verdicts import Evidence, judge


def figure(
    key: str, value: float, low: float, high: float, data: float = float("nan"), of: float = 50
) -> Figure:
    return Figure(key, "variety", key, key, value, low, high, data, of=of, meaning=f"{key} is {value}.")


def sound() -> dict[str, Figure]:
    return {
        found.key: found
        for found in (
            figure("coverage", 0.93, 0.92, 0.94, 0.97),
            figure("precision", 0.9, 0.88, 0.92, 0.92),
            figure("variety", 0.98, 0.95, 1.01, 1.0),
            figure("bins_starved", 0, 0, 0),
            figure("lost_share", 0.0, 0.0, 0.0),
            figure("repeated", 0.001, 0.0, 0.003, 0.001),
            figure("copied", 0.01, 0.006, 0.015, 0.01),
            figure("sharpness", 1.02, 0.97, 1.07, 1.0),
        )
    }


def keys(figures: dict[str, Figure], **arrays: np.ndarray) -> list[str]:
    return [verdict.key for verdict in judge(Evidence(figures, arrays))]


def test_nothing_is_said_against_a_sound_model() -> None:
    (verdict,) = judge(Evidence(sound(), {}))
    assert (verdict.key, verdict.severity) == ("sound", "good")


@pytest.mark.parametrize(
    ("changed", "key", "severity"),
    [
        (figure("variety", 0.5, 0.45, 0.55, 1.0), "little_variety", "warning"),
        (figure("variety", 0.3, 0.25, 0.35, 1.0), "little_variety", "serious"),
        (figure("repeated", 0.05, 0.04, 0.06, 0.001), "repetition", "warning"),
        (figure("repeated", 0.4, 0.35, 0.45, 0.001), "repetition", "serious"),
        (figure("copied", 0.08, 0.06, 0.1, 0.01), "copying", "warning"),
        (figure("precision", 0.4, 0.38, 0.42, 0.92), "unlike", "warning"),
        (figure("coverage", 0.3, 0.28, 0.32, 0.97), "little_coverage", "warning"),
        (figure("sharpness", 0.4, 0.38, 0.42, 1.0), "soft", "warning"),
        (figure("sharpness", 2.4, 2.2, 2.6, 1.0), "noisy", "warning"),
    ],
)
def test_each_fault_has_its_verdict(changed: Figure, key: str, severity: str) -> None:
    found = judge(Evidence(sound() | {changed.key: changed}, {}))
    assert (found[0].key, found[0].severity) == (key, severity)
    assert changed.key in found[0].figures
    assert changed.meaning in found[0].text
    assert found[0].rule


def test_an_interval_that_reaches_into_the_good_keeps_silent() -> None:
    assert keys(sound() | {"variety": figure("variety", 0.6, 0.3, 0.9, 1.0)}) == ["sound"]
    assert keys(sound() | {"copied": figure("copied", 0.1, 0.01, 0.3, 0.01)}) == ["sound"]


def lost(**more: np.ndarray) -> Evidence:
    figures = sound() | {
        "lost_share": figure("lost_share", 0.2, 0.2, 0.2),
        "bins_starved": figure("bins_starved", 2, 2, 2, of=4),
    }
    arrays = {
        "bin_lost": np.array([False, True, False, True]),
        "bin_starved": np.array([False, True, False, True]),
        "bin_real": np.array([30, 10, 50, 10]),
        "bin_name": np.array(["", "glasses", "", "glasses"]),
        "bin_generated": np.array([[20, 30, 30], [10, 9, 0], [60, 51, 69], [10, 10, 1]]),
        "real_bin": np.repeat(np.arange(4), [30, 10, 50, 10]),
        **more,
    }
    return Evidence(figures, arrays, steps=(100, 200, 300), changes=lambda kind: {"settings.r1_gamma": 3.0})


def test_lost_regions_are_named_with_when_and_what_to_do() -> None:
    verdict = judge(lost())[0]
    assert (verdict.key, verdict.severity, verdict.bins) == ("lost_modes", "serious", (1, 3))
    assert "glasses" in verdict.title
    assert "2 of 4 regions" in verdict.text
    assert "between steps 200 and 300" in verdict.text
    assert verdict.roll_back == 200
    assert verdict.change == {"settings.r1_gamma": 3.0}
    assert set(verdict.real) == {*range(30, 40), *range(90, 100)}


def test_a_vae_is_given_no_remedies_of_a_game() -> None:
    few = sound() | {"variety": figure("variety", 0.3, 0.25, 0.35, 1.0)}
    with_code = few | {"used_units": figure("used_units", 30, 30, 30, of=32)}
    scores = {"scores_generated": np.zeros(8)}
    (of_gan,), (of_vae,), (of_both,) = (
        judge(Evidence(*subject)) for subject in ((few, {}), (with_code, {}), (with_code, scores))
    )
    assert "R1" in of_gan.remedy
    assert "beta" in of_vae.remedy
    assert "R1" not in of_vae.remedy
    assert of_both.remedy == of_gan.remedy


def test_of_alien_samples_no_region_is_called_lost() -> None:
    evidence = lost()
    figures = {**evidence.figures, "precision": figure("precision", 0.02, 0.01, 0.03, 0.92)}
    found = judge(Evidence(figures, evidence.arrays))
    assert [verdict.key for verdict in found] == ["unlike"]
    assert found[0].severity == "serious"


def test_a_silent_code_comes_before_what_follows_from_it() -> None:
    figures = sound() | {
        "used_units": figure("used_units", 0, 0, 0, of=16),
        "code_kl": figure("code_kl", 0.03, 0.03, 0.03),
        "variety": figure("variety", 0.05, 0.04, 0.06, 1.0),
    }
    assert keys(figures, code_kl=np.full(16, 0.002)) == ["collapsed_code", "little_variety"]


def looked(apart: float, real: float, drawn: float, name: str = "ground") -> dict[str, np.ndarray]:
    return {
        "look_name": np.array(["brightness", name]),
        "look_real": np.array([[40.0, 50, 60], [0, real, 9]]),
        "look_generated": np.array([[41.0, 51, 61], [0, drawn, 9]]),
        "look_apart": np.array([[0.52, 0.5, 0.54], [apart, apart - 0.01, apart + 0.01]]),
    }


def test_what_gives_all_samples_away_is_named() -> None:
    (verdict,) = judge(Evidence(sound(), looked(0.98, 0.0, 2.1)))
    assert (verdict.key, verdict.severity) == ("made_differently", "warning")
    assert "a faint pattern on even ground" in verdict.title
    assert "2.1 of 255" in verdict.text
    (verdict,) = judge(Evidence(sound(), looked(0.03, 90.0, 60.0, "colour")))
    assert "too little colour" in verdict.title


@pytest.mark.parametrize(("apart", "drawn"), [(0.85, 2.1), (0.99, 0.4)])
def test_what_is_rare_or_invisible_is_not(apart: float, drawn: float) -> None:
    assert keys(sound(), **looked(apart, 0.0, drawn)) == ["sound"]
