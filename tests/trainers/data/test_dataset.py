"""What the loop relies on: ranges, order, teams, mirrors, two sets, the held-out part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.trainers.data.making import fill, noise, opened, save
from trainers.data import FolderSource, PointsSource, TwoFoldersSource, batch_indices, to_images
from trainers.team import Team


def test_an_epoch_shows_every_picture_once_and_epochs_differ() -> None:
    seen = np.concatenate([batch_indices(step, 4, 10, seed=5) for step in range(5)])
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()
    assert batch_indices(2, 4, 10, seed=5).tolist() == seen[8:12].tolist()
    assert batch_indices(0, 4, 10, seed=6).tolist() != seen[:4].tolist()


def test_black_and_white_are_the_ends_of_the_range() -> None:
    pixels = np.zeros((1, 2, 2, 3), np.uint8)
    pixels[0, 0, 1] = 255
    images = to_images(pixels)
    assert images.shape == (1, 3, 2, 2)
    assert images.dtype == torch.float32
    assert images[0, :, 0, 1].tolist() == [1, 1, 1]
    assert images.min() == -1


def test_a_team_sees_together_what_one_process_sees(folder: Path) -> None:
    fill(folder, 20)
    data = opened(FolderSource(path=str(folder)), mirror=True)
    whole = data.at_step(7, 8, 3)
    parts = [data.at_step(7, 8, 3, Team(rank, 4)) for rank in range(4)]
    torch.testing.assert_close(torch.cat([part.images for part in parts]), whole.images)
    torch.testing.assert_close(data.at_step(7, 8, 3).images, whole.images)
    assert not torch.equal(data.at_step(8, 8, 3).images, whole.images)


def test_half_of_the_pictures_are_mirrored_when_asked(folder: Path) -> None:
    fill(folder, 3)
    data = opened(FolderSource(path=str(folder)), mirror=True)
    plain = data.train.batch(slice(None)).images
    seen = torch.cat([data.at_step(step, 10, 0).images for step in range(30)])
    straight = torch.stack([(seen == image).all((1, 2, 3)) for image in plain]).any(0)
    turned = torch.stack([(seen == image.flip(2)).all((1, 2, 3)) for image in plain]).any(0)
    assert bool((straight ^ turned).all())
    assert 110 < int(turned.sum()) < 190  # 300 fair coins: 150 +- 4.6 sigma
    unturned = opened(FolderSource(path=str(folder))).at_step(0, 2, 0).images
    assert all((plain == image).all((1, 2, 3)).any() for image in unturned)


def test_two_sets_come_in_orders_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path / "a", 6)
    for index in range(14):
        save(tmp_path / "b" / f"{index:03d}.png", 255 - noise(index))
    data = opened(TwoFoldersSource(path=str(tmp_path / "a"), target=str(tmp_path / "b")), held_out=0.1)
    assert data.shape.has_targets
    assert data.count == 5
    assert data.train.targets is not None
    assert data.train.targets.count == 13
    steps = [data.at_step(step, 2, 0) for step in range(13)]
    targets = torch.cat([step.targets for step in steps if step.targets is not None])
    assert len({target.numpy().tobytes() for target in targets}) == 13  # all of the larger set too
    images = torch.cat([step.images for step in steps])
    assert ((images + targets).abs().amax((1, 2, 3)) > 0.02).any()  # not each beside its partner


def test_held_out_pictures_of_two_sets_are_partners_by_name(tmp_path: Path) -> None:
    fill(tmp_path / "a", 12)
    for index in range(12):
        save(tmp_path / "b" / f"{index:03d}.png", 255 - noise(index))
    data = opened(TwoFoldersSource(path=str(tmp_path / "a"), target=str(tmp_path / "b")), held_out=0.3)
    held = data.held_out.batch(slice(None))
    assert held.targets is not None
    torch.testing.assert_close(held.targets, -held.images, atol=0.01, rtol=0)


def test_two_pictures_are_enough(folder: Path) -> None:
    fill(folder, 2)
    data = opened(FolderSource(path=str(folder)))
    assert (data.count, data.held_out.count) == (1, 1)
    assert data.at_step(5, 4, 0).images.shape == (4, 3, 16, 16)


def test_at_most_so_many(folder: Path) -> None:
    fill(folder, 10)
    data = opened(FolderSource(path=str(folder)), most=4)
    assert data.count + data.held_out.count == 4


@pytest.mark.parametrize(("task", "modes", "sigma"), [("ring", 8, 0.01), ("grid", 25, 0.05)])
def test_points_lie_where_the_tasks_say(task: str, modes: int, sigma: float) -> None:
    data = opened(PointsSource.model_validate({"task": task, "count": 20_000, "labels": True}))
    assert data.shape.kind == "points"
    assert len(data.shape.class_names) == modes
    batch = data.train.batch(slice(None))
    assert batch.labels is not None
    for mode in range(modes):
        points = batch.images[batch.labels == mode].double()
        if task == "ring":
            centre = torch.tensor([np.cos(mode * np.pi / 4), np.sin(mode * np.pi / 4)])
        else:
            centre = torch.tensor([-4.0 + 2 * (mode % 5), -4.0 + 2 * (mode // 5)])
        count = len(points)
        assert abs(count / len(batch) * modes - 1) < 0.2
        assert bool(((points.mean(0) - centre).abs() < 5 * sigma / count**0.5).all())
        assert points.std(0).tolist() == pytest.approx([sigma, sigma], rel=0.12)
