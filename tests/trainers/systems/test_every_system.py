"""What every system must pass: exact resume, and learning rates that a branch can change."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from latentlab.formats import open_model
from latentlab.runs import Finished, RunFolder
from tests.trainers.toys import Toy, toys
from trainers.loop import train
from trainers.starting import Job
from trainers.systems import SYSTEMS

TOYS = toys()


@pytest.fixture(scope="module", autouse=True)
def one_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data are made ready once."""
    return tmp_path_factory.mktemp("data_home")


@pytest.fixture(autouse=True)
def home(one_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(one_home))


def run(job: Job, stop_at: int | None = None) -> None:
    """Train to the end, or stop after so many steps of this call."""
    asked = iter(range(1 << 30))
    for event in train(job, lambda: stop_at is not None and next(asked) >= stop_at):
        assert not isinstance(event, Finished) or event.completed or stop_at is not None


def content(out: Path, step: int) -> dict[str, bytes | torch.Tensor]:
    """Everything that a checkpoint holds, but for how long it took."""
    folder = RunFolder(out).checkpoint_folder(step)
    found: dict[str, bytes | torch.Tensor] = {"networks": (folder / "networks.safetensors").read_bytes()}

    def gather(name: str, value: object) -> None:
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, dict):
            for key, inner in value.items():
                gather(f"{name}/{key}", inner)
        elif isinstance(value, (list, tuple)):
            for key, inner in enumerate(value):
                gather(f"{name}/{key}", inner)
        else:
            found[name] = repr(value).encode()

    state = torch.load(folder / "state.pt", weights_only=True)
    gather("system", state["system"])
    gather("more", state["loop"]["more"])
    opened = open_model(folder / "model.safetensors")
    gather("model", dict(opened.generator.state_dict()))
    return found


def test_every_system_has_a_toy() -> None:
    assert {toy.system for toy in TOYS} == set(SYSTEMS)


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.title)
def test_a_run_in_two_parts_is_the_whole_run_bit_for_bit(toy: Toy, tmp_path: Path) -> None:
    config = toy.config()
    run(Job(config, tmp_path / "whole"))
    torch.rand(7)  # randomness elsewhere in the process must not matter
    run(Job(config, tmp_path / "parts"), stop_at=3)
    run(Job(config, tmp_path / "parts", resume=True))
    whole, parts = content(tmp_path / "whole", 8), content(tmp_path / "parts", 8)
    assert whole.keys() == parts.keys()
    for name, value in whole.items():
        other = parts[name]
        same = (
            torch.equal(value, other)
            if isinstance(value, torch.Tensor) and isinstance(other, torch.Tensor)
            else value == other
        )
        assert same, name
    first, second = (tmp_path / part / "samples" / "step-00000008.png" for part in ("whole", "parts"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.title)
def test_every_sheet_of_samples_is_looked_at(toy: Toy, tmp_path: Path) -> None:
    """By every rule and whatever state the networks are in: some grow meanwhile."""
    run(Job(toy.config(sample_every=1), tmp_path / "run"))
    assert len(RunFolder(tmp_path / "run").sheets()) == 8


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.title)
def test_a_branch_with_another_learning_rate_learns_otherwise(toy: Toy, tmp_path: Path) -> None:
    from trainers.learning_rates import scaled

    config = toy.config(checkpoint_every=4)
    run(Job(config, tmp_path / "run"))
    start = RunFolder(tmp_path / "run").list_checkpoints()[0]
    slower = config.model_copy(update={"settings": scaled(config.settings, 0.25)})
    for name, branch in (("same", config), ("slower", slower)):
        run(Job(branch, tmp_path / name, branch=start))
    expected, same, slow = (content(tmp_path / name, 8)["networks"] for name in ("run", "same", "slower"))
    assert same == expected
    assert slow != expected
