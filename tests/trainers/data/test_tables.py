"""Tables of captions and classes beside the pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, fill, opened
from trainers.data import TableSource


def test_captions_and_classes_of_a_csv(folder: Path) -> None:
    fill(folder, 4)
    table = folder / "captions.csv"
    table.write_text(
        'file_name,caption,label\n000.png,"red, and blue",warm\n001.png,  green  sea ,cold\n'
        "002.png,,cold\n003.png,green sea,warm\n",
        encoding="utf-8-sig",
    )
    data = opened(TableSource(path=str(table)))
    assert data.stored is not None
    assert dict(zip(data.stored.names, data.stored.captions, strict=True)) == {
        "000.png": "red, and blue",
        "001.png": "green sea",
        "002.png": None,
        "003.png": "green sea",
    }
    assert data.shape.class_names == ("cold", "warm")


def test_json_lines_and_columns_of_other_names(folder: Path) -> None:
    fill(folder / "deep", 3)
    table = folder / "list.jsonl"
    rows = [{"where": f"deep/00{index}.png", "said": [f"number {index}", "second"]} for index in range(3)]
    table.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    with pytest.raises(TrainingError, match="names pictures; it has where, said"):
        opened(TableSource(path=str(table)))
    data = opened(TableSource(path=str(table), picture="where", caption="said"))
    assert data.stored is not None
    assert data.stored.captions == ["number 0", "number 1", "number 2"]
    with pytest.raises(TrainingError, match="no column 'tag'"):
        opened(TableSource(path=str(table), picture="where", label="tag"))


def test_a_table_cannot_reach_outside_its_folder(folder: Path, tmp_path: Path) -> None:
    fill(folder, 3)
    fill(tmp_path, 1)
    (folder / "link.png").symlink_to(tmp_path / "000.png")
    outside = [
        "../000.png",
        str(tmp_path / "000.png"),
        "..\\000.png",
        "link.png",
        "missing.png",
        "bad\0name.png",
        "",
    ]
    table = folder / "t.tsv"
    table.write_text("image\ttext\n" + "".join(f"{name}\tx\n" for name in ["000.png", "001.png", *outside]))
    data = opened(TableSource(path=str(table)))
    assert set(by_name(data)) == {"000.png", "001.png"}
    assert len(data.skipped) == len(outside)


def test_damaged_tables_name_the_line(folder: Path) -> None:
    fill(folder, 2)
    table = folder / "t.jsonl"
    table.write_text('{"image": "000.png"}\n{"image": \n')
    with pytest.raises(TrainingError, match="Line 2"):
        opened(TableSource(path=str(table)))
    table.write_text("")
    with pytest.raises(TrainingError, match="no rows"):
        opened(TableSource(path=str(table)))


def test_rows_of_the_same_picture_are_on_one_side(folder: Path) -> None:
    fill(folder, 20)
    table = folder / "t.csv"
    table.write_text(
        "file,text\n" + "".join(f"{index % 20:03d}.png,caption {index}\n" for index in range(60))
    )
    data = opened(TableSource(path=str(table)), held_out=0.2)
    train = {image.numpy().tobytes() for image in data.train.batch(slice(None)).images}
    held = {image.numpy().tobytes() for image in data.held_out.batch(slice(None)).images}
    assert train.isdisjoint(held)
    assert data.count + data.held_out.count == 60
