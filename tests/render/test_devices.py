from pathlib import Path

import pytest
import torch

from latentlab import places
from latentlab.errors import RenderError
from latentlab.render import devices
from latentlab.render.devices import Verdict, check_device, checked, choose
from latentlab.render.self_check import worst_error


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names only: nothing is computed on them."""
    monkeypatch.setattr(devices, "available", lambda: ("cuda:0", "cuda:1", "cpu"))
    monkeypatch.setattr(devices, "describe", lambda device: f"device {device}")
    monkeypatch.setattr(devices, "_driver", lambda device: "1")


def test_the_cpu_is_always_there() -> None:
    assert devices.available()[-1] == "cpu"
    assert choose("cpu") == "cpu"


@pytest.mark.usefixtures("two_gpus")
def test_the_best_sound_device_is_chosen_and_a_failing_one_named_with_the_reason() -> None:
    notices: list[str] = []
    verdicts = {"cuda:0": Verdict(False, "its results differ."), "cuda:1": Verdict(True)}
    assert choose("auto", notice=notices.append, check=verdicts.__getitem__) == "cuda:1"
    assert notices == ["device cuda:0 is not used: its results differ."]


@pytest.mark.usefixtures("two_gpus")
def test_a_device_asked_for_by_name_is_refused_with_the_reason() -> None:
    with pytest.raises(RenderError, match=r"device cuda:0 cannot be used: broken\."):
        choose("cuda", check=lambda device: Verdict(False, "broken."))
    with pytest.raises(RenderError, match="There is no device 'cuda:7' here"):
        choose("cuda:7")


def test_a_device_that_computes_wrongly_or_not_at_all_fails_the_check() -> None:
    assert check_device("cpu").sound
    assert "differ from the CPU's by 0.5" in check_device("cpu", lambda device: 0.5).reason
    assert not check_device("cpu", lambda device: float("nan")).sound

    def cannot(device: str) -> float:
        raise NotImplementedError("no such operator")

    assert "no such operator" in check_device("cpu", cannot).reason


def test_the_check_sees_a_kernel_that_is_slightly_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transposed convolution off by one per cent on the second run only, as on a faulty device."""
    genuine = torch.nn.functional.conv_transpose2d
    runs = iter([1.01, 1.0])
    monkeypatch.setattr(
        torch.nn.functional, "conv_transpose2d", lambda *a, **k: genuine(*a, **k) * next(runs)
    )
    assert worst_error("cpu") > devices.TOLERANCE


@pytest.mark.usefixtures("two_gpus")
def test_a_device_is_checked_once_per_driver_and_torch(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    runs: list[str] = []

    def check(device: str) -> Verdict:
        runs.append(device)
        return Verdict(device == "cuda:1", "" if device == "cuda:1" else "faulty")

    monkeypatch.setattr(devices, "check_device", check)
    for _ in range(2):
        assert checked("cuda:0") == Verdict(False, "faulty")
        assert checked("cuda:1") == Verdict(True)
    assert runs == ["cuda:0", "cuda:1"]
    monkeypatch.setattr(devices, "_driver", lambda device: "2")
    checked("cuda:0")
    assert runs == ["cuda:0", "cuda:1", "cuda:0"]
    (places.cache_dir() / "devices.json").write_text("[1, 2")
    checked("cuda:0")
    assert len(runs) == 4, "a damaged note is as good as none"


def test_memory_and_cores_are_plausible() -> None:
    memory = devices.memory("cpu")
    assert 50 << 20 < memory.used < memory.total
    assert 1 <= devices.physical_cores() <= 1024
    devices.set_threads()
    assert torch.get_num_threads() == devices.physical_cores()
