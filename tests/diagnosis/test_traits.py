"""What labels and captions name is found, and what is withheld is missed."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.diagnosis import traits


def test_captions_name_their_parts() -> None:
    assert traits.terms("open peeps with long hair, no mask and peach skin") == [
        "open peeps",
        "long hair",
        "no mask",
        "peach skin",
    ]
    assert traits.terms("Red circle") == ["red", "circle"]


def blobs(labels: np.ndarray, seed: int) -> np.ndarray:
    """Overlapping clusters, one per label."""
    centres = 2.5 * np.random.default_rng(0).normal(size=(6, 8))
    return centres[labels] + np.random.default_rng(seed).normal(size=(len(labels), 8))


@pytest.mark.parametrize("withheld", [(), (2,), (0, 5)])
def test_withheld_classes_are_lost_and_no_others(withheld: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    labels = random.integers(6, size=900)
    drawn = random.choice([number for number in range(6) if number not in withheld], 900)
    names, rows = traits.named(labels, tuple("abcdef"), ())
    found = traits.shares(names, rows, blobs(labels, 2), blobs(drawn, 3))
    lost = {found.names.index("abcdef"[number]) for number in withheld}
    assert set(np.flatnonzero(found.lost)) == lost
    true = np.array([(drawn == "abcdef".index(name)).mean() for name in found.names])
    assert np.abs(found.generated[:, 0] - true).max() < 0.08


def test_a_classifier_that_errs_is_corrected() -> None:
    random = np.random.default_rng(0)

    def answers(truth: np.ndarray) -> np.ndarray:
        return np.where(random.random(len(truth)) < 0.2, random.integers(4, size=len(truth)), truth)

    labels, drawn = random.integers(4, size=4000), random.choice([0, 1, 1, 1, 2], 4000)
    found = traits.classified("wxyz", labels, labels, answers(labels), answers(drawn))
    assert found.generated[:, 0] == pytest.approx([0.2, 0.6, 0.2, 0.0], abs=0.04)
    assert found.lost.tolist() == [False, False, False, True]


def test_what_a_group_has_in_common() -> None:
    rows = np.zeros((100, 2), bool)
    rows[:20, 0] = True
    rows[:, 1] = True
    assert traits.common(rows, ("glasses", "face"), np.arange(15)) == "glasses"
    assert traits.common(rows, ("glasses", "face"), np.arange(50, 60)) == ""


def test_what_cannot_be_at_once_is_not_believed() -> None:
    skin = np.arange(300) % 3
    hat = np.arange(300) % 10 == 0
    rows = np.stack([skin == 0, skin == 1, skin == 2, hat, ~hat], 1)
    names = ("pale", "tan", "brown", "hat", "no hat")
    generated = np.array([0.0, 0.9, 0.95, 0.08, 0.94])
    found = traits.Traits(
        names, rows, rows.mean(0), np.stack([generated] * 3, 1), np.array([True, False, False, False, False])
    )
    left, left_out = traits.believable(found)
    assert left_out == ("pale", "tan", "brown")  # one head has one skin, not two
    assert left.names == ("hat", "no hat")
    assert left.rows.shape == (300, 2)
    assert not left.lost.any()
    generated[:3] = (0.0, 0.55, 0.5)
    found = traits.Traits(names, rows, rows.mean(0), np.stack([generated] * 3, 1), found.lost)
    assert traits.believable(found)[1] == ()
