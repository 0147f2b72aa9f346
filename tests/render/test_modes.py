import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from latentlab import places
from latentlab.errors import Cancelled
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.generator import Generator, State
from latentlab.render.engine import Engine
from latentlab.render.factories import Factory, Precision, factories
from latentlab.render.looks import ALIKE, EXACT, Look, compare
from latentlab.render.modes import prepare_engine
from latentlab.render.renderer import Renderer
from latentlab.render.torch_engine import TorchEngine
from tests.render.opened import opened, picture
from tests.toy_generator import toy_style

_STYLE = toy_style(resolution=32)


class OffEngine(TorchEngine):
    """Plain torch, but each picture is off by a constant."""

    def __init__(self, generator: Generator, error: float) -> None:
        super().__init__(generator)
        self.name = f"off by {error}"
        self.closed = False
        self._error = error

    def picture(self, index: int, state: State) -> Tensor | None:
        picture = super().picture(index, state)
        return None if picture is None else picture + self._error

    def close(self) -> None:
        self.closed = True


class Shelf:
    """Factories for tests: how often each made an engine, and what it made."""

    def __init__(self, *errors: float, exact: bool = False, version: str = "1") -> None:
        self.made: list[OffEngine] = []
        self._errors = errors
        self._exact = exact
        self._version = version

    def __call__(self, device: str, precision: Precision) -> list[Factory]:
        return [
            Factory(f"off by {error}", self._version, self._exact, lambda g, stop, e=error: self._make(g, e))
            for error in self._errors
        ]

    def _make(self, generator: Generator, error: float) -> Engine:
        self.made.append(OffEngine(generator, error))
        return self.made[-1]


def _prepare(shelf: Shelf, fingerprint: str = "print", **changes: Any) -> Engine | None:
    options: dict[str, Any] = {"progress": lambda share, what: None, "cancelled": lambda: False}
    choice = prepare_engine(_STYLE, fingerprint, "auto", available=shelf, **{**options, **changes})
    assert choice.looks
    return choice.engine


@pytest.fixture(autouse=True)
def no_gain_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Toys are too small for speed to mean anything; `test_an_engine_that_is_not_faster` asks for it."""
    monkeypatch.setattr("latentlab.render.looks.LEAST_GAIN", 0.0)


def test_the_comparison_measures_errors_in_levels() -> None:
    reference = TorchEngine(_STYLE)
    look = compare(
        _STYLE, OffEngine(_STYLE, 2 / 127.5), reference, progress=lambda share: None, cancelled=lambda: False
    )
    assert look.worst == pytest.approx(2.0, abs=0.01)
    assert 0.2 < look.mean < 2.0  # where the picture is white already, nothing shows
    same = compare(_STYLE, reference, reference, progress=lambda share: None, cancelled=lambda: False)
    assert (same.mean, same.most, same.worst) == (0, 0, 0)


@pytest.mark.parametrize("bad", ["mean", "most", "worst"])
@pytest.mark.parametrize("limits", [ALIKE, EXACT])
def test_each_limit_counts_and_nan_is_never_alike(bad: str, limits: Any) -> None:
    good: dict[str, float] = {"mean": 0.01, "most": 0.05, "worst": 0.5, "gain": 3.0}
    assert not Look(**good).fault(limits)
    assert "differ" in Look(**{**good, bad: 100.0}).fault(limits)
    assert "differ" in Look(**{**good, bad: float("nan")}).fault(limits)


def test_an_engine_that_is_not_faster_is_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latentlab.render.looks.LEAST_GAIN", 1.1)
    assert "not faster" in Look(0.0, 0.0, 0.0, gain=1.0).fault(ALIKE)


def test_an_engine_whose_pictures_differ_is_refused_and_the_next_is_taken() -> None:
    shelf = Shelf(0.5, 0.002)
    engine = _prepare(shelf)
    assert engine is not None
    assert engine.name == "off by 0.002"
    assert [made.closed for made in shelf.made] == [True, False]


def test_nothing_is_used_when_nothing_looks_the_same() -> None:
    assert _prepare(Shelf(0.5, float("nan"))) is None


def test_an_engine_that_claims_float32_is_held_to_it() -> None:
    assert _prepare(Shelf(0.002, exact=True)) is None
    assert _prepare(Shelf(1e-6, exact=True)) is not None


def test_verdicts_are_remembered_by_model_and_version(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counting(generator: Generator, engine: Engine, *rest: Any, **more: Any) -> Look:
        compared.append(engine.name)
        return compare(generator, engine, *rest, **more)

    monkeypatch.setattr("latentlab.render.modes.compare", counting)
    _prepare(Shelf(0.5, 0.002))
    again = Shelf(0.5, 0.002)
    assert _prepare(again) is not None
    assert compared == ["off by 0.5", "off by 0.002"]
    assert [made.name for made in again.made] == ["off by 0.002"], "the refused one is not even prepared"
    _prepare(Shelf(0.002), fingerprint="another model")
    _prepare(Shelf(0.002, version="2"))
    assert len(compared) == 4
    for path in (places.cache_dir() / "engines").iterdir():
        path.write_text(json.dumps({"off by 0.002; 1; x": "?"})[:-2])
    assert _prepare(Shelf(0.002)) is not None
    assert len(compared) == 5, "a damaged note is as good as none"


def test_an_engine_that_cannot_run_the_model_is_passed_over() -> None:
    def cannot(generator: Generator, stop: Callable[[], bool]) -> Engine:
        raise NotImplementedError("no such operator")

    def available(device: str, precision: Precision) -> list[Factory]:
        return [Factory("broken", "1", False, cannot), *Shelf(0.002)(device, precision)]

    engine = _prepare(available)  # type: ignore[arg-type]
    assert engine is not None
    assert engine.name == "off by 0.002"


def test_preparing_can_be_given_up_and_leaves_no_thread() -> None:
    begun = threading.Event()
    told: list[bool] = []

    def slow(generator: Generator, stop: Callable[[], bool]) -> Engine:
        begun.set()
        while not stop():
            threading.Event().wait(0.001)
        told.append(True)
        raise Cancelled

    def available(device: str, precision: Precision) -> list[Factory]:
        return [Factory("slow", "1", False, slow)]

    with pytest.raises(Cancelled):
        _prepare(available, cancelled=begun.is_set)  # type: ignore[arg-type]
    assert told == [True]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("prepare-engine")]


def test_comparing_can_be_given_up_between_blocks() -> None:
    shelf = Shelf(0.002)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += bool(shelf.made)
        return asked > 5

    with pytest.raises(Cancelled):
        _prepare(shelf, cancelled=cancelled)
    assert shelf.made[0].closed


def test_bfloat16_pictures_resemble_float32_ones() -> None:
    (factory,) = [f for f in factories("cpu", "auto") if f.name == "torch bfloat16"]
    engine = factory.make(_STYLE, lambda: False)
    look = compare(_STYLE, engine, TorchEngine(_STYLE), progress=lambda share: None, cancelled=lambda: False)
    assert 0 < look.mean < 1.0
    assert not [f for f in factories("cpu", "float32") if not f.exact]


def test_the_renderer_changes_engines_between_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latentlab.render.modes.factories", Shelf(0.004))
    renderer = Renderer(opened(_STYLE), device="cpu")
    recipe = Recipe(SeedSource(1))
    slow = picture(renderer, recipe)
    drawn_meanwhile: list[np.ndarray] = []

    def cancelled() -> bool:
        drawn_meanwhile.append(picture(renderer, recipe))
        return False

    assert renderer.prepare_fast(lambda share, what: None, cancelled) == "off by 0.004"
    assert len(drawn_meanwhile) > 3
    for pixels in drawn_meanwhile:
        np.testing.assert_array_equal(pixels, slow)
    fast = picture(renderer, recipe)
    assert renderer.engine.name == "off by 0.004"
    assert 0 < np.abs(fast.astype(int) - slow).max() <= 1
    renderer.precision = "float32"
    np.testing.assert_array_equal(picture(renderer, recipe), slow)
    assert renderer.engine.name == "torch float32"


def test_float32_is_float32_though_nothing_faster_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latentlab.render.modes.factories", Shelf(0.004))
    renderer = Renderer(opened(_STYLE), device="cpu")
    renderer.prepare_fast(lambda share, what: None, lambda: False)
    picture(renderer, Recipe())
    monkeypatch.setattr("latentlab.render.modes.factories", Shelf())
    renderer.precision = "float32"
    assert renderer.prepare_fast(lambda share, what: None, lambda: False) is None
    picture(renderer, Recipe())
    assert renderer.engine.name == "torch float32"


def test_giving_up_leaves_the_engine_as_it_was() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu")
    assert renderer.prepare_fast(lambda share, what: None, lambda: True) is None
    picture(renderer, Recipe())
    assert renderer.engine.name == "torch float32"
