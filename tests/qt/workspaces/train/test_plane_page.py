"""The plane of runs that learn points: read, painted where it belongs, followed, and slowed down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.plane_reading import contour_of, read_plane
from latentlab.qt.widgets.plane_field import PlaneField, Shown
from latentlab.qt.workspaces.train.samples_pane import SamplesPane
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import Interest, Request, RunState, RunWriter, Sampled, Started


def _write(path: Path, step: int, **changes: object) -> None:
    """A field that grows to the right and is 1 on the boundary at x = 0.5; two points that are pulled upwards."""
    axis = np.linspace(-2, 2, 41, dtype=np.float32)
    line = np.linspace(-1, 1, 5, dtype=np.float32)
    values: dict[str, object] = {
        "field": np.broadcast_to(2 * axis, (41, 41)).copy(),
        "boundary": np.float32(1.0),
        "real": np.array([[1.5, 1.5]], np.float32),
        "drawn": np.array([[-1.0, 0.0], [1.0, -1.0]], np.float32),
        "arrows": np.array([[0.0, 4.0], [0.0, 2.0]], np.float32),
        "grid": np.stack(np.meshgrid(line, line), -1),
        "extent": np.float32(2.0),
        "step": np.int64(step),
    }
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".part").open("wb") as file:
        np.savez(file, **{**values, **changes})  # type: ignore[arg-type]
    path.with_suffix(".part").replace(path)


def test_a_plane_is_read_as_it_was_written(tmp_path: Path) -> None:
    _write(tmp_path / "plane.npz", 7)
    plane = read_plane(tmp_path / "plane.npz")
    assert plane is not None
    assert plane.step == 7
    assert plane.contour[..., 0] == pytest.approx(0.5, abs=1e-4)
    assert sorted(np.ptp(plane.contour[..., 1], axis=1)) == pytest.approx([0.1] * 40, abs=1e-5)
    assert plane.arrows.tolist() == [[0.0, 1.0], [0.0, 0.5]]
    left, right = (QColor(plane.field.pixel(x, 20)) for x in (0, 40))
    assert left.red() > left.blue(), "orange where it is called generated"
    assert right.blue() > right.red(), "blue where it is called real"


def test_the_contour_of_a_circle_is_that_circle() -> None:
    axis = np.linspace(-1.5, 1.5, 61)
    x, y = np.meshgrid(axis, axis)
    contour = contour_of((1.0 - x**2 - y**2).astype(np.float32), 1.5)
    assert np.hypot(contour[..., 0], contour[..., 1]) == pytest.approx(1.0, abs=2e-3)
    length = np.hypot(*(contour[:, 0] - contour[:, 1]).T).sum()
    assert length == pytest.approx(2 * np.pi, rel=1e-2)


@pytest.mark.parametrize(
    "changes",
    [
        {"field": np.zeros((3,), np.float32)},
        {"drawn": np.zeros((2, 3), np.float32)},
        {"arrows": np.zeros((5, 2), np.float32)},
        {"extent": np.float32(-1)},
        {"grid": np.full((2, 2, 2), np.nan, np.float32)},
        {"real": np.array([["a", "b"]])},
    ],
)
def test_what_is_no_plane_is_passed_over(tmp_path: Path, changes: dict[str, object]) -> None:
    _write(tmp_path / "plane.npz", 7, **changes)
    assert read_plane(tmp_path / "plane.npz") is None


def test_half_a_file_is_passed_over(tmp_path: Path) -> None:
    _write(tmp_path / "plane.npz", 7)
    whole = (tmp_path / "plane.npz").read_bytes()
    for part in (b"", whole[:40], whole[: len(whole) // 2], b"x" * 300):
        (tmp_path / "plane.npz").write_bytes(part)
        assert read_plane(tmp_path / "plane.npz") is None
    assert read_plane(tmp_path / "nothing.npz") is None


def test_points_are_painted_where_they_are(tmp_path: Path, qtbot: QtBot) -> None:
    _write(tmp_path / "plane.npz", 7)
    field = PlaneField()
    qtbot.addWidget(field)
    field.resize(300, 200)
    field.show_plane(read_plane(tmp_path / "plane.npz"))
    at = field.place_of(1.5, 1.5).toPoint()
    assert at.x() > 150, "right"
    assert at.y() < 100, "above the middle"
    pictures = []
    for shown in (Shown(), Shown(points=False), Shown(arrows=False), Shown(field=False), Shown(grid=True)):
        field.set_shown(shown)
        pictures.append(field.grab().toImage())
    assert pictures[0].pixel(at) != pictures[1].pixel(at)
    for number in range(len(pictures)):
        assert all(pictures[number] != other for other in pictures[number + 1 :])


@pytest.fixture
def pane(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[SamplesPane, RunWriter]]:
    """The samples of a live run of points, shown."""
    writer = RunWriter.create(tmp_path / "ring", {"name": "ring"}, {})
    writer.show(RunState.RUNNING, 0, 100)
    writer.write(Started(0, 100, 7, 50))
    run, jobs = ShownRun(), JobThread()
    made = SamplesPane(run, jobs)
    qtbot.addWidget(made)
    made.show()
    run.show(writer.folder.path)
    yield made, writer
    run.stop()
    jobs.stop()
    writer.close()


def _sheet(writer: RunWriter, step: int, *, plane: bool = True) -> None:
    path = writer.folder.samples / f"step-{step:08d}.png"
    path.write_bytes(b"")
    if plane:
        _write(path.with_suffix(".npz"), step)
    writer.write(Sampled(step, f"samples/{path.name}"))


def _step(pane: SamplesPane) -> int:
    plane = pane.plane.field.plane
    return plane.step if plane is not None else -1


def test_a_live_run_of_points_shows_its_plane_and_what_is_new(
    pane: tuple[SamplesPane, RunWriter], qtbot: QtBot
) -> None:
    samples, writer = pane
    _sheet(writer, 10)
    qtbot.waitUntil(samples.plane.isVisible)
    qtbot.waitUntil(lambda: _step(samples) == 10)
    qtbot.waitUntil((writer.folder.path / "control" / Interest.PLANE).exists)
    for step in (11, 12):
        _write(writer.folder.live_plane, step)
        qtbot.waitUntil(lambda step=step: _step(samples) == step)  # type: ignore[misc]
    _sheet(writer, 20)
    qtbot.waitUntil(lambda: samples.index == 1)
    samples.choose(0)
    qtbot.waitUntil(lambda: _step(samples) == 10, timeout=3000)
    _write(writer.folder.live_plane, 21)
    samples.choose(1)
    qtbot.waitUntil(lambda: _step(samples) == 21)


def test_single_steps_and_slow_motion_are_asked_of_the_run(
    pane: tuple[SamplesPane, RunWriter], qtbot: QtBot
) -> None:
    samples, writer = pane
    _sheet(writer, 10)
    qtbot.waitUntil(samples.plane.isVisible)
    samples.plane.one_step.click()
    qtbot.waitUntil(lambda: writer.folder.control.asked() == {Request.PAUSE, Request.STEP})
    samples.plane.slow.changed.emit(1.0)
    qtbot.waitUntil(lambda: writer.folder.control.pace() == 2.0)
    samples.plane.slow.changed.emit(0.0)
    qtbot.waitUntil(lambda: writer.folder.control.pace() == 0.0)


def test_pictures_have_no_plane(pane: tuple[SamplesPane, RunWriter], qtbot: QtBot) -> None:
    samples, writer = pane
    _sheet(writer, 10, plane=False)
    qtbot.waitUntil(lambda: samples.index == 0)
    assert samples.views.isHidden()
    assert samples.sheet.isVisible()
