"""Pausing the search for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentlab.errors import CheckpointError
from latentlab.formats import open_model
from latentlab.formats.garbage import collection_paused


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_collection_goes_on_after_the_last_pause() -> None:
    with collection_paused():
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collection_that_was_off_stays_off() -> None:
    gc.disable()
    with collection_paused():
        pass
    assert not gc.isenabled()


def test_collection_goes_on_after_a_file_that_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "no model.pth"
    path.write_bytes(b"no model at all")
    with pytest.raises(CheckpointError):
        open_model(path)
    assert gc.isenabled()
