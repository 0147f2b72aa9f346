"""What `latentlab diagnose` measures: a model file or a run with its checkpoints, and the data as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from latentlab.cli import drawn_data
from latentlab.diagnosis.data import Data
from latentlab.diagnosis.features.own import Network
from latentlab.diagnosis.result import Subject
from latentlab.diagnosis.sampling import MOST_SIDE, in_black_and_white
from latentlab.diagnosis.session import Checkpoint, Model, Scores
from latentlab.errors import DiagnosisError
from latentlab.formats.bundled import is_bundled
from latentlab.formats.opening import open_model
from latentlab.models.generator import Generator
from latentlab.models.points import Points
from latentlab.runs import CheckpointInfo, RunFolder
from latentlab.runs.folder import KeptModel

if TYPE_CHECKING:
    from trainers.config import RunConfig
    from trainers.data import Dataset, DataSettings
    from trainers.data.dataset import Items
    from trainers.systems.system import System

_CHUNK = 256
"""Pictures that are made smaller at once."""
Change = dict[str, bool | int | float | str]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A subject, opened."""

    subject: Subject
    model: Model
    run: RunFolder | None = None
    config: RunConfig | None = None
    checkpoint: CheckpointInfo | None = None
    preset: str = ""
    """Of a model that ships, whose data can be made again."""

    def changes(self, kind: str) -> Change:
        """Settings that help against a kind of trouble; none for a model."""
        from trainers.watching.remedies import change_for

        return {} if self.config is None else change_for(kind, self.config)


def open_subject(path: Path, *, most_checkpoints: int) -> Measured:
    """Open a model file, or the newest model of a run.

    Raises:
        LatentLabError: there is neither, or it cannot be opened.
    """
    run = RunFolder(path)
    if not run.exists():
        if path.is_dir():
            raise DiagnosisError(f"{path} is neither a model nor a run: name a model file or a run's folder.")
        return _measured(path, Subject("model", str(path), ""), None, ())
    from trainers.config import read_config

    models = run.list_models()
    if not models:
        raise DiagnosisError(f"{path} has no checkpoint yet: wait for the first one, or ask for a snapshot.")
    newest = models[-1]
    chosen = [models[row] for row in np.unique(np.linspace(0, len(models) - 1, most_checkpoints).astype(int))]
    config = read_config(run.read_config())
    subject = Subject("run", str(path), config.about.title or config.name or path.name, step=newest.step)
    checkpoints = tuple(
        Checkpoint(kept.step, _stamp(kept.path), partial(_generator_of, run, kept)) for kept in chosen
    )
    whole = [found for found in run.list_checkpoints() if found.step == newest.step]
    found = _measured(newest.path, subject, run, checkpoints if len(checkpoints) > 1 else ())
    return Measured(found.subject, found.model, run, config, whole[0] if whole else None)


def _measured(
    path: Path, subject: Subject, run: RunFolder | None, checkpoints: tuple[Checkpoint, ...]
) -> Measured:
    opened = open_model(path)
    can = opened.generator.capabilities
    back = None
    beside = path.with_name(f"{path.stem}-back{path.suffix}")
    if can.is_translator and beside.is_file():
        back = open_model(beside).generator
    points = isinstance(opened.generator, Points)
    preset = opened.card.preset if is_bundled(path.resolve()) else ""
    about = Subject(
        kind=subject.kind,
        path=subject.path,
        name=subject.name or opened.card.name or path.stem,
        family=can.family,
        resolution=0 if points else can.resolution,
        step=subject.step,
        model=str(path),
        is_translator=can.is_translator,
        z_dim=can.z_dim,
    )
    return Measured(
        about, Model(opened.generator, opened.fingerprint, back, checkpoints=checkpoints), run, preset=preset
    )


def _generator_of(run: RunFolder, kept: KeptModel) -> Generator:
    """The model of a checkpoint. One that made room for newer ones meanwhile may have left its model behind."""
    path = kept.path
    if not path.is_file():
        path = next((one.path for one in run.list_models() if one.step == kept.step), path)
    return open_model(path).generator


def _stamp(path: Path) -> str:
    """Names the weights in a file that is written once."""
    about = path.stat()
    return f"{path.resolve()}-{about.st_size}-{about.st_mtime_ns}"


def dataset_of(measured: Measured, source: str | None, most: int, tell: drawn_data.Tell) -> Dataset:
    """The data that were named at the size of the model's pictures, those of the run at the size it learns at, or
    those that a model which ships was trained on. Of a set that is drawn no more than `most` items are.

    A network that grows draws smaller pictures than it will in the end. Its data are prepared already, and its
    discriminator fits them: they are made smaller by `arrays_of`.

    Raises:
        TrainingError, DiagnosisError: they cannot be read, or none were named.
    """
    from trainers.data import DataSettings, recognised

    can = measured.model.generator.capabilities
    if source is not None:
        side = min(can.resolution, MOST_SIDE)
        colour: dict[str, Any] = {"resolution": side, "colour": "grey" if can.image_channels == 1 else "rgb"}
        settings = DataSettings.model_validate({"source": recognised(source), **colour})
        return drawn_data.opened(drawn_data.few(settings, most), tell)
    if measured.config is not None:
        own = measured.config.data
        return drawn_data.opened(own.model_copy(update={"resolution": min(own.resolution, MOST_SIDE)}), tell)
    shipped = _data_of_preset(measured.preset)
    if shipped is None:
        raise DiagnosisError("A model is measured against data: name them with --data.")
    return drawn_data.seen_and_unseen(shipped, most, tell)


def _data_of_preset(name: str) -> DataSettings | None:
    """What a preset learns from; None where there is no such preset, or somebody has to bring the pictures."""
    from trainers.presets import PRESETS

    preset = PRESETS.get(name)
    brought = preset is None or getattr(preset.data.source, "path", None) == ""
    return None if preset is None or brought else preset.data


def as_trained(data: Data, measured: Measured) -> Data:
    """A run's own data as its system was shown them: black or white where it makes pixels so."""
    if measured.config is None or not getattr(measured.config.settings, "binarise", False):
        return data
    return replace(
        data,
        items=in_black_and_white(np.asarray(data.items, np.uint8)),
        text=f"{data.text} In black and white.",
        binary=True,
    )


def arrays_of(dataset: Dataset, source: str, most: int, side: int = MOST_SIDE) -> Data:
    """At most `most` items of a dataset as arrays; for a translator's data the second set, and where it starts.

    Args:
        dataset: of training and held-out items.
        source: what the user named.
        most: items.
        side: of pictures, at most.
    """
    train, held = dataset.train, dataset.held_out
    origin: NDArray[np.uint8] | None = None
    origin_names: tuple[str, ...] = ()
    if train.targets is not None:
        rows = _spread(train.count, most)
        origin, origin_names = _raw(train, rows, side), tuple(_names(dataset, train.rows[rows]))
        assert held.targets is not None
        train, held = train.targets, held.targets
    share = min(1.0, most / (train.count + held.count))
    # Held-out items are few and tell the most: half of them all are taken before any share is kept.
    held_rows = _spread(held.count, min(held.count, max(round(share * held.count), most // 5)))
    train_rows = _spread(train.count, min(train.count, most - len(held_rows)))
    rows = np.concatenate([train.rows[train_rows], held.rows[held_rows]])
    captions: Sequence[str] = ()
    second = dataset.train.targets is not None
    if dataset.stored is not None and any(dataset.stored.captions) and not second:
        captions = [dataset.stored.captions[row] or "" for row in rows]
    labels = None if dataset.labels is None or second else dataset.labels[rows]
    return Data(
        source=source,
        text=_sentence(dataset),
        items=np.concatenate([_raw(train, train_rows, side), _raw(held, held_rows, side)]),
        held_out=np.repeat([False, True], [len(train_rows), len(held_rows)]),
        names=() if second or dataset.stored is None else tuple(dataset.stored.names[row] for row in rows),
        labels=labels,
        class_names=dataset.shape.class_names if labels is not None else (),
        captions=tuple(captions),
        origin=origin,
        origin_names=origin_names,
    )


def _sentence(dataset: Dataset) -> str:
    """What the data are; for a translator those that it should draw."""
    source = dataset.settings.source
    target, path = getattr(source, "target", ""), getattr(source, "path", "")
    if not target:
        return dataset.source
    return f"pictures in the folder '{Path(target).name}', translated from those in '{Path(path).name}'"


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """Rows evenly from all, the same every time."""
    return (
        np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.int64))
        if count
        else np.zeros(0, np.int64)
    )


def _raw(part: Items, rows: NDArray[np.int64], side: int) -> NDArray[Any]:
    """Items of a part; pictures no larger than `side`, averaged as training does while a network grows."""
    if part.raw(rows[:0]).ndim == 2:
        return part.raw(rows)
    found = []
    for begin in range(0, max(1, len(rows)), _CHUNK):
        pictures = part.raw(rows[begin : begin + _CHUNK])
        if pictures.shape[1] > side and len(pictures):
            images = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float()
            small = functional.adaptive_avg_pool2d(images, side).round().to(torch.uint8)
            pictures = small.permute(0, 2, 3, 1).numpy()
        found.append(pictures)
    return np.concatenate(found)


def _names(dataset: Dataset, rows: NDArray[np.int64]) -> list[str]:
    """Paths of pictures where they are files."""
    folder = getattr(dataset.settings.source, "path", "")
    names = dataset.stored.names if dataset.stored else []
    return [str(Path(folder) / names[row]) for row in rows]


def discriminator(measured: Measured, dataset: Dataset) -> tuple[Scores, Network | None] | None:
    """The scores of the run's discriminator, and features from its last layer but one; None without one."""
    if measured.config is None or measured.checkpoint is None:
        return None
    from trainers.batch import Batch
    from trainers.data import to_images
    from trainers.team import ALONE
    from trainers.training import Training

    with Training(measured.config, dataset, "cpu", ALONE) as training:
        training.load(measured.checkpoint)
    system = training.system

    def batch_of(items: NDArray[Any], labels: NDArray[np.int64] | None, captions: Sequence[str]) -> Batch:
        images = to_images(items)
        rows = None if labels is None else torch.from_numpy(np.array(labels))
        targets = images if dataset.shape.has_targets else None
        return Batch(images, rows, tuple(captions), targets)

    def scores(
        items: NDArray[Any], labels: NDArray[np.int64] | None, captions: Sequence[str]
    ) -> NDArray[np.float32]:
        parts = []
        for begin in range(0, len(items), 64):
            rows = slice(begin, begin + 64)
            found = system.scores(
                batch_of(items[rows], None if labels is None else labels[rows], captions[rows])
            )
            assert found is not None
            parts.append(found.detach().float().flatten().numpy())
        return np.concatenate(parts)

    first = batch_of(
        dataset.train.raw(slice(0, 2)),
        None if dataset.labels is None else dataset.labels[dataset.train.rows[:2]],
        dataset.train.batch(slice(0, 2)).captions,
    )
    with torch.no_grad():
        if system.scores(first) is None:
            return None
    key = f"discriminator-{_stamp(measured.checkpoint.networks)}"
    can = measured.model.generator.capabilities
    unconditional = not (can.num_classes or can.has_captions) and first.images.ndim == 4
    return scores, _features(system, dataset, key) if unconditional else None


def _features(system: System, dataset: Dataset, key: str) -> Network:
    """What goes into the discriminator's last layer."""
    from trainers.batch import Batch

    layers = [
        module
        for network in system.networks.values()
        for module in network.modules()
        if not list(module.children()) and any(True for _ in module.parameters(recurse=False))
    ]
    seen: list[tuple[torch.nn.Module, torch.Tensor]] = []

    def function(images: torch.Tensor) -> torch.Tensor:
        seen.clear()
        hooks = [layer.register_forward_pre_hook(_remember(seen)) for layer in layers]
        try:
            system.scores(Batch(images, targets=images if dataset.shape.has_targets else None))
        finally:
            for hook in hooks:
                hook.remove()
        return seen[-1][1].detach()

    return Network("its own discriminator", key, function)


def _remember(
    seen: list[tuple[torch.nn.Module, torch.Tensor]],
) -> Callable[[torch.nn.Module, tuple[Any, ...]], None]:
    def hook(module: torch.nn.Module, given: tuple[Any, ...]) -> None:
        if given and isinstance(given[0], torch.Tensor):
            seen.append((module, given[0]))

    return hook
