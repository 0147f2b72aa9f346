"""Networks through the renderer: full frames, previews, and the fast engines beside plain operators."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from latentlab.cli.bench import rendering
from latentlab.cli.bench.baselines import plain_stylegan2, plain_stylegan3
from latentlab.cli.bench.child import peak_memory
from latentlab.cli.bench.figures import Figure
from latentlab.cli.bench.networks import full_stylegan2, full_stylegan3
from latentlab.formats import open_model
from latentlab.formats.bundled import bundled_models
from latentlab.formats.report import OpenedModel
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.models.stylegan3 import StyleGAN3
from latentlab.render.factories import Precision
from latentlab.render.renderer import Renderer, never

Draw = Callable[[Tensor], Tensor]

# Least speed over plain operators in float32 and in the checked fast mode.
_STYLEGAN2_GOALS: dict[int, dict[Precision, float]] = {
    256: {"float32": 2.2, "fast": 4.5},
    1024: {"float32": 4.0, "fast": 7.5},
}

# The same arithmetic, and the fast mode, whose error is shown without a goal.
_STYLEGAN3_ERRORS: dict[Precision, float | None] = {"float32": 1e-4, "fast": None}


def measure(group: str) -> Iterator[Figure]:
    """The figures of one group of `latentlab bench`."""
    if group == "bundled":
        yield from _bundled()
    elif group == "stylegan3":
        yield from _stylegan3()
    else:
        yield from _stylegan2(int(group.rpartition("-")[2]))


def _bundled() -> Iterator[Figure]:
    model = open_model(bundled_models()[0])
    for precision in ("float32", "fast"):
        renderer = _renderer(model, precision)
        yield _full_frame(renderer, model.generator, "")
        yield from _previews(renderer, coarse=16.0, first=50.0)
        yield Figure("memory of the process", rendering.memory(renderer).process / 2**20, "MiB")
        renderer.close()


def _stylegan2(resolution: int) -> Iterator[Figure]:
    generator = full_stylegan2(resolution)
    model = rendering.opened(generator, f"bench-stylegan2-{resolution}")
    noise = generator.noise_maps()

    def plain(codes: Tensor) -> Tensor:
        return plain_stylegan2(generator, codes, noise)

    for precision, least in _STYLEGAN2_GOALS[resolution].items():
        renderer = _renderer(model, precision)
        yield from _against(plain, renderer, generator, least=least, rounds=5)
        yield _full_frame(renderer, generator, "")
        yield from _previews(renderer, coarse=16.0, first=50.0)
        kept = rendering.memory(renderer)
        yield Figure("memory of states kept between frames", kept.cached / 2**20, "MiB")
        renderer.close()
        gc.collect()


def _stylegan3() -> Iterator[Figure]:
    generator = full_stylegan3(256)
    model = rendering.opened(generator, "bench-stylegan3-256")
    for precision, error in _STYLEGAN3_ERRORS.items():
        renderer = _renderer(model, precision)
        yield from _against(
            lambda codes: plain_stylegan3(generator, codes),
            renderer,
            generator,
            least=5.0,
            rounds=2,
            most_error=error,
        )
        yield _full_frame(renderer, generator, "")
        yield from _previews(renderer, coarse=100.0, first=100.0)
        renderer.close()
        gc.collect()
    plain = peak_memory(_stylegan3_256, draw_plainly)
    ours = peak_memory(_stylegan3_renderer, draw)
    beside = f"{ours / 2**20:.0f} MiB / {plain / 2**20:.0f} MiB"
    yield Figure("memory of one frame / plain operators'", ours / plain, "x", "at most", 0.5, beside)


def _renderer(model: OpenedModel, precision: Precision) -> Renderer:
    renderer = Renderer(model, device="cpu")
    renderer.prepare_probes(lambda share, what: None, never)
    rendering.prepare(renderer, precision)
    return renderer


def _full_frame(renderer: Renderer, generator: Generator, note: str) -> Figure:
    frame = rendering.full_frame(renderer, generator)
    beside = f"{frame.engine}: {frame.renderer_ms:.1f} ms / {frame.bare_ms:.1f} ms {note}"
    return Figure("full frame / bare forward pass", frame.ratio, "x", "at most", 1.05, beside)


def _previews(renderer: Renderer, *, coarse: float, first: float) -> Iterator[Figure]:
    for title, budget in (("preview for a fast hand", coarse), ("first preview", first)):
        shown = rendering.preview(renderer, budget_ms=budget)
        beside = f"{shown.engine}: {shown.side} px, longest {shown.longest_ms:.1f} ms"
        yield Figure(f"{title} while dragging", shown.median_ms, "ms", "at most", budget, beside)
        if coarse == first:
            return


def _against(
    plain: Draw,
    renderer: Renderer,
    generator: Generator,
    *,
    least: float,
    rounds: int,
    most_error: float | None = None,
) -> Iterator[Figure]:
    """Speed and error of the renderer's engine against plain operators, timed by turns."""
    engine = renderer.engine
    last = len(generator.blocks) - 1
    noise = generator.noise_maps()

    def ours(codes: Tensor) -> Tensor:
        states = engine.run_through(0, last, engine.start(), codes, noise, never)
        picture = engine.picture(last, states[last])
        assert picture is not None
        return picture.float()

    slow: list[float] = []
    fast: list[float] = []
    errors: list[float] = []
    with torch.inference_mode():
        for seed in range(rounds + 1):
            codes = generator.map(normal_from_seed(seed, 1, generator.capabilities.z_dim))
            expected, slow_ms = _timed(plain, codes)
            found, fast_ms = _timed(ours, codes)
            if seed:  # the first one warms up
                slow.append(slow_ms)
                fast.append(fast_ms)
                errors.append((found - expected).abs().max().item() / max(1.0, expected.abs().max().item()))
    ratio = median(a / b for a, b in zip(slow, fast, strict=True))
    beside = f"{engine.name}: {median(slow):.0f} ms / {median(fast):.0f} ms"
    yield Figure("speed over plain operators", ratio, "x", "at least", least, beside)
    work, rate = _operations(generator), _matrix_rate(_number_type(engine.name))
    beside = f"{work / 1e9:.0f} GFLOP at {rate / 1e9:.0f} GFLOP/s: what this processor allows"
    yield Figure(
        "the same of one matrix product of its size", median(slow) * rate / work / 1000, "x", beside=beside
    )
    title = "greatest error beside plain operators, of the picture's range"
    if most_error is None:
        yield Figure(title, max(errors), "x", beside=engine.name)
    else:
        yield Figure(title, max(errors), "x", "at most", most_error, engine.name)


def _operations(generator: Generator) -> int:
    """Floating-point operations of one picture, in the form with constant weights that every engine computes."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        generator(normal_from_seed(0, 1, generator.capabilities.z_dim))
    return int(counter.get_total_flops())


def _matrix_rate(dtype: torch.dtype, side: int = 2048, rounds: int = 8) -> float:
    """Operations a second of a large matrix product: hardly a convolution is faster."""
    a, b = (torch.randn(side, side).to(dtype) for _ in range(2))
    return 2.0 * side**3 / min(_timed(a.matmul, b)[1] for _ in range(rounds)) * 1000


def _number_type(engine: str) -> torch.dtype:
    return torch.bfloat16 if engine.endswith("bfloat16") else torch.float32


def _timed(draw: Draw, codes: Tensor) -> tuple[Tensor, float]:
    begun = perf_counter()
    picture = draw(codes)
    return picture, (perf_counter() - begun) * 1000


def _stylegan3_256() -> StyleGAN3:
    return full_stylegan3(256)


def _stylegan3_renderer() -> Renderer:
    """Draws with the engine that was chosen for float32 on this machine; it has drawn nothing yet."""
    model = rendering.opened(full_stylegan3(256), "bench-stylegan3-256")
    renderer = Renderer(model, device="cpu", precision="float32")
    renderer.prepare_fast(lambda share, what: None, never)
    return renderer


@torch.inference_mode()
def draw_plainly(generator: StyleGAN3) -> None:
    """One picture by plain operators."""
    plain_stylegan3(generator, generator.map(normal_from_seed(0, 1, generator.capabilities.z_dim)))


def draw(renderer: Renderer) -> None:
    """One picture as LatentLab draws it."""
    rendering.last_frame(renderer, Recipe(SeedSource(1)))
