"""How well the reference tasks are learned: `python -m trainers.reference_tasks ring vae-digits`.

Trains the preset of each task from several seeds, with nothing around it. Of ring and grid, 2,500 samples of
the averaged generator are scored, as VEEGAN and PacGAN do. Of the digits by their label, the score is how many of
1,000 generated ones a classifier that was trained on real ones takes for what they should be. Of the VAE of
digits it is the negative ELBO of held-out ones.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve the rest

import numpy as np
import torch

from latentlab.diagnosis.classifier import accuracy, train_classifier
from trainers.batch import Batch
from trainers.batches import noise
from trainers.config import RunConfig
from trainers.data import Dataset, open_data, recognised
from trainers.presets import PRESETS
from trainers.systems import SYSTEMS
from trainers.systems.system import Setup, System

logger = logging.getLogger("trainers")

_TASKS = {"ring": "ring", "grid": "grid", "digits": "cgan-digits", "vae-digits": "vae-digits"}
"""Preset of each task."""
_SAMPLES = 1000
"""Generated digits that are judged."""
_SCORE_NOISE = 1 << 41
"""A step number that no run reaches: the samples that are scored are the same for every seed."""
_LOWER_IS_BETTER = frozenset({"reverse KL", "seconds", "-ELBO"})


def learn(preset: RunConfig, seed: int, threads: int = 1) -> dict[str, float]:
    """Train a preset from one seed and score it; `seconds` are those of training alone."""
    torch.set_num_threads(threads)
    loop, data = preset.loop, open_data(preset.data)
    system = SYSTEMS[preset.system](preset.settings, Setup(data.shape, loop.steps, loop.batch_size, seed))
    started = time.perf_counter()
    for step in range(loop.steps):
        system.train_step(data.at_step(step, loop.batch_size, seed), step, noise(seed, step))
    seconds = time.perf_counter() - started
    points = data.shape.kind == "points"
    score = _elbo if preset.system == "vae" else _modes if points else _classes
    return score(system, data) | {"seconds": seconds}


def _modes(system: System, data: Dataset) -> dict[str, float]:
    found = system.measure(data.held_out.batch(np.arange(data.held_out.count)), noise(0, _SCORE_NOISE))
    return {
        "balanced modes": found["balanced_modes"],
        "HQ %": 100 * found["high_quality"],
        "reverse KL": found["reverse_kl"],
    }


def _classes(system: System, data: Dataset) -> dict[str, float]:
    train = data.train.batch(np.arange(data.train.count))
    held_out = data.held_out.batch(np.arange(data.held_out.count))
    assert train.labels is not None
    assert held_out.labels is not None
    count = len(data.shape.class_names)
    classifier = train_classifier(train.images, train.labels, count)
    wanted = torch.arange(_SAMPLES) % count
    generator = system.generator()
    z = torch.randn(_SAMPLES, generator.capabilities.z_dim, generator=noise(0, _SCORE_NOISE))
    drawn = system.draw(generator, z, Batch(train.images[:1].expand(_SAMPLES, -1, -1, -1), wanted))
    return {
        "accuracy %": 100 * accuracy(classifier, drawn, wanted),
        "accuracy on held-out real ones %": 100 * accuracy(classifier, held_out.images, held_out.labels),
    }


def _elbo(system: System, data: Dataset) -> dict[str, float]:
    """z is drawn ten times: one draw is a tenth of a nat off."""
    train = data.train.batch(np.arange(data.train.count))
    held_out = data.held_out.batch(np.arange(data.held_out.count))
    system.finished(train)
    found = [system.measure(held_out, noise(0, _SCORE_NOISE + number)) for number in range(10)]
    return {
        "-ELBO": -float(np.mean([measures["elbo"] for measures in found])),
        "KL": found[0]["kl"],
        "active units": found[0]["active_units"],
    }


def main(arguments: list[str] | None = None) -> int:
    """Print what every seed reached, and the median and the worst of each measure."""
    parser = argparse.ArgumentParser(prog="python -m trainers.reference_tasks", description=__doc__)
    parser.add_argument("tasks", nargs="+", choices=tuple(_TASKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)), help="to train from")
    parser.add_argument("--digits", metavar="PATH", help="labelled digits, in place of rendered ones")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    for task in options.tasks:
        preset = PRESETS[_TASKS[task]]
        if task == "digits" and options.digits:
            source = preset.data.model_copy(update={"source": recognised(options.digits)})
            preset = preset.model_copy(update={"data": source})
        scores = []
        for seed in options.seeds:
            scores.append(learn(preset, seed, options.threads))
            _tell(f"{task}, seed {seed}", scores[-1])
        _tell(f"{task}, median", _over(scores, lambda name: np.median))
        _tell(f"{task}, worst", _over(scores, lambda name: max if name in _LOWER_IS_BETTER else min))
    return 0


def _over(
    scores: list[dict[str, float]], choose: Callable[[str], Callable[[list[float]], float]]
) -> dict[str, float]:
    return {name: float(choose(name)([score[name] for score in scores])) for name in scores[0]}


def _tell(title: str, score: dict[str, float]) -> None:
    logger.info("%-16s %s", title, "  ".join(f"{name} {value:.4g}" for name, value in score.items()))


if __name__ == "__main__":
    sys.exit(main())
