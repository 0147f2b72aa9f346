"""The cache: filled once, resumed after a kill, made again when files change, honest about a full disk."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, fill, noise, opened, save
from trainers.data import DataSettings, FolderSource, cache, folders, open_data, prepare


def _settings(folder: Path, **more: object) -> DataSettings:
    return DataSettings.model_validate({"source": FolderSource(path=str(folder)), "resolution": 16, **more})


def _set(home: Path) -> Path:
    (found,) = (home / "cache" / "pictures").iterdir()
    return found


def test_what_is_prepared_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, 5)
    before = by_name(open_data(_settings(folder)))
    monkeypatch.setattr(folders.pictures, "read_picture", None)  # any call fails
    assert list(prepare(_settings(folder))) == []
    after = by_name(open_data(_settings(folder)))
    assert all((before[name] == after[name]).all() for name in before)


def test_a_changed_picture_and_a_new_one_are_seen(folder: Path) -> None:
    fill(folder, 3)
    assert by_name(open_data(_settings(folder))).keys() == {"000.png", "001.png", "002.png"}
    save(folder / "001.png", noise(77))
    fill(folder, 1, first=3)
    found = by_name(open_data(_settings(folder)))
    assert len(found) == 4
    np.testing.assert_array_equal(found["001.png"], noise(77))


@pytest.mark.parametrize("workers", [0, 2])
def test_preparing_goes_on_where_it_stopped(folder: Path, home: Path, workers: int) -> None:
    fill(folder, 300)
    (folder / "010.png").write_bytes(b"broken")
    settings = _settings(folder)
    preparing = prepare(settings, workers)
    next(preparing)
    preparing.close()  # as a kill between two chunks
    place = _set(home)
    first = (place / "items.jsonl").read_bytes()
    assert 0 < first.count(b"\n") < 300
    # As a kill while a chunk is written: pictures without lines, and half a line.
    with (place / "pixels.u8").open("ab") as file:
        file.write(b"x" * 1000)
    with (place / "items.jsonl").open("ab") as file:
        file.write(b'{"name": "torn')
    data = open_data(settings, workers)
    assert (place / "items.jsonl").read_bytes().startswith(first)
    found = by_name(data)
    assert len(found) == 299
    assert all((found[f"{index:03d}.png"] == noise(index)).all() for index in (0, 11, 255, 256, 299))


def test_lines_whose_pictures_were_lost_are_not_believed(folder: Path, home: Path) -> None:
    fill(folder, 6)
    open_data(_settings(folder))
    place = _set(home)
    lines = (place / "items.jsonl").read_bytes()
    (place / "items.jsonl").write_bytes(lines[: -len(b'{"complete": true}\n')])
    os.truncate(place / "pixels.u8", 2 * 16 * 16 * 3 + 5)
    found = by_name(open_data(_settings(folder)))
    assert all((found[f"{index:03d}.png"] == noise(index)).all() for index in range(6))


def test_a_damaged_set_is_removed_and_made_again(folder: Path, home: Path) -> None:
    fill(folder, 4)
    open_data(_settings(folder))
    os.truncate(_set(home) / "pixels.u8", 100)
    with pytest.raises(TrainingError, match="start again"):
        open_data(_settings(folder))
    assert len(by_name(open_data(_settings(folder)))) == 4


_KILLED = """
import os, signal, sys
from trainers.data import DataSettings, FolderSource, prepare
settings = DataSettings(source=FolderSource(path=sys.argv[1]), resolution=16)
for _ in prepare(settings):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_no_lock_and_no_damage(folder: Path, home: Path) -> None:
    fill(folder, 300)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
    assert done.returncode == -9
    assert not cache.is_complete(_set(home))
    assert len(by_name(open_data(_settings(folder)))) == 300


def test_another_process_waits_for_the_one_that_fills(folder: Path) -> None:
    fill(folder, 300)
    first = prepare(_settings(folder))
    next(first)
    second = prepare(_settings(folder))
    assert "waiting" in next(second)[1]
    list(first)
    assert all("waiting" in text for _, text in second)
    assert len(by_name(open_data(_settings(folder)))) == 300


def test_a_full_disk_is_said_plainly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, 3)

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache.os, "fsync", full)
    with pytest.raises(TrainingError, match=r"not enough room.*MiB"):
        open_data(_settings(folder))
    monkeypatch.undo()


def test_other_settings_are_other_sets(folder: Path) -> None:
    fill(folder, 3)
    small = opened(FolderSource(path=str(folder)), resolution=8)
    assert small.shape.resolution == 8
    assert opened(FolderSource(path=str(folder)), resolution=16).shape.resolution == 16
