"""The data card: figures, near-duplicates, thumbnails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.trainers.data.making import fill, noise, opened, save
from trainers.data import FolderSource, PointsSource


def test_figures_of_a_folder(folder: Path) -> None:
    fill(folder / "cats", 6)
    fill(folder / "dogs", 3, first=20)
    save(folder / "dogs" / "large.png", np.kron(noise(50), np.ones((4, 8, 1), np.uint8)))
    save(folder / "dogs" / "small.png", noise(51)[:8, :8])
    (folder / "dogs" / "bad.png").write_bytes(b"bad")
    card = opened(FolderSource(path=str(folder)), held_out=0.2).card()
    assert (card.count, card.held_out) == (9, 2)
    assert card.classes == (("cats", 6), ("dogs", 5))
    assert card.sizes is not None
    assert (card.sizes.least, card.sizes.median, card.sizes.most) == ((8, 8), (16, 16), (128, 64))
    assert (card.sizes.enlarged, card.sizes.not_square) == (1, 1)
    assert [item.name for item in card.skipped] == ["dogs/bad.png"]
    assert card.thumbnails.shape == (11, 16, 16, 3)
    assert card.near_duplicates == ()


def test_near_duplicates_are_found_and_others_are_not(folder: Path) -> None:
    fill(folder, 30)
    picture = Image.fromarray(noise(40, side=4)).resize((64, 64), Image.Resampling.BICUBIC)
    picture.save(folder / "original.png")
    picture.save(folder / "squeezed.jpg", quality=60)
    picture.resize((40, 40), Image.Resampling.LANCZOS).save(folder / "resized.png")
    save(folder / "equal.png", noise(7))
    mirrored = noise(5)[:, ::-1]
    save(folder / "mirrored.png", np.ascontiguousarray(mirrored))
    card = opened(FolderSource(path=str(folder))).card()
    pairs = {frozenset((pair.first, pair.second)): pair.difference for pair in card.near_duplicates}
    assert pairs.pop(frozenset(("007.png", "equal.png"))) == 0
    assert set(pairs) == {
        frozenset(("original.png", "squeezed.jpg")),
        frozenset(("original.png", "resized.png")),
        frozenset(("squeezed.jpg", "resized.png")),
    }
    assert card.near_duplicate_items == 3
    assert card.near_duplicates[0].difference == 0  # equal ones first


def test_flat_pictures_of_other_colours_are_no_duplicates(folder: Path) -> None:
    for index in range(20):
        save(folder / f"{index}.png", np.full((16, 16, 3), index * 12, np.uint8))
    assert opened(FolderSource(path=str(folder))).card().near_duplicates == ()


def test_thumbnails_show_every_class(folder: Path) -> None:
    for name, colour, count in (("many", 250, 150), ("few", 5, 4)):
        for index in range(count):
            save(folder / name / f"{index}.png", np.full((4, 4, 3), colour, np.uint8))
    card = opened(FolderSource(path=str(folder)), resolution=4).card()
    assert len(card.thumbnails) == 64
    assert {int(value) for value in card.thumbnails.mean((1, 2, 3))} == {5, 250}


def test_points_have_a_card(folder: Path) -> None:
    card = opened(PointsSource(count=100, labels=True)).card()
    assert (card.kind, card.count, card.held_out) == ("points", 95, 5)
    assert sum(count for _, count in card.classes) == 100
    assert len(card.thumbnails) == 0
