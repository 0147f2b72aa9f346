"""Whether pictures show what their captions say: `python -m trainers.caption_accuracy MODEL --preset NAME`.

For every attribute that the captions of a drawn set name, a classifier learns from real pictures to tell its
values; then it looks at pictures that a model drew of the captions of held-out items. The same share on the
held-out pictures themselves says how far the classifier can be trusted.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve the rest

import numpy as np
import torch
from torch import Tensor

from latentlab.diagnosis.classifier import accuracy, train_classifier
from latentlab.errors import TrainingError
from latentlab.formats import open_model
from latentlab.models.generator import Generator, ReadsCaptions
from latentlab.models.seeds import normal_from_seed
from trainers.data import Dataset, open_data
from trainers.data.settings import DrawnSource
from trainers.presets import PRESETS

logger = logging.getLogger("trainers")

_AT_ONCE = 64
_LEARNED_FROM = 8000


@dataclass(frozen=True, slots=True)
class Heeding:
    """How often the value of one attribute is what the caption says."""

    attribute: str
    values: int
    """How many values the training captions name."""
    drawn: float
    """Share of generated pictures."""
    real: float
    """Share of held-out real pictures: what the classifier can see."""


def clauses(caption: str) -> tuple[str, ...]:
    """What a caption of `drawing.sentence` says of each attribute, in its order."""
    return tuple(re.split(r", | and ", caption.partition(" with ")[2]))


def heeding(
    generator: Generator, data: Dataset, attributes: Sequence[str], *, count: int = 1000, epochs: int = 6
) -> list[Heeding]:
    """How well a generator heeds what captions say of each attribute.

    Args:
        generator: reads captions.
        data: a drawn set with captions.
        attributes: names of what the captions say, in their order.
        count: held-out items at most.
        epochs: of each classifier.

    Raises:
        TrainingError: the model reads no captions, or the data have none that say so much.
    """
    if not generator.capabilities.has_captions:
        raise TrainingError("This model reads no captions: name one of the system text_to_image.")
    train = data.train.batch(np.arange(min(data.train.count, _LEARNED_FROM)))
    held_out = data.held_out.batch(np.arange(min(data.held_out.count, count)))
    said, wanted = ([clauses(caption) for caption in batch.captions] for batch in (train, held_out))
    if not attributes or any(len(row) != len(attributes) for row in (*said, *wanted)):
        raise TrainingError("The captions of these data do not say one thing of each attribute.")
    drawn = draw(generator, held_out.captions)
    found = []
    for place, attribute in enumerate(attributes):
        values = sorted({row[place] for row in said})
        labels, asked = (
            torch.tensor([values.index(row[place]) if row[place] in values else -1 for row in rows])
            for rows in (said, wanted)
        )
        classifier = train_classifier(train.images, labels, len(values), epochs=epochs)
        found.append(
            Heeding(
                attribute,
                len(values),
                accuracy(classifier, drawn, asked),
                accuracy(classifier, held_out.images, asked),
            )
        )
    return found


@torch.no_grad()
def draw(generator: Generator, captions: Sequence[str]) -> Tensor:
    """One picture of each caption, (N, C, H, W), each from a seed of its own."""
    z = normal_from_seed(0, len(captions), generator.capabilities.z_dim)
    reader = cast(ReadsCaptions, generator)
    return torch.cat(
        [
            generator(z[place : place + _AT_ONCE], reader.read(captions[place : place + _AT_ONCE]))
            for place in range(0, len(captions), _AT_ONCE)
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the share of every attribute, and their mean."""
    parser = argparse.ArgumentParser(prog="python -m trainers.caption_accuracy", description=__doc__)
    parser.add_argument("model", type=Path, help="a model that reads captions")
    parser.add_argument("--preset", default="text-faces-64", help="whose data it was trained on")
    parser.add_argument("--count", type=int, default=1000, help="pictures that are judged")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    data = PRESETS[options.preset].data
    if not isinstance(data.source, DrawnSource):
        raise TrainingError(f"The data of {options.preset} are not drawn, so their attributes are unknown.")
    generator = open_model(options.model).generator
    found = heeding(generator, open_data(data), data.source.caption, count=options.count)
    for one in found:
        logger.info(
            "%-14s %5.1f %% of drawn, %5.1f %% of held-out real pictures (%d values)",
            *(one.attribute, 100 * one.drawn, 100 * one.real, one.values),
        )
    mean = [float(np.mean([getattr(one, of) for one in found])) for of in ("drawn", "real")]
    logger.info(
        "%-14s %5.1f %% of drawn, %5.1f %% of held-out real pictures", "mean", *(100 * m for m in mean)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
