"""What every test shares: no screen, no waiting threads, and a home of its own."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """LatentLab's own folders, empty, below the test's temporary folder."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LATENTLAB_HOME", str(folder))
    return folder
