"""What a run shows between checkpoints: to whoever looks, and without a trace in what it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats  # type: ignore[import-untyped]

from latentlab.formats import open_model
from latentlab.runs import Interest, Progress, Request, RunFolder
from latentlab.runs import writer as writers
from tests.trainers.toys import Toy, toys
from tests.trainers.toys.gan import TOYS
from trainers import data, plane, sheets
from trainers.config import RunConfig
from trainers.loop import train
from trainers.starting import Job
from trainers.systems.gan import GANSystem
from trainers.systems.system import Setup
from trainers.team import ALONE
from trainers.training import Training


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """A toy that learns points."""
    monkeypatch.setattr(writers, "_ASK_EVERY", 0.0)
    toy = next(toy for toy in TOYS if toy.config().data.source.kind == "points")
    config = toy.config(steps=6)
    for _ in data.prepare(config.data):
        pass
    return config


def _train(config: RunConfig, path: Path, looks: bool) -> RunFolder:
    folder = RunFolder(path)
    for event in train(Job(config, path), lambda: False):
        if looks and not isinstance(event, Progress):
            for interest in Interest:
                folder.control.look_at(interest)
    return folder


def test_what_is_learned_does_not_depend_on_who_looks(points: RunConfig, tmp_path: Path) -> None:
    watched, alone = (_train(points, tmp_path / name, name == "watched") for name in ("watched", "alone"))
    networks = [folder.list_checkpoints()[-1].networks.read_bytes() for folder in (watched, alone)]
    assert networks[0] == networks[1]
    assert not alone.live_model.exists()
    shown = open_model(watched.live_model)
    assert 0 < shown.extra["step"] <= 6
    with np.load(watched.live_plane) as arrays:
        assert 0 < int(arrays["step"]) <= 6


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: str(toy.title))
def test_every_system_can_show_its_model(toy: Toy, tmp_path: Path) -> None:
    config = toy.config(steps=1)
    for _ in data.prepare(config.data):
        pass
    with Training(config, data.open_data(config.data), "cpu", ALONE) as training:
        training.write_live(tmp_path / "model.safetensors")
    assert open_model(tmp_path / "model.safetensors").extra["step"] == 0


def test_a_paused_run_does_single_steps_and_shows_them(points: RunConfig, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    control = folder.control
    steps: list[int] = []
    wished = False

    def should_stop() -> bool:
        """Asked before every step, and again and again in a pause."""
        nonlocal wished
        if not folder.exists():
            return False
        control.ask(Request.PAUSE)
        if not wished and len(steps) < 2:
            control.look_at(Interest.PLANE)
            control.ask(Request.STEP)
        wished = not wished
        return len(steps) >= 2

    events = train(Job(points, folder.path), should_stop)
    steps.extend(event.step for event in events if isinstance(event, Progress))
    assert steps[1] == steps[0] + 1, "each is reported alone, whatever the interval of reports"
    with np.load(folder.live_plane) as arrays:
        assert int(arrays["step"]) == steps[1]


@pytest.mark.parametrize("objective", ["non_saturating", "least_squares", "relativistic", "hinge"])
def test_arrows_point_where_a_small_step_lowers_the_generators_loss(
    points: RunConfig, objective: str
) -> None:
    from trainers.objectives.adversarial import generator_loss

    settings = points.settings.model_copy(update={"objective": objective})
    items = data.open_data(points.data)
    system = GANSystem(settings, Setup(items.shape, 10, 8))
    real = items.train.batch(slice(20)).images
    found = {name: torch.from_numpy(np.asarray(value)) for name, value in plane.look(system, real, 3).items()}
    field = plane.Field(system)
    rivals = field.scores(real[torch.arange(len(found["drawn"])) % len(real)])

    def loss(drawn: torch.Tensor) -> float:
        with torch.no_grad():
            return float(generator_loss(objective, field.scores(drawn), rivals))  # type: ignore[arg-type]

    size = float(found["arrows"].norm(dim=1).max())
    assert loss(found["drawn"] + 1e-2 / size * found["arrows"]) < loss(found["drawn"])


def test_field_and_grid_lie_where_their_names_say(points: RunConfig) -> None:
    items = data.open_data(points.data)
    system = GANSystem(points.settings, Setup(items.shape, 10, 8))
    found = plane.look(system, items.train.batch(slice(20)).images, 3)
    extent, side = float(found["extent"]), len(found["field"])
    field = plane.Field(system)
    with torch.no_grad():
        right_low = field.scores(torch.tensor([[extent, -extent]]))
        corner = system.networks["generator"].points(  # type: ignore[operator]
            torch.tensor([[float(found["reach"]), -float(found["reach"])]])
        )
    assert found["field"][0, side - 1] == pytest.approx(float(right_low), rel=1e-4)
    assert found["grid"][0, -1] == pytest.approx(corner[0].detach().numpy(), rel=1e-4)


def test_the_plane_of_latents_gives_every_picture_an_equal_share_of_the_prior() -> None:
    z = sheets.plane_of_latents(16)
    line = stats.norm.ppf([0.125, 0.375, 0.625, 0.875])
    assert z[:4, 0].numpy() == pytest.approx(line)
    assert z[:4, 1].numpy() == pytest.approx([line[3]] * 4), "the first row is the upper edge"
    assert z[-1].numpy() == pytest.approx([line[3], line[0]])
