"""Makes a model that ships of a run: `python -m trainers.shipping RUN NAME`.

The newest checkpoint is measured against pictures that training has never seen: of a drawn set 2,500 are drawn
anew from another seed, of any other it is the held-out part. As many training pictures, measured in the same way,
say what the best possible model would reach. Beside `NAME.safetensors`, whose card says what was found, lies the
last sheet of samples of the run.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve the rest

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.diagnosis.classifier import accuracy, train_classifier
from latentlab.diagnosis.data import Data
from latentlab.diagnosis.features import Extractor, extract
from latentlab.diagnosis.features.efficientnet import EfficientNetLite0
from latentlab.diagnosis.frechet import frechet_distance, frechet_estimate
from latentlab.diagnosis.prdc import neighbourhoods
from latentlab.diagnosis.sampling import as_images, draw, to_pictures, wanted
from latentlab.errors import LatentLabError, TrainingError
from latentlab.formats import open_model, save_model
from latentlab.models.generator import Generator
from latentlab.places import resource_dir
from latentlab.runs import RunFolder
from trainers.batch import Batch
from trainers.caption_accuracy import heeding
from trainers.config import RunConfig, read_config
from trainers.data import Dataset, DrawnSource, Items, open_data

logger = logging.getLogger("trainers")

MOST = 2_500
"""Pictures of a kind that are compared."""
_FIRST_SEED = 1_000_000
"""Of the samples that are measured: none that a sheet shows."""


def ship(run: Path, name: str, folder: Path, most: int = MOST, seed: int = 0) -> Path:
    """Measure the newest checkpoint of a run and write it to `folder`; returns the model's file.

    It will open with the picture of `seed`.

    Raises:
        TrainingError: the run has no checkpoint or no sheet of samples yet.
        LatentLabError: it cannot be read, or the place cannot be written to.
    """
    where = RunFolder(run)
    checkpoints, sheets = where.list_checkpoints(), where.sheets()
    if not checkpoints or not sheets:
        raise TrainingError(f"{run} has no finished model yet: let the run go on.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(
            f"{folder} cannot be written to ({error.strerror}): choose another place."
        ) from error
    model = open_model(checkpoints[-1].model)
    config = read_config(where.read_config())
    card, found = model.card, tuple[tuple[str, str], ...]()
    if not model.generator.capabilities.is_translator and open_data(config.data).shape.kind != "points":
        found = tuple(measures(model.generator, config, most=most))
    path = folder / f"{name}.safetensors"
    save_model(path, model.generator, replace(card, measures=(*card.measures, *found), seed=seed))
    shutil.copyfile(sheets[-1], path.with_suffix(".png"))
    return path


def measures(
    generator: Generator, config: RunConfig, extractor: Extractor | None = None, most: int = MOST
) -> Iterator[tuple[str, str]]:
    """Names and figures for the card of a model that draws pictures.

    Args:
        generator: of the finished run.
        config: of the run.
        extractor: what pictures are compared by; None is the offline image network.
        most: pictures of a kind.
    """
    extractor = extractor or EfficientNetLite0()
    data = open_data(config.data)
    real = _unseen(config, data, most)
    own = to_pictures(_all_of(data.train, most).images)
    asked = wanted(generator, real, most, first_seed=_FIRST_SEED)
    unseen = np.asarray(real.items, np.uint8)
    drawn = np.asarray(draw(generator, asked, real), np.uint8)
    reals, fakes, same = (extract(extractor, pictures) for pictures in (unseen, drawn, own))
    distance, least = frechet_estimate(reals, fakes), frechet_distance(reals, same)
    near, nearest = neighbourhoods(reals, fakes), neighbourhoods(reals, same)
    counts = f"{len(drawn):,} samples, {len(reals):,} unseen pictures, {extractor.name}"
    yield (
        "Fréchet distance",
        f"{distance.value:.3g} ± {distance.high - distance.value:.2g} ({counts}); training pictures {least:.3g}",
    )
    for title, ours, theirs in (
        ("Coverage", near.coverage, nearest.coverage),
        ("Precision", near.precision, nearest.precision),
        ("Recall", near.recall, nearest.recall),
    ):
        yield title, f"{ours.value:.2f}; training pictures {theirs.value:.2f}"
    if generator.capabilities.has_captions and isinstance(config.data.source, DrawnSource):
        yield "Caption accuracy", _followed(generator, data, config.data.source.caption)
    if asked.classes is not None and real.labels is not None:
        yield "Class accuracy", _heeded(data, drawn, asked.classes, real)


def _unseen(config: RunConfig, data: Dataset, most: int) -> Data:
    source = config.data.source
    if hasattr(source, "seed"):
        other = source.model_copy(update={"seed": source.seed + 1, "count": most})
        fresh = open_data(config.data.model_copy(update={"source": other}))
        parts = [_all_of(fresh.train, most), _all_of(fresh.held_out, most)]
    else:
        parts = [_all_of(data.held_out, most)]
    labels = [part.labels for part in parts if part.labels is not None]
    pictures = np.concatenate([to_pictures(part.images) for part in parts])
    return Data(
        data.source,
        data.source,
        pictures,
        np.ones(len(pictures), np.bool_),
        labels=torch.cat(labels).numpy() if labels else None,
        class_names=data.shape.class_names,
        captions=tuple(caption for part in parts for caption in part.captions),
    )


def _all_of(items: Items, most: int) -> Batch:
    """All items, or as many from all over them."""
    return items.batch(np.linspace(0, items.count - 1, min(items.count, most)).round().astype(np.int64))


def _followed(generator: Generator, data: Dataset, attributes: Sequence[str]) -> str:
    """How many samples show what their caption says of an attribute, by classifiers of real pictures."""
    found = heeding(generator, data, attributes)
    ours, theirs = (float(np.mean([getattr(one, of) for one in found])) for of in ("drawn", "real"))
    each = ", ".join(f"{one.attribute} {100 * one.drawn:.0f} %" for one in found)
    return f"{100 * ours:.1f} % of samples ({each}); unseen pictures {100 * theirs:.1f} %"


def _heeded(data: Dataset, drawn: NDArray[np.uint8], wanted: NDArray[np.int64], real: Data) -> str:
    """How many samples a classifier that learned from real pictures takes for what they should be."""
    train = _all_of(data.train, 4 * MOST)
    assert train.labels is not None
    classifier = train_classifier(train.images, train.labels, len(data.shape.class_names))
    assert real.labels is not None
    ours, theirs = (
        accuracy(
            classifier,
            as_images(pictures, data.shape.channels, data.shape.resolution),
            torch.from_numpy(labels),
        )
        for pictures, labels in ((drawn, wanted), (np.asarray(real.items, np.uint8), real.labels))
    )
    return f"{100 * ours:.1f} % of samples; unseen pictures {100 * theirs:.1f} %"


def main(arguments: list[str] | None = None) -> int:
    """Ship one run."""
    parser = argparse.ArgumentParser(prog="python -m trainers.shipping", description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a run")
    parser.add_argument("name", help="of the file, without ending")
    parser.add_argument("--folder", type=Path, default=resource_dir() / "models", help="where it is written")
    parser.add_argument("--pictures", type=int, default=MOST, help="how many of each kind are compared")
    parser.add_argument("--seed", type=int, default=0, help="of the picture that it opens with; 0")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    try:
        path = ship(options.run, options.name, options.folder, options.pictures, options.seed)
    except LatentLabError as error:
        parser.exit(1, f"{error}\n")
    for title, value in open_model(path).card.measures:
        logger.info("%-24s%s", title, value)
    return 0


if __name__ == "__main__":
    sys.exit(main())
