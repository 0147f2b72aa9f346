from __future__ import annotations

from pathlib import Path

from latentlab.latents.model_ref import ModelRef
from latentlab.qt.session import recents
from latentlab.qt.session.recents import Recent


def model_at(path: Path) -> Path:
    path.write_bytes(b"weights")
    return path


def test_the_newest_comes_first_and_each_once(home: Path, tmp_path: Path) -> None:
    first, second = model_at(tmp_path / "a.pkl"), model_at(tmp_path / "b.pkl")
    for path in (first, second, first):
        recents.note(Recent(str(path), path.stem, f"print-{path.stem}"))
    assert [recent.name for recent in recents.recents()] == ["a", "b"]


def test_what_was_deleted_is_not_listed(home: Path, tmp_path: Path) -> None:
    path = model_at(tmp_path / "a.pkl")
    recents.note(Recent(str(path), "a", "print"))
    path.unlink()
    assert recents.recents() == ()


def test_a_moved_model_is_found_by_its_content(home: Path, tmp_path: Path) -> None:
    here = model_at(tmp_path / "here.pkl")
    recents.note(Recent(str(here), "a", "print"))
    assert recents.find(ModelRef("print", "a", str(tmp_path / "gone.pkl"))) == here


def test_where_it_was_counts_before_nothing_else_is_known(home: Path, tmp_path: Path) -> None:
    here = model_at(tmp_path / "here.pkl")
    assert recents.find(ModelRef("print", "a", str(here))) == here


def test_the_file_with_the_right_content_wins_over_an_overwritten_one(home: Path, tmp_path: Path) -> None:
    overwritten, copy = model_at(tmp_path / "run.pkl"), model_at(tmp_path / "copy.pkl")
    recents.note(Recent(str(copy), "a", "print"))
    assert recents.find(ModelRef("print", "a", str(overwritten))) == copy


def test_a_model_that_is_nowhere_is_not_made_up(home: Path) -> None:
    assert recents.find(ModelRef("print", "a", "/nowhere/model.pkl")) is None


def test_a_damaged_list_is_no_obstacle(home: Path, tmp_path: Path) -> None:
    path = model_at(tmp_path / "a.pkl")
    recents.note(Recent(str(path), "a", "print"))
    (home / "data" / "recent.json").write_text("[{]", encoding="utf-8")
    assert recents.recents() == ()
