"""A short, seeded run of the fuzzing of model readers, and every file that a longer run found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.fuzz_readers import READERS, attempt, change, fuzz, seeds_of
from tests.fuzz.mutations import CHANGES


@pytest.mark.parametrize("reader", READERS)
def test_damaged_files_give_named_errors(reader: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    seeds = seeds_of(reader, tmp_path)
    for seed in seeds:
        assert not attempt(tmp_path / "model", seed, None).startswith("FINDING")
    outcomes = {
        attempt(tmp_path / "model", change(dice, dice.choice(seeds), CHANGES[reader]), None)
        for _ in range(60)
    }
    assert not [outcome for outcome in outcomes if outcome.startswith("FINDING")]
    assert len(outcomes) > 1  # some files were read, or refused in other ways


@settings(max_examples=60, deadline=None)
@given(data=st.binary(min_size=1, max_size=400))
@pytest.mark.parametrize("head", [b"", b"\x80\x02", b"\x80\x04", b"PK\x03\x04", b"\x20\0\0\0\0\0\0\0{"])
def test_any_bytes_give_named_errors(
    head: bytes, data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    assert not attempt(path, head + data, None).startswith("FINDING")


def test_a_finding_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness itself sees what it looks for."""
    monkeypatch.setattr("tests.fuzz.fuzz_readers._SECONDS", -1.0)
    outcomes = fuzz("safetensors", random.Random(0), 0.5, tmp_path / "kept")
    assert all(outcome.startswith("FINDING") for outcome in outcomes)
    assert list((tmp_path / "kept").iterdir())
