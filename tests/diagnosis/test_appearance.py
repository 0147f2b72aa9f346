"""Simple figures of pictures agree with plain arithmetic, and tell what gives samples away."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.diagnosis.appearance import LOOKS, looks


def test_figures_by_hand() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (300, 16, 16, 3), dtype=np.uint8)
    found = looks(pictures)
    grey = pictures.mean(3)
    assert found["brightness"] == pytest.approx(grey.mean((1, 2)), rel=1e-5)
    assert found["contrast"] == pytest.approx(grey.std((1, 2), ddof=1), rel=1e-5)
    rim = np.ones((16, 16), bool)
    rim[1:-1, 1:-1] = False
    assert found["rim"] == pytest.approx(grey[:, rim].mean(1), rel=1e-4)
    spread = pictures.max(3).astype(float) - pictures.min(3)
    assert found["colour"] == pytest.approx(spread.mean((1, 2)), rel=1e-5)
    assert set(found) == set(LOOKS)


def test_even_ground_shows_a_pattern_too_faint_to_see() -> None:
    pictures = np.zeros((20, 32, 32, 1), np.uint8)
    pictures[:, 10:20, 10:20] = 255
    faint = pictures.copy()
    faint[:, ::2, ::2] |= 6
    clean, marked = looks(pictures), looks(faint)
    assert "colour" not in clean
    assert clean["ground"].max() == 0.0
    window = np.zeros(9)
    window[[0, 2, 6, 8]] = 6  # a place between four marked ones; others have one or two of them
    assert 1.0 < marked["ground"].min() <= window.std() + 1e-4
