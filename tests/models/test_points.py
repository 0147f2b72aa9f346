"""The generator of points: its picture shows where its points are, and it is a model like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from latentlab.errors import CheckpointError
from latentlab.formats import open_model
from latentlab.formats.native import save_model
from latentlab.formats.report import Card
from latentlab.models import catalogue
from latentlab.models.points import Points, PointsConfig
from latentlab.models.seeds import normal_from_seed


@pytest.fixture
def generator() -> Points:
    torch.manual_seed(0)
    made = Points(PointsConfig(hidden=(24, 16), extent=2.0, resolution=64)).eval()
    with torch.no_grad():
        made.get_parameter("layers.plane.linear.weight").mul_(4)
    return made.requires_grad_(False)


def test_points_are_what_the_layers_make_of_z(generator: Points) -> None:
    z = normal_from_seed(0, 5, 2)
    wanted = torch.nn.Sequential(
        torch.nn.Linear(2, 24),
        torch.nn.LeakyReLU(0.2),
        torch.nn.Linear(24, 16),
        torch.nn.LeakyReLU(0.2),
        torch.nn.Linear(16, 2),
    )
    wanted.load_state_dict(dict(zip(wanted.state_dict(), generator.state_dict().values(), strict=True)))
    torch.testing.assert_close(generator.points(z), wanted(z))


def test_the_white_disc_is_at_the_point_with_y_up(generator: Points) -> None:
    generator.get_parameter("layers.plane.linear.weight").mul_(0.01)  # the cloud shrinks to a spot
    turn = torch.arange(8) * torch.pi / 4
    z = 300 * torch.stack([turn.cos(), turn.sin()], 1)
    points = generator.points(z)
    spot = generator.points(torch.zeros(1, 2))
    apart = ((points - spot).norm(dim=1) > 0.5) & (points.abs().amax(1) < 1.8)
    assert apart.sum() >= 3
    pictures = generator(z[apart])
    assert pictures.shape[1:] == (3, 64, 64)
    assert -1 <= pictures.min() <= pictures.max() <= 1
    places = torch.arange(64)
    middle = ((spot[0] * torch.tensor([1.0, -1.0]) / 2 + 1) * 32).long()
    for picture, (x, y) in zip(pictures.amin(1).clamp_min(0), points[apart].tolist(), strict=True):
        picture[middle[1] - 4 : middle[1] + 5, middle[0] - 4 : middle[0] + 5] = 0
        column = ((picture.sum(0) * places).sum() / picture.sum()).item()
        row = ((picture.sum(1) * places).sum() / picture.sum()).item()
        assert column == pytest.approx((x / 2 + 1) * 32 - 0.5, abs=0.5)
        assert row == pytest.approx((1 - y / 2) * 32 - 0.5, abs=0.5)


def test_the_cloud_is_where_the_points_of_random_codes_are(generator: Points) -> None:
    points, colours = generator.blocks[-1].cloud()  # type: ignore[attr-defined]
    assert points.shape == (2048, 2)
    assert 0 <= colours.min() <= colours.max() <= 1
    picture = generator(normal_from_seed(0, 1, 2))[0].amax(0)
    inside = points[points.abs().amax(1) < 1.9]
    columns = ((inside[:, 0] / 2 + 1) * 32).long()
    rows = ((1 - inside[:, 1] / 2) * 32).long()
    background = picture.quantile(0.05)
    assert (picture[rows, columns] > background + 0.1).float().mean() > 0.9
    empty = torch.ones(64, 64, dtype=torch.bool)
    for down in range(-3, 4):
        for across in range(-3, 4):
            empty[(rows + down).clamp(0, 63), (columns + across).clamp(0, 63)] = False
    empty[31:33] = empty[:, 31:33] = False  # the axes
    white = generator(normal_from_seed(0, 1, 2))[0].amin(0) > 0.5
    assert (picture[empty & ~white] > background + 0.1).float().mean() < 0.02


def test_the_cloud_follows_the_weights(generator: Points) -> None:
    before = generator(normal_from_seed(0, 1, 2))
    generator.get_parameter("layers.fc0.linear.weight").mul_(0.3)
    assert (generator(normal_from_seed(0, 1, 2)) - before).abs().max() > 0.5


def test_it_is_saved_and_opened(generator: Points, tmp_path: Path) -> None:
    path = tmp_path / "points.safetensors"
    save_model(path, generator, Card(name="Ring", family="Points in the plane"))
    opened = open_model(path).generator
    z = normal_from_seed(3, 2, 2)
    assert torch.equal(opened(z), generator(z))
    assert len(generator.state_dict()) == 6  # no weight is there twice


def test_codes_act_on_the_first_layer(generator: Points) -> None:
    (weights,) = generator.blocks[0].code_weights()
    assert torch.equal(weights, generator.get_parameter("layers.fc0.linear.weight"))
    assert [block.code_weights() for block in generator.blocks[1:]] == [(), ()]
    assert [block.info.codes for block in generator.blocks] == [(0,), (), ()]


@pytest.mark.parametrize(
    "values", [{"hidden": []}, {"hidden": [1 << 20]}, {"extent": 0.0}, {"z_dim": 1}, {"resolution": 1 << 20}]
)
def test_absurd_architectures_are_refused(values: dict[str, object]) -> None:
    config = catalogue.config_to_json(PointsConfig()) | values
    with pytest.raises(CheckpointError):
        catalogue.build("points", json.loads(json.dumps(config)))
