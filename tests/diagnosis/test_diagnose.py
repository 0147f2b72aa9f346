"""A whole diagnosis of points with modes withheld: what it says, writes and shows."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from latentlab.diagnosis.data import Data
from latentlab.diagnosis.diagnose import diagnose
from latentlab.diagnosis.html import as_html
from latentlab.diagnosis.result import Against, Result, Subject, read_progress
from latentlab.diagnosis.sampling import Wanted
from latentlab.diagnosis.session import Model, Options, Session
from latentlab.diagnosis.writing import ResultWriter
from latentlab.errors import Cancelled
from latentlab.models.points import Points, PointsConfig


def mixture(modes: np.ndarray, seed: int) -> np.ndarray:
    centres = np.stack(np.meshgrid([-4, -2, 0, 2, 4], [-4, -2, 0, 2, 4]), -1).reshape(-1, 2)
    noise = np.random.default_rng(seed).normal(size=(len(modes), 2))
    return (centres[modes] + 0.05 * noise).astype(np.float32)


def session(folder: Path, withheld: tuple[int, ...], count: int = 1000) -> Session:
    random = np.random.default_rng(0)
    real = random.integers(25, size=count)
    fake = random.choice([mode for mode in range(25) if mode not in withheld], count)
    names = tuple(f"mode {mode}" for mode in range(25))
    data = Data("grid", "grid", mixture(real, 1), np.arange(count) % 5 == 0, (), real, names)
    writer = ResultWriter(folder, Subject("model", "m", "Grid"), Against("grid", "grid", count), "points")
    return Session(
        writer,
        Model(Points(PointsConfig((8,))), ""),
        data,
        None,
        Options(samples=count, latent=False),
        None,
        asked=Wanted(np.arange(count, dtype=np.int64)),
        generated=mixture(fake, 2),
    )


def test_withheld_modes_are_named(tmp_path: Path) -> None:
    one = session(tmp_path, (7, 12))
    assert list(diagnose(one))[-1] == "Verdicts"
    found = Result.open(tmp_path)
    first = found.verdicts[0]
    assert first.key == "lost_modes"
    assert {found.class_names[row] for row in first.classes} <= {"mode 7", "mode 12"}
    names = found.array("bin_name")
    assert names is not None
    assert {str(names[row]) for row in first.bins} == {"mode 7", "mode 12"}
    labels, never = found.array("real_class"), found.array("never_drawn")
    assert labels is not None
    assert never is not None
    assert set(labels[never[:40]]) <= {7, 12}
    assert found.figures["lost_share"].value == pytest.approx(0.08, abs=0.02)
    for key in ("bins_differ", "bins_starved", "lost_share"):
        figure = found.figures[key]
        assert figure.low <= figure.value <= figure.high, key
    starved = found.figures["bins_starved"]
    assert (starved.value, starved.of) == (2, 25)
    assert starved.high < 6


def test_nothing_is_lost_where_all_is_drawn(tmp_path: Path) -> None:
    for _ in diagnose(session(tmp_path, ())):
        pass
    assert [verdict.key for verdict in Result.open(tmp_path).verdicts] == ["sound"]


class Links(HTMLParser):
    """What a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attributes if name in ("src", "href", "srcset", "data")]


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    for _ in diagnose(session(tmp_path, (3,))):
        pass
    page = as_html(Result.open(tmp_path))
    links = Links()
    links.feed(page)
    assert all(link.startswith("data:") for link in links.found)
    assert "url(" not in page
    assert "@import" not in page
    assert "<svg" in page
    assert "Part of the data is never drawn" in page


def test_a_part_is_there_before_the_end_and_it_can_be_stopped(tmp_path: Path) -> None:
    one = session(tmp_path, (), 300)
    stages = diagnose(one)
    next(stages)
    assert Result.open(tmp_path).array("generated_points") is not None
    (tmp_path / "cancel").touch()
    with pytest.raises(Cancelled):
        list(stages)
    progress = read_progress(tmp_path)
    assert progress is not None
    assert progress.state == "running"
