"""The training loop: a generator of events that the command line, tests and processes share.

What a step sees is a function of the seed and the step's number alone (which pictures, mirrored or not, which
noise), so a resumed run needs no random state and its curve has no seam: N + N steps are 2N, bit for bit.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.formats.native import save_model
from latentlab.formats.report import Card
from latentlab.models.seeds import normal_from_seed
from latentlab.models.vae import VAE
from trainers import checkpoint, data, vision
from trainers.events import (
    Event,
    Finished,
    Measured,
    Preparing,
    Progress,
    Sampled,
    Saved,
    Started,
)
from trainers.systems.vae import VAESystem, VAETraining

_SHEET_COLUMNS = 12
_MEASURED_PICTURES = 1024
_FITTED_PICTURES = 4096
_MEASURE_NOISE = 1 << 40
"""A step number that no run reaches: noise of the measures is the same every time."""


@dataclass(frozen=True, slots=True)
class About:
    """What the card of the trained model says in words."""

    title: str = ""
    """The model's name for people."""
    description: str = ""
    data: str = ""
    """What the pictures are, and their licence; empty: what the source says."""
    licence: str = ""
    """Of the trained weights."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What is trained, on what, and for how long."""

    name: str
    system: VAETraining
    source: data.PictureSource
    steps: int
    batch_size: int = 32
    seed: int = 0
    mirror: bool = False
    """Show half of the pictures as in a mirror: only where left and right mean the same."""
    held_out: float = 0.05
    """Share of the pictures that training never sees."""
    about: About = About()


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run of a preset."""

    preset: Preset
    out: Path
    """The run's folder: `config.json`, `samples/`, `checkpoints/`, `model.safetensors`."""
    resume: bool = False
    report_every: int = 50
    save_every: int = 1000
    """Steps between checkpoints, each with measures and a sheet of samples."""
    keep: int = 2
    """Checkpoints kept."""
    workers: int = 1
    """Processes that draw pictures."""
    threads: int = 0
    """Of torch; 0 leaves torch's choice."""


def train(config: RunConfig, should_stop: Callable[[], bool]) -> Iterator[Event]:
    """Train until the preset's last step, or until `should_stop` says so; then save.

    Args:
        config: of the run.
        should_stop: asked before every step.

    Raises:
        TrainingError: the run's folder holds another run or none to resume, the pictures cannot be read, or a
            loss is not finite.
        CheckpointError: the disk is full or cannot be written.
    """
    preset = config.preset
    if config.threads:
        torch.set_num_threads(config.threads)
    for share, text in data.prepare(preset.source, config.workers):
        yield Preparing(share, text)
        if should_stop():
            yield Finished(0, completed=False)
            return
    pictures = data.load(preset.source, preset.held_out)
    run = _Run(config, pictures)
    step = run.open()
    yield Started(
        step,
        preset.steps,
        sum(weight.numel() for weight in run.system.network.parameters()),
        len(pictures.train),
        len(pictures.held_out),
        pictures.skipped,
    )
    yield from run.steps(step, should_stop)


class _Run:
    """A system, its pictures and its folder."""

    def __init__(self, config: RunConfig, pictures: data.Pictures) -> None:
        self.config = config
        self.preset = config.preset
        self.pictures = pictures
        self.system = VAESystem(self.preset.system, self.preset.steps, self.preset.seed)
        self._seconds = 0.0

    def open(self) -> int:
        """Make the folder, or go on in it; returns the steps already done."""
        folder, wanted = self.config.out, _as_json(self.preset)
        described = folder / "config.json"
        if not self.config.resume:
            if described.exists():
                raise TrainingError(f"{folder} already holds a run: resume it, or choose another folder.")
            (folder / "samples").mkdir(parents=True, exist_ok=True)
            described.write_text(json.dumps(wanted, indent=2), encoding="utf-8")
            return 0
        if not described.is_file():
            raise TrainingError(f"{folder} holds no run to resume: start it first.")
        found = json.loads(described.read_text(encoding="utf-8"))
        if {**found, "about": None} != {**wanted, "about": None}:
            raise TrainingError(
                f"{folder} holds a run of another configuration: resume with the one it was started with."
            )
        newest = checkpoint.load_newest(folder / "checkpoints")
        if newest is None:
            return 0
        step, state = newest
        self.system.load_state_dict(state["system"])
        self._seconds = float(state["seconds"])
        return step

    def steps(self, first: int, should_stop: Callable[[], bool]) -> Iterator[Event]:
        """Train from step `first` on."""
        config, preset = self.config, self.preset
        tally = _Tally(preset.batch_size)
        step = first
        while step < preset.steps and not should_stop():
            begun = time.perf_counter()
            losses = self.system.train_step(self._batch(step), step, _noise(preset.seed, step))
            step += 1
            seconds = time.perf_counter() - begun
            self._seconds += seconds
            tally.add(losses, seconds)
            if tally.count == config.report_every:
                yield tally.report(step, preset.steps)
            if step % config.save_every == 0 and step < preset.steps:
                yield from self._save(step)
        if tally.count:
            yield tally.report(step, preset.steps)
        if step > first:
            yield from self._save(step)
        yield Finished(step, completed=step == preset.steps)

    def _batch(self, step: int) -> Tensor:
        preset = self.preset
        indices = data.batch_indices(step, preset.batch_size, len(self.pictures.train), preset.seed)
        images = data.to_images(self.pictures.train[indices])
        if preset.mirror:
            turned = np.random.default_rng((preset.seed, step)).random(preset.batch_size) < 0.5
            images = torch.where(torch.from_numpy(turned)[:, None, None, None], images.flip(3), images)
        return images

    def _save(self, step: int) -> Iterator[Event]:
        """Checkpoint, model, measures and samples."""
        state = {"system": self.system.state_dict(), "seconds": self._seconds}
        yield Saved(step, checkpoint.save(self.config.out / "checkpoints", step, state, self.config.keep))
        generator = self.system.finished(data.to_images(self.pictures.train[:_FITTED_PICTURES]))
        held_out = data.to_images(self.pictures.held_out[:_MEASURED_PICTURES])
        measures = self.system.measure(generator, held_out, _noise(self.preset.seed, _MEASURE_NOISE))
        yield Measured(step, measures)
        save_model(self.config.out / "model.safetensors", generator, self._card(generator, step, measures))
        sheet = self.config.out / "samples" / f"step-{step:08d}.png"
        vision.save_sheet(_samples(generator, held_out[: 2 * _SHEET_COLUMNS]), _SHEET_COLUMNS, sheet)
        yield Sampled(step, sheet)

    def _card(self, generator: VAE, step: int, measures: dict[str, float]) -> Card:
        preset = self.preset
        return Card(
            name=preset.about.title or preset.name,
            family=generator.capabilities.family,
            description=preset.about.description,
            data=preset.about.data or data.describe(preset.source),
            licence=preset.about.licence,
            recipe=(
                f"Preset {preset.name}: {step:,} of {preset.steps:,} steps of {preset.batch_size} pictures, "
                f"{self._seconds / 60:.0f} minutes of training, seed {preset.seed}."
            ),
            measures=self.system.measures_in_words(measures),
        )


class _Tally:
    """Losses and time since the last report."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._forget()

    def _forget(self) -> None:
        self.count = 0
        self._seconds = 0.0
        self._sums: dict[str, float] = {}

    def add(self, losses: dict[str, float], seconds: float) -> None:
        self.count += 1
        self._seconds += seconds
        self._sums = {name: self._sums.get(name, 0.0) + value for name, value in losses.items()}

    def report(self, step: int, steps: int) -> Progress:
        """The means so far, and a new start."""
        means = {name: total / self.count for name, total in self._sums.items()}
        pace = self._seconds / self.count
        self._forget()
        return Progress(step, means, self._batch_size / pace, (steps - step) * pace)


@torch.no_grad()
def _samples(generator: VAE, images: Tensor) -> Tensor:
    """Four rows of samples of the same codes every time, then pairs of an image and its reconstruction."""
    z = normal_from_seed(0, 4 * _SHEET_COLUMNS, generator.capabilities.z_dim)
    pairs = torch.stack([images, generator(generator.encode(images).mu)], 1).flatten(0, 1)
    return torch.cat([generator(z), pairs])


def _noise(seed: int, step: int) -> torch.Generator:
    """The random numbers of one step, a function of the seed and the step."""
    state = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0] >> np.uint64(1)))


def _as_json(preset: Preset) -> Any:
    """The preset as JSON has it: tuples become lists."""
    return json.loads(json.dumps(dataclasses.asdict(preset)))
