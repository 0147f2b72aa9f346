"""The set-up script: it must name what is missing, and must not hide a failure."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "start.py"


@pytest.fixture
def start() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def programs(start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment whose programs note that they ran and succeed."""
    monkeypatch.setattr(start, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(start, "environment_program", lambda name: str(tmp_path / name))
    for name in ("ruff", "mypy", "lint-imports", "python"):
        write_program(tmp_path / name, status=0)
    return tmp_path


def write_program(path: Path, status: int) -> None:
    path.write_text(f'#!/bin/sh\necho "$0 $*" >> {path.parent}/ran\nexit {status}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in programs are shell scripts")
class TestChecks:
    def test_all_pass(self, start: ModuleType, programs: Path) -> None:
        assert start.run_checks([]) == 0
        assert len((programs / "ran").read_text().splitlines()) == 5

    @pytest.mark.parametrize("broken", ["ruff", "mypy", "lint-imports", "python"])
    def test_one_failure_fails_all_but_the_rest_still_runs(
        self, start: ModuleType, programs: Path, broken: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        write_program(programs / broken, status=3)
        assert start.run_checks([]) == 1
        assert len((programs / "ran").read_text().splitlines()) == 5
        assert f"FAILED: {broken}" in capfd.readouterr().out


def test_missing_libraries_are_named_with_the_command(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(start, "loads", lambda name: name != "libEGL.so.1")
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(SystemExit, match=r"sudo apt-get install -y libegl1$"):
        start.ensure_system_libraries()


def test_a_failed_installation_stops(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(start, "environment_program", lambda name: sys.executable)
    monkeypatch.setattr(start, "ROOT", SCRIPT.parents[1])

    def failing(command: list[str], check: bool = False, **_: object) -> None:
        assert check
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(start.subprocess, "run", failing)
    with pytest.raises(subprocess.CalledProcessError):
        start.ensure_environment(())
    assert not (tmp_path / "stamp").exists()


def test_set_up_is_done_once_per_set_of_extras(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(start, "environment_program", lambda name: sys.executable)
    installed: list[str] = []
    monkeypatch.setattr(start.subprocess, "run", lambda command, check: installed.append(command[-1]))
    start.ensure_environment(())
    start.ensure_environment(())
    start.ensure_environment(("data", "dev"))
    start.ensure_environment(())
    root = str(SCRIPT.parents[1])
    assert installed == [root, f"{root}[data,dev]"]


def test_an_old_python_is_refused(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3.11 or later, this is 3.10.4"):
        start.main([])
