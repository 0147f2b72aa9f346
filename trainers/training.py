"""A system, its data and its clock: one step, one checkpoint, one sheet of samples at a time."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save as to_safetensors
from torch import Tensor

from latentlab.atomic import write_atomically
from latentlab.formats.native import save_model
from latentlab.formats.report import Card
from latentlab.models.generator import Encodes, Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.runs import CheckpointInfo
from trainers import checkpoint, plane, sheets, vision
from trainers.batch import Batch
from trainers.batches import Batches, noise
from trainers.config import RunConfig
from trainers.data import Dataset
from trainers.finite import NotFiniteError, check_losses, first_bad_layer
from trainers.learning_rates import scaled
from trainers.systems import SYSTEMS
from trainers.systems.system import Setup, System
from trainers.team import Team
from trainers.timing import Estimate
from trainers.watching.watcher import Sight

_MEASURED = 1024
"""Held-out items that measures are taken on."""
_SEEN = 512
"""Training items that watchers see."""
_POLISHING = 20_000
"""Training items that a finished network is fitted to."""
_PART = 256
"""Items that are in memory together for it."""
_POINTS = 2500
"""Samples on a sheet of points."""
_MEASURE_NOISE = 1 << 40
"""A step number that no run reaches: noise of the measures is the same every time."""


class Training:
    """What is trained, on one device, by one process of a team."""

    def __init__(self, config: RunConfig, items: Dataset, device: str, team: Team) -> None:
        """Build the untrained system.

        Raises:
            TrainingError: data and system do not fit, or the team cannot share a batch.
        """
        loop = config.loop
        self.config = config
        self.items = items
        self.step = 0
        """Steps done."""
        self.rate = 1.0
        """What roll backs multiplied all learning rates with."""
        self.more: dict[str, Any] = {}
        """Plain values of others that travel with checkpoints."""
        self.time = Estimate(loop.steps, loop.sample_every, loop.checkpoint_every)
        self._setup = Setup(items.shape, loop.steps, loop.batch_size, loop.seed, device, team)
        self._earlier_seconds = 0.0
        self._batches = Batches(items, loop, device, team)
        self._finished: tuple[int, Generator, dict[str, float]] | None = None
        self.system = self._build()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._batches.close()

    @property
    def parameters(self) -> int:
        """Of all networks in training."""
        return sum(
            weight.numel() for network in self.system.networks.values() for weight in network.parameters()
        )

    @property
    def device(self) -> str:
        """Where it computes."""
        return self._setup.device

    @property
    def seconds(self) -> float:
        """Of training, over all resumes."""
        return self._earlier_seconds + self.time.in_steps + self.time.around

    def advance(self) -> dict[str, float]:
        """One step of optimisation; returns its losses.

        Raises:
            NotFiniteError: something is NaN or infinite; the text names the first place and the step.
        """
        batch = self._batches.of(self.step)
        self.time.waited()
        try:
            losses = self.system.train_step(batch, self.step, noise(self.config.loop.seed, self.step))
            check_losses(losses, self.step)
        except NotFiniteError as error:
            raise NotFiniteError(self._with_place(error, batch)) from error
        self.time.stepped()
        self.step += 1
        return losses

    def load(self, found: CheckpointInfo | None, rate: float = 1.0) -> None:
        """Go to a checkpoint, or to the beginning.

        Args:
            found: where to.
            rate: what all learning rates are multiplied with from there on.

        Raises:
            TrainingError: it is damaged, or of another system.
        """
        if found is None:
            stored: dict[str, Any] = {}
            state: dict[str, Any] = {"seconds": 0.0, "rate": 1.0, "more": {}}
        else:
            stored, state = checkpoint.load(found)
        self._earlier_seconds = float(state["seconds"]) - self.time.in_steps - self.time.around
        self.rate = float(state["rate"]) * rate
        self.step = found.step if found else 0
        self.more = dict(state["more"])
        self._finished = None
        self.system = self._build()
        if found is not None:
            with checkpoint.readable(found):
                self.system.load_state_dict(stored)

    def save(self, folder: Path) -> None:
        """Fill the folder of a checkpoint, which is empty."""
        generator, measures = self.finished()
        state = {"seconds": self.seconds, "rate": self.rate, "more": self.more}
        checkpoint.save(folder, self.system, state, generator, self._card(generator, measures))

    def finished(self) -> tuple[Generator, dict[str, float]]:
        """The model to draw with, and what it does with held-out items."""
        if self._finished is None or self._finished[0] != self.step:
            generator = self.system.finished(self._train_items(self.system.finishing_items))
            if self.step >= self.config.loop.steps:
                generator = self.system.polished(generator, self._in_order())
            measures = self.system.measure(
                self._held_out(_MEASURED), noise(self.config.loop.seed, _MEASURE_NOISE)
            )
            self._finished = self.step, generator, measures
        return self._finished[1:]

    @torch.no_grad()
    def look(self) -> Sight:
        """Samples of the same latents every time, and what watchers want to know of them."""
        generator, measures = self.finished()
        z, condition = self._latents(generator)
        drawn = self.system.draw(generator, z, condition)
        train, held_out = self._train_items(_SEEN), self._held_out(_SEEN)
        scores = {
            name: found.float().cpu()
            for name, batch in (
                ("train", train),
                ("held_out", held_out),
                ("drawn", _drawn(generator, condition, drawn)),
            )
            if (found := self.system.scores(batch)) is not None
        }
        return Sight(
            self.step,
            drawn.float().cpu(),
            z.cpu(),
            condition.to("cpu"),
            train.to("cpu"),
            held_out.to("cpu"),
            measures,
            scores,
            self.system.code_kl(held_out),
        )

    def write_sheet(self, sight: Sight, path: Path) -> None:
        """Write the sheet of what is seen, and beside it, once, the latents.

        Raises:
            OSError: the disk is full.
        """
        picture = io.BytesIO()
        Image.fromarray(self._sheet(sight)).save(picture, "png")
        latents = path.with_name("latents.safetensors")
        if not latents.exists():
            labels = sight.condition.labels
            tensors = {"z": sight.z.contiguous()} | (
                {} if labels is None else {"labels": labels.contiguous()}
            )
            told = {f"caption {number}": text for number, text in enumerate(sight.condition.captions)}
            write_atomically(latents, to_safetensors(tensors, told or None))
        write_atomically(path, picture.getvalue())

    def write_live(self, path: Path) -> None:
        """Write the model to draw with as it is now, and nothing else; its step travels in the file.

        Raises:
            CheckpointError: the disk is full.
        """
        generator = self.system.finished(self._train_items(self.system.finishing_items))
        save_model(path, generator, self._card(generator, {}), {"step": self.step})

    @property
    def shows_plane(self) -> bool:
        """Whether what happens can be drawn in a plane."""
        return plane.is_shown(self.system, self.items.shape)

    def write_plane(self, path: Path) -> None:
        """Write what happens in the plane now.

        Raises:
            OSError: the disk is full.
        """
        items = self.items.held_out
        found = plane.look(self.system, items.batch(slice(plane.REAL)).images, self.step)
        content = io.BytesIO()
        np.savez(content, **found)  # type: ignore[arg-type]
        write_atomically(path, content.getvalue())

    def _build(self) -> System:
        config = self.config
        return SYSTEMS[config.system](scaled(config.settings, self.rate), self._setup)

    def _with_place(self, error: NotFiniteError, batch: Batch) -> str:
        """The error, with the first place that is not finite when the step is run again."""
        if self._setup.team.size > 1:
            return str(error)  # the others would have to run it too
        again = noise(self.config.loop.seed, self.step)
        place = first_bad_layer(self.system.networks, lambda: self.system.train_step(batch, self.step, again))
        return f"{error} First found in {place}." if place else str(error)

    def _train_items(self, count: int) -> Batch:
        return self.items.train.batch(slice(count)).to(self._setup.device)

    def _in_order(self) -> Iterator[Batch]:
        """Training items, a part at a time."""
        for first in range(0, min(self.items.train.count, _POLISHING), _PART):
            yield self.items.train.batch(slice(first, first + _PART)).to(self._setup.device)

    def _held_out(self, count: int) -> Batch:
        return self.items.held_out.batch(slice(count)).to(self._setup.device)

    def _latents(self, generator: Generator) -> tuple[Tensor, Batch]:
        """z (N, z_dim) of the sheet, and N held-out items whose labels take turns."""
        count = _POINTS if self.items.shape.kind == "points" else self.config.loop.samples
        laid_out = self._is_laid_out(generator)
        if laid_out:
            count = math.isqrt(count) ** 2
        device, classes = self._setup.device, len(self.items.shape.class_names)
        items = self._held_out(count)
        rows = torch.arange(count, device=device) % len(items)
        captions = tuple(items.captions[row] for row in rows.tolist()) if items.captions else ()
        condition = Batch(
            items.images[rows],
            torch.arange(count, device=device) % classes if classes else None,
            captions,
            None if items.targets is None else items.targets[rows],
        )
        z_dim = generator.capabilities.z_dim
        z = sheets.plane_of_latents(count) if laid_out else normal_from_seed(0, count, z_dim)
        return z.to(device), condition

    def _is_laid_out(self, generator: Generator) -> bool:
        """Whether all pictures that it can draw lie in a plane of two numbers: then that is its sheet."""
        can = generator.capabilities
        return self.items.shape.kind == "pictures" and can.z_dim == 2 and not can.num_classes

    def _sheet(self, sight: Sight) -> NDArray[np.uint8]:
        generator, _ = self.finished()
        if sight.drawn.ndim == 2:
            return sheets.plane(sight.drawn, sight.held_out.images)
        can, images = generator.capabilities, sight.drawn
        classes = len(self.items.shape.class_names)
        columns = classes if 2 <= classes <= 16 else sheets.columns(len(images))
        if self._is_laid_out(generator):
            return vision.sheet(images, math.isqrt(len(images)))
        if can.is_translator:
            images, columns = sheets.with_conditions(sight.condition.images, images), 2 * columns
        elif can.has_encoder and not classes:
            images = torch.cat(
                [images, self._reconstructions(generator, sight.held_out.images[: 2 * columns])]
            )
        return vision.sheet(images, columns)

    @torch.no_grad()
    def _reconstructions(self, generator: Generator, images: Tensor) -> Tensor:
        """Pairs of an image and what the model makes of it, on the CPU."""
        encoder = cast(Encodes, generator)
        drawn = generator(encoder.encode(images.to(self._setup.device)).mu).float().cpu()
        return sheets.with_conditions(images, drawn)

    def _card(self, generator: Generator, measures: dict[str, float]) -> Card:
        config, loop, names = self.config, self.config.loop, self.items.shape.class_names
        return Card(
            name=config.about.title or config.name,
            family=generator.capabilities.family,
            description=config.about.description,
            data=config.about.data or _sentence(self.items),
            licence=config.about.licence,
            recipe=(
                f"Preset {config.name}: {self.step:,} of {loop.steps:,} steps of {loop.batch_size} items, "
                f"{self.seconds / 60:.0f} minutes of training, seed {loop.seed}."
            ),
            measures=self.system.measures_in_words(measures) if measures else (),
            class_names=names if len(names) == generator.capabilities.num_classes else (),
        )


def _drawn(generator: Generator, condition: Batch, drawn: Tensor) -> Batch:
    """Samples as the discriminator sees them."""
    if generator.capabilities.is_translator:
        return replace(condition, targets=drawn)
    return replace(condition, images=drawn)


def _sentence(items: Dataset) -> str:
    """What the items are, and their licence where it is known."""
    return f"{items.source} {items.licence}".strip()
