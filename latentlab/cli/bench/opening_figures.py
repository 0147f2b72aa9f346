"""Opening a 1024 px network pickle beside reading its tensors plainly."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import torch

from latentlab.cli.bench.child import peak_memory
from latentlab.cli.bench.figures import Figure
from latentlab.cli.bench.networks import full_stylegan2
from latentlab.cli.bench.pickle_file import write_network_pickle
from latentlab.formats import inspect, open_model

_ROUNDS = 7


def measure() -> Iterator[Figure]:
    """Time and memory of opening, files in the disk's cache."""
    with tempfile.TemporaryDirectory() as folder:
        pickle = Path(folder) / "network.pkl"
        plain = Path(folder) / "tensors.pt"
        generator = full_stylegan2(1024)
        write_network_pickle(pickle, generator)
        torch.save(generator.state_dict(), plain)
        kept = sum(tensor.nbytes for tensor in generator.state_dict().values())
        del generator
        opening, reading = _by_turns(lambda: open_model(pickle), lambda: _read(plain))
        ratio = median(a / b for a, b in zip(opening, reading, strict=True))
        size = f"{pickle.stat().st_size / 2**20:.0f} MiB file"
        beside = f"{median(opening):.0f} ms / {median(reading):.0f} ms, {size}"
        yield Figure("open / torch.load of the same tensors", ratio, "x", "at most", 1.3, beside)
        peak = peak_memory(_warm, partial(_open, pickle))
        beside = f"{peak / 2**20:.0f} MiB / {kept / 2**20:.0f} MiB"
        yield Figure("memory while opening / weights kept", peak / kept, "x", "at most", 1.5, beside)
        looking, _ = _by_turns(lambda: inspect(pickle), lambda: None)
        yield Figure("inspect", median(looking), "ms")


def _by_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Milliseconds of both, one after the other, after one round to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(_ROUNDS + 1):
        for work, taken in zip((first, second), times, strict=True):
            begun = perf_counter()
            result = work()
            if turn:
                taken.append((perf_counter() - begun) * 1000)
            del result
    return times


def _read(path: Path) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = torch.load(path, weights_only=True)
    return tensors


def _warm() -> None:
    """What every opening needs besides the file: modules imported, thread pools made."""
    full_stylegan2(8)


def _open(path: Path, _: None) -> object:
    return open_model(path)
