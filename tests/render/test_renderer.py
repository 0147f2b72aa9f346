from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from latentlab.errors import RecipeError, RenderError
from latentlab.latents.recipe import (
    ActivationEdit,
    LayerSource,
    Noise,
    Recipe,
    SeedSource,
    Transform,
)
from latentlab.models.generator import Generator, State
from latentlab.render.pixels import to_pixels
from latentlab.render.renderer import Renderer
from latentlab.render.request import RenderRequest
from tests.render.opened import CountingEngine, frames, opened, picture
from tests.toy_generator import toy_plain, toy_style

_STYLE = toy_style(resolution=32)  # blocks b4, b8, b16, b32; block i takes codes i and i + 1

_EDITS: dict[str, st.SearchStrategy[Any]] = {
    "source": st.builds(SeedSource, st.integers(0, 2)),
    "truncation_psi": st.sampled_from([1.0, 0.5, -0.3]),
    "truncation_cutoff": st.sampled_from([None, 2]),
    "mix": st.sampled_from(
        [(), (LayerSource(3, 4, SeedSource(9)),), (LayerSource(0, 1, SeedSource(9), 0.5),)]
    ),
    "noise": st.sampled_from(
        [
            Noise(),
            Noise("none"),
            Noise("random", 1),
            Noise("random", 2),
            Noise(strength=0.5),
            Noise(layers=((2, 3.0),)),
        ]
    ),
    "transform": st.sampled_from([Transform(), Transform(20.0)]),
    "edits": st.sampled_from(
        [
            (),
            (ActivationEdit("b8", "scale", 2.0),),
            (ActivationEdit("b8", "ablate", channels=(1,)), ActivationEdit("b16", "blur", 1.5)),
        ]
    ),
    "stop_after": st.sampled_from(["", "b8", "b16"]),
}
_CHANGES = st.sampled_from(sorted(_EDITS)).flatmap(lambda name: st.tuples(st.just(name), _EDITS[name]))


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(_CHANGES, st.booleans()), min_size=1, max_size=12),
    cache_bytes=st.sampled_from([0, 5_000, 60_000, 1 << 20]),
)
def test_caches_never_change_a_picture(steps: list[tuple[tuple[str, Any], bool]], cache_bytes: int) -> None:
    """Any sequence of edits, dragged or not, leads to the very bytes that a fresh renderer draws."""
    kept = Renderer(opened(_STYLE), device="cpu", cache_bytes=cache_bytes)
    recipe = Recipe()
    for (name, value), dragging in steps:
        recipe = replace(recipe, **{name: value})
        if dragging:
            frames(kept, recipe, dragging=True, budget_ms=0.2)
        fresh = Renderer(opened(_STYLE), device="cpu")
        np.testing.assert_array_equal(picture(kept, recipe), picture(fresh, recipe))


def test_the_picture_is_what_the_generator_draws() -> None:
    z = torch.from_numpy(np.random.RandomState(5).standard_normal((1, 8)).astype(np.float32))
    wanted = to_pixels(_STYLE(z, psi=0.7))[0]
    drawn = picture(Renderer(opened(_STYLE), device="cpu"), Recipe(SeedSource(5), truncation_psi=0.7))
    np.testing.assert_array_equal(drawn, wanted)


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"truncation_psi": 0.5}, 0),
        ({"mix": (LayerSource(4, 4, SeedSource(1)),)}, 3),
        ({"mix": (LayerSource(2, 2, SeedSource(1)),)}, 1),
        ({"noise": Noise(layers=((2, 0.0),))}, 2),
        ({"noise": Noise("none")}, 0),
        ({"edits": (ActivationEdit("b16", "scale", 0.5),)}, 2),
        ({"transform": Transform(10.0)}, 0),
        ({"noise": Noise("const", seed=7)}, 4),  # stored noise has no seed: nothing changed
        ({"mix": (LayerSource(0, 4, SeedSource(1), weight=0.0),)}, 4),
    ],
)
def test_only_what_follows_the_first_change_is_computed(change: dict[str, Any], first: int) -> None:
    engine = CountingEngine(_STYLE)
    renderer = Renderer(opened(_STYLE), device="cpu", make_engine=lambda generator: engine)
    picture(renderer, Recipe())
    assert engine.take_ran() == [0, 1, 2, 3]
    picture(renderer, replace(Recipe(), **change))
    assert engine.take_ran() == list(range(first, 4))
    picture(renderer, Recipe())
    assert engine.take_ran() == [], "going back to a picture that was just there computes nothing"


def test_a_full_picture_goes_on_where_its_preview_stopped(clock: "Clock") -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    engine.take_ran()
    other = Recipe(SeedSource(1))
    assert [frame.block for frame in frames(renderer, other, dragging=True, budget_ms=16.0)] == ["b8"]
    assert engine.take_ran() == [0, 1]
    shown = frames(renderer, other)
    assert [frame.block for frame in shown] == ["b16", "b32"]
    assert [frame.is_preview for frame in shown] == [True, False]
    assert engine.take_ran() == [2, 3]


class Clock:
    """Time that only engines move."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("renderer", "stage"):
        monkeypatch.setattr(f"latentlab.render.{module}.perf_counter", clock)
    return clock


class TimedEngine(CountingEngine):
    """Blocks that take 3, 10, 30 and 100 ms."""

    milliseconds = (3.0, 10.0, 30.0, 100.0)

    def __init__(self, generator: Generator, clock: Clock) -> None:
        super().__init__(generator)
        self._clock = clock

    def run(self, index: int, state: Any, codes: Tensor, noise: tuple[Tensor | None, ...]) -> Any:
        self._clock.seconds += self.milliseconds[index] / 1000
        return super().run(index, state, codes, noise)


def _timed(clock: Clock) -> tuple[Renderer, TimedEngine]:
    engine = TimedEngine(_STYLE, clock)
    return Renderer(opened(_STYLE), device="cpu", make_engine=lambda generator: engine), engine


@pytest.mark.parametrize(("budget", "block"), [(16.0, "b8"), (42.0, "b8"), (50.0, "b16"), (150.0, "b32")])
def test_previews_keep_their_budget(clock: Clock, budget: float, block: str) -> None:
    renderer, _ = _timed(clock)
    picture(renderer, Recipe())
    for seed in range(1, 6):
        shown = frames(renderer, Recipe(SeedSource(seed)), dragging=True, budget_ms=budget)
        assert [frame.block for frame in shown] == [block]
        assert shown[0].milliseconds <= budget
        assert shown[0].is_preview == (block != "b32")


def test_previews_keep_their_budget_when_the_machine_becomes_slow(clock: Clock) -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    engine.milliseconds = (9.0, 30.0, 90.0, 300.0)
    blocks = [
        frames(renderer, Recipe(SeedSource(seed)), dragging=True, budget_ms=50.0)[0].block
        for seed in range(1, 12)
    ]
    assert blocks[0] == "b16", "nothing is known yet"
    assert blocks[-1] == "b8"


def test_a_change_in_a_late_layer_is_shown_though_early_pictures_would_be_quicker(clock: Clock) -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    engine.take_ran()
    late = Recipe(mix=(LayerSource(3, 3, SeedSource(1)),))
    assert [frame.block for frame in frames(renderer, late, dragging=True, budget_ms=16.0)] == ["b16"]
    assert engine.take_ran() == [2]


def test_refinement_stops_within_one_block(clock: Clock) -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    engine.take_ran()
    shown: list[str] = []
    request = RenderRequest(Recipe(SeedSource(1)), budget_ms=5.0)
    shown.extend(frame.block for frame in renderer.render(request, cancelled=lambda: bool(shown)))
    assert shown == ["b8"], "the first picture is shown though it does not fit the budget"
    assert engine.take_ran() == [0, 1, 2], "one block of the refinement had begun"


def test_the_first_picture_is_finished_whatever_comes_but_closing(clock: Clock) -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    engine.take_ran()
    request = RenderRequest(Recipe(SeedSource(1)), dragging=True, budget_ms=50.0)
    assert [frame.block for frame in renderer.render(request, cancelled=lambda: True)] == ["b16"]
    engine.take_ran()
    request = replace(request, recipe=Recipe(SeedSource(2)))
    assert list(renderer.render(request, cancelled=lambda: False, closing=lambda: True)) == []
    assert engine.take_ran() == [0]


def test_what_was_computed_before_stopping_is_kept(clock: Clock) -> None:
    renderer, engine = _timed(clock)
    picture(renderer, Recipe())
    request = RenderRequest(Recipe(SeedSource(1)), budget_ms=5.0)
    assert [frame.block for frame in renderer.render(request, cancelled=lambda: True)] == ["b8"]
    engine.take_ran()
    picture(renderer, Recipe(SeedSource(1)))
    assert engine.take_ran() == [3]


def test_the_status_line_learns_the_last_time_and_the_rate(clock: Clock) -> None:
    renderer, _ = _timed(clock)
    assert renderer.timing.fps == 0
    frame = frames(renderer, Recipe())[-1]
    assert renderer.timing.last_ms == frame.milliseconds == pytest.approx(143.0)
    for seed in range(1, 11):
        frames(renderer, Recipe(SeedSource(seed)), dragging=True, budget_ms=16.0)
    assert renderer.timing.fps == pytest.approx(12, abs=1)
    clock.seconds += 2.0
    assert renderer.timing.fps == 0


def test_a_picture_aside_changes_neither_the_speed_shown_nor_what_previews_differ_from(clock: Clock) -> None:
    renderer, _ = _timed(clock)
    picture(renderer, Recipe())
    before = renderer.timing
    frames(renderer, Recipe(SeedSource(1)), aside=True)
    assert renderer.timing.last_ms == before.last_ms
    late = Recipe(mix=(LayerSource(3, 3, SeedSource(1)),))
    assert [frame.block for frame in frames(renderer, late, dragging=True, budget_ms=16.0)] == ["b16"]


def test_a_preview_whose_refinement_was_given_up_is_what_the_next_must_differ_from(clock: Clock) -> None:
    renderer, _ = _timed(clock)
    picture(renderer, Recipe())
    request = RenderRequest(Recipe(SeedSource(1)), budget_ms=5.0)
    list(renderer.render(request, cancelled=lambda: True))
    late = Recipe(SeedSource(1), mix=(LayerSource(3, 3, SeedSource(2)),))
    assert [frame.block for frame in frames(renderer, late, dragging=True, budget_ms=16.0)] == ["b16"]


def test_any_block_can_be_shown_and_lies_in_the_frame() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu")
    for block in _STYLE.blocks:
        frame = frames(renderer, Recipe(stop_after=block.info.name))[-1]
        assert frame.block == block.info.name
        assert frame.pixels.shape == (block.info.resolution, block.info.resolution, 3)
        assert not frame.is_preview
        assert (frame.device, frame.engine) == ("cpu", "torch float32")


def test_a_block_without_a_picture_is_shown_through_a_probe() -> None:
    generator = toy_plain(own_pictures=False, resolution=32)
    renderer = Renderer(opened(generator), device="cpu")
    shown = picture(renderer, Recipe(stop_after="b16"))
    assert shown.shape == (16, 16, 3)
    assert shown.std() > 5
    again = Renderer(opened(generator), device="cpu")
    np.testing.assert_array_equal(picture(again, Recipe(stop_after="b16")), shown)


def test_fitting_a_probe_waits_for_no_hand() -> None:
    generator = toy_plain(own_pictures=False, resolution=32)
    renderer = Renderer(opened(generator), device="cpu")
    blind = Recipe(stop_after="b16")
    assert frames(renderer, blind, dragging=True) == []
    assert list(renderer.render(RenderRequest(blind), cancelled=lambda: True)) == []
    assert frames(renderer, blind)[-1].block == "b16"
    assert frames(renderer, replace(blind, truncation_psi=0.5), dragging=True)[-1].pixels.any()


def test_previews_of_blocks_without_pictures_come_with_their_probes(clock: Clock) -> None:
    generator = toy_style(resolution=32, own_pictures=False)
    engine = TimedEngine(generator, clock)
    renderer = Renderer(opened(generator), device="cpu", make_engine=lambda _: engine)
    assert [frame.block for frame in frames(renderer, Recipe(), dragging=True)] == ["b32"]
    assert renderer.prepare_probes(lambda share, what: None, lambda: False)
    (frame,) = frames(renderer, Recipe(SeedSource(1)), dragging=True, budget_ms=50.0)
    assert (frame.block, frame.pixels.shape) == ("b16", (16, 16, 3))


def test_preparing_probes_lets_pictures_be_rendered_meanwhile() -> None:
    generator = toy_style(resolution=16, own_pictures=False)
    renderer = Renderer(opened(generator), device="cpu")
    wanted = picture(Renderer(opened(generator, "other"), device="cpu"), Recipe(transform=Transform(45.0)))
    drawn: list[np.ndarray] = []

    def pause() -> bool:
        drawn.append(picture(renderer, Recipe(transform=Transform(45.0))))
        return False

    assert renderer.prepare_probes(lambda share, what: None, pause)
    assert len(drawn) > 3
    for pixels in drawn:
        np.testing.assert_array_equal(pixels, wanted)


_GALLERY = [
    *(Recipe(SeedSource(seed), truncation_psi=0.8) for seed in range(20)),
    *(Recipe(SeedSource(seed), noise=Noise("random", seed)) for seed in range(5)),
    Recipe(transform=Transform(30.0)),
    Recipe(noise=Noise("none")),
    Recipe(stop_after="b8"),
    Recipe(edits=(ActivationEdit("b8", "noise", 0.5, seed=3),)),
]


def test_a_batch_shows_what_single_pictures_show_in_order() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu")
    one_by_one = Renderer(opened(_STYLE), device="cpu")
    drawn = list(renderer.render_batch(_GALLERY))
    assert [frame.recipe for frame in drawn] == _GALLERY
    for frame in drawn:
        difference = frame.pixels.astype(int) - picture(one_by_one, frame.recipe)
        assert np.abs(difference).max() <= 1, "the last bit may be rounded otherwise"


def test_a_batch_runs_several_pictures_at_once_and_keeps_no_states() -> None:
    engine = CountingEngine(_STYLE)
    renderer = Renderer(opened(_STYLE), device="cpu", make_engine=lambda generator: engine)
    list(renderer.render_batch(_GALLERY[:20]))
    assert engine.ran == [0, 1, 2, 3] * 2, "16 and 4"
    assert renderer.cached_bytes == 0


def test_a_batch_can_be_given_up() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu")
    drawn: list[Recipe] = []
    drawn.extend(
        frame.recipe for frame in renderer.render_batch(_GALLERY, cancelled=lambda: len(drawn) >= 16)
    )
    assert drawn == _GALLERY[:16]


def test_a_batch_too_large_for_memory_goes_on_one_by_one() -> None:
    engines: list[FailingEngine] = []

    def make(generator: Generator) -> FailingEngine:
        engines.append(FailingEngine(generator, "cpu", lambda engine: engine.pictures > 1))
        return engines[-1]

    renderer = Renderer(opened(_STYLE), device="cpu", make_engine=make)
    drawn = list(renderer.render_batch(_GALLERY[:20]))
    assert [frame.recipe for frame in drawn] == _GALLERY[:20]
    one_by_one = Renderer(opened(_STYLE), device="cpu")
    for frame in drawn:
        np.testing.assert_array_equal(frame.pixels, picture(one_by_one, frame.recipe))


def test_recipes_for_another_model_are_refused() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu")
    with pytest.raises(RecipeError, match="'b999'"):
        frames(renderer, Recipe(stop_after="b999"))
    with pytest.raises(RecipeError, match="'up3'"):
        frames(renderer, Recipe(edits=(ActivationEdit("up3", "scale"),)))


def test_damaged_weights_are_named() -> None:
    generator = toy_style()
    generator.toy_blocks[1].conv.weight[0, 0, 0, 0] = float("nan")  # type: ignore[union-attr,index]
    with pytest.raises(RenderError, match="NaN"):
        frames(Renderer(opened(generator), device="cpu"), Recipe())


class FailingEngine(CountingEngine):
    """Runs out of memory as told, on a card or on the CPU."""

    def __init__(self, generator: Generator, device: str, fails: Callable[["FailingEngine"], bool]) -> None:
        super().__init__(generator)
        self.device = device
        self.at_once = False
        self.pictures = 0
        self._fails = fails

    def run_through(self, *arguments: Any) -> dict[int, Any]:
        self.at_once = True
        states = super().run_through(*arguments)
        self.at_once = False
        return states

    def run(self, index: int, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        self.pictures = len(codes)
        if index == 2 and self._fails(self):
            self.at_once = False
            raise self.error
        return super().run(index, state, codes, noise)

    error: Exception = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


_ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 137438953472 bytes."),
    MemoryError(),
]


@pytest.mark.parametrize("error", _ERRORS)
def test_short_memory_keeps_nothing_and_says_so(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FailingEngine, "error", error)
    notices: list[str] = []
    renderer = Renderer(
        opened(_STYLE),
        device="cpu",
        notice=notices.append,
        make_engine=lambda generator: FailingEngine(generator, "cpu", lambda engine: engine.at_once),
    )
    wanted = picture(Renderer(opened(_STYLE), device="cpu"), Recipe())
    np.testing.assert_array_equal(picture(renderer, Recipe()), wanted)
    assert len(notices) == 1
    assert "without keeping anything" in notices[0]
    picture(renderer, Recipe(SeedSource(1)))
    assert len(notices) == 1, "it is said once"


def test_a_card_without_enough_memory_hands_over_to_the_cpu_and_says_so() -> None:
    notices: list[str] = []
    engines = iter(["cuda:0", "cpu"])

    def make(generator: Generator) -> FailingEngine:
        return FailingEngine(generator, next(engines), lambda engine: engine.device != "cpu")

    renderer = Renderer(opened(_STYLE), device="cpu", notice=notices.append, make_engine=make)
    shown = frames(renderer, Recipe())
    assert [frame.device for frame in shown] == ["cpu"]
    assert "now runs on the CPU" in notices[-1]
    np.testing.assert_array_equal(shown[-1].pixels, picture(Renderer(opened(_STYLE), device="cpu"), Recipe()))


def test_when_nothing_helps_the_error_says_what_to_do() -> None:
    renderer = Renderer(
        opened(_STYLE),
        device="cpu",
        notice=lambda text: None,
        make_engine=lambda generator: FailingEngine(generator, "cpu", lambda engine: True),
    )
    with pytest.raises(RenderError, match="not enough memory"):
        frames(renderer, Recipe())


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    class Broken(CountingEngine):
        def run(self, index: int, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
            raise RuntimeError("CUDA error: device-side assert triggered")

    renderer = Renderer(opened(_STYLE), device="cpu", make_engine=Broken)
    with pytest.raises(RuntimeError, match="device-side assert"):
        frames(renderer, Recipe())


def test_the_cache_keeps_its_budget_and_closing_gives_it_back() -> None:
    renderer = Renderer(opened(_STYLE), device="cpu", cache_bytes=50_000)
    for seed in range(10):
        picture(renderer, Recipe(SeedSource(seed)))
        assert renderer.cached_bytes <= 50_000
    assert renderer.cached_bytes > 10_000
    renderer.close()
    assert renderer.cached_bytes == 0
