from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from latentlab.errors import RecipeError
from latentlab.latents import history_json
from latentlab.latents.history import History
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.session import store
from latentlab.qt.session.record import PictureTab, SessionRecord, Snapshot, from_text, to_text
from latentlab.qt.session.session import Kept

RECORD = SessionRecord(
    ModelRef("abc", "Hills", "bundled:hills"),
    favourites=(Kept(Recipe(source=SeedSource(3)), "Seed 3", 12.0),),
    snapshots=(Snapshot(4, Kept(Recipe(truncation_psi=0.5), "Diversity", 13.0)),),
    pinned=("pca:0", "sefa:2"),
    locks=("truncation_psi",),
    time=14.0,
    tabs=(PictureTab(0),),
)


def worked_on() -> History:
    history = History(label="Opened", clock=lambda: 100.0)
    history.apply("Diversity", replace(history.recipe, truncation_psi=0.7))
    history.apply("Seed", replace(history.recipe, source=SeedSource(9)))
    history.undo()
    history.apply("Seed", replace(history.recipe, source=SeedSource(11)))
    return history


def test_a_record_survives_being_written_and_read() -> None:
    assert from_text(to_text(RECORD)) == RECORD


def test_a_newer_session_is_refused_in_words() -> None:
    with pytest.raises(RecipeError, match="newer LatentLab"):
        from_text(to_text(RECORD).replace('"session":2', '"session":99'))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"session":1}', '{"session":"1"}', "\x00\x01"])
def test_what_is_no_session_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        from_text(text)


def test_a_session_comes_back_with_its_branches(home: Path) -> None:
    claim = store.claim("abc")
    assert claim.restored is None
    history = worked_on()
    store.write_history(claim.folder, history_json.lines(history), anew=True)
    store.write_record(claim.folder, RECORD)
    claim.release()
    again = store.claim("abc")
    assert again.restored is not None
    assert again.restored.record == RECORD
    restored = History()
    restored.adopt(again.restored.tree)
    assert list(restored) == list(history)
    assert restored.current == history.current
    assert not again.crashed
    assert store.last_used() == "bundled:hills"
    again.release()


def test_a_second_window_gets_a_folder_of_its_own(home: Path) -> None:
    first = store.claim("abc")
    second = store.claim("abc")
    assert first.folder != second.folder
    first.release()
    second.release()


def test_history_grows_by_what_is_new(home: Path) -> None:
    claim = store.claim("abc")
    history = worked_on()
    store.write_history(claim.folder, history_json.lines(history), anew=True)
    mark = history.mark
    history.apply("Seed", replace(history.recipe, source=SeedSource(12)))
    new = history_json.lines(history, mark)
    assert len(new) == 1
    store.write_history(claim.folder, new, anew=False)
    store.write_record(claim.folder, RECORD)
    restored = store.restore(claim.folder)
    assert restored is not None
    assert restored.tree.current.recipe == history.recipe
    claim.release()


def test_a_damaged_session_is_set_aside_and_nothing_is_lost(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    claim = store.claim("abc")
    store.write_history(claim.folder, history_json.lines(worked_on()), anew=True)
    (claim.folder / "session.json").write_text("{ broken", encoding="utf-8")
    assert store.restore(claim.folder) is None
    assert (claim.folder / "session.json.damaged").read_text() == "{ broken"
    assert (claim.folder / "history.jsonl.damaged").exists()
    claim.release()


def test_a_session_is_kept_as_one_file(home: Path, tmp_path: Path) -> None:
    claim = store.claim("abc")
    history = worked_on()
    store.write_history(claim.folder, history_json.lines(history), anew=True)
    path = tmp_path / "hills.latentlab"
    store.save_as(claim.folder, path, RECORD)
    found = store.open_file(path)
    assert found.record == RECORD
    assert found.tree.current.recipe == history.recipe
    claim.release()


def test_a_session_of_version_1_has_one_tab(home: Path, tmp_path: Path) -> None:
    lines = history_json.lines(worked_on())
    old = '{"session":1,"model":{"fingerprint":"abc","name":"Hills","path":"bundled:hills"},"history":%s}'
    path = tmp_path / "old.latentlab"
    path.write_text(old % json.dumps(lines))
    found = store.open_file(path)
    assert [tab.id for tab in found.record.tabs] == [0]
    assert found.tree.current.recipe == worked_on().recipe


def test_a_damaged_tab_is_set_aside_and_the_others_come_back(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    claim = store.claim("abc")
    record = replace(RECORD, tabs=(PictureTab(0), PictureTab(3, "dunes", ((1, "sand"),))), shown=0)
    store.write_history(claim.folder, ["{ broken", "{"], anew=True)
    store.write_history(claim.folder, history_json.lines(worked_on()), anew=True, picture=3)
    store.write_record(claim.folder, record)
    restored = store.restore(claim.folder)
    assert restored is not None
    assert restored.shown == 3
    assert restored.tree.current.recipe == worked_on().recipe
    assert (claim.folder / "history.jsonl.damaged").exists()
    claim.release()


def test_histories_of_tabs_long_closed_are_removed(home: Path) -> None:
    claim = store.claim("abc")
    for picture in (0, 1, 2):
        store.write_history(claim.folder, history_json.lines(worked_on()), anew=True, picture=picture)
    store.forget_others(claim.folder, [0, 2])
    assert sorted(path.name for path in claim.folder.glob("history*")) == ["history-2.jsonl", "history.jsonl"]
    claim.release()
