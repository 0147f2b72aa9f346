"""`python -m trainers.watching.calibration`: how often each warning is right, and how early it comes.

Trains systems for real at toy size, some broken on purpose and some healthy, and counts warnings. A warning is
right when the run is broken in the way that it names, or in a way that brings it about. Steps still to come when
the first right warning is given are what stopping there would have saved.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from latentlab.errors import LatentLabError
from latentlab.models.steps import Activation, Linear, Reshape
from latentlab.models.vae import VAEConfig
from latentlab.runs import Warned
from trainers.augment.augmenter import Transform
from trainers.config import LoopSettings, RunConfig
from trainers.data.settings import DataSettings, PointsSource, SmallDigitsSource
from trainers.loop import train
from trainers.settings import Settings
from trainers.starting import Job
from trainers.systems.cgan import CGANTraining
from trainers.systems.dcgan import DCGANTraining
from trainers.systems.gan import GANTraining
from trainers.systems.vae import VAETraining

logger = logging.getLogger("trainers.calibration")

_STRONG, _WEAK = "discriminator_too_strong", "discriminator_too_weak"
_COLLAPSE, _MEMORY, _POSTERIOR = "mode_collapse", "memorisation", "posterior_collapse"
_DIVERGING, _RATE, _LEAKING = "diverging_gradients", "learning_rate_too_high", "augmentation_leaking"

_DIGITS = DataSettings(source=SmallDigitsSource(), resolution=8, held_out=0.2)
_FEW = DataSettings(source=SmallDigitsSource(), resolution=8, held_out=0.4, most=60)
_LARGE = DataSettings(source=SmallDigitsSource(), resolution=16, fit="stretch", held_out=0.2)
_RING = DataSettings(source=PointsSource(task="ring", labels=True))
_GRID = DataSettings(source=PointsSource(task="grid", labels=True))
_LEAKY: tuple[Transform, ...] = ("quarter_turns", "turn", "shift", "colour")


@dataclass(frozen=True, slots=True)
class Case:
    """One training."""

    name: str
    settings: Settings
    data: DataSettings
    expected: frozenset[str] = frozenset()
    """Warnings one of which must come; none for a healthy run."""
    consequences: frozenset[str] = frozenset()
    """Warnings that are right too, because the trouble brings them about."""
    system: str = "gan"
    steps: int = 800
    batch_size: int = 64

    def config(self, seed: int) -> RunConfig:
        """Its run with one of several seeds."""
        return RunConfig(
            name=self.name,
            system=self.system,
            settings=self.settings,
            data=self.data,
            loop=LoopSettings(
                steps=self.steps,
                batch_size=self.batch_size,
                seed=seed,
                samples=60,
                sample_every=max(1, self.steps // 15),
                report_every=self.steps,
                checkpoint_every=self.steps,
                threads=1,
                device="cpu",
            ),
        )


def cases() -> tuple[Case, ...]:
    """All trainings: healthy ones, then broken ones."""
    return (*_healthy(), *_broken())


def _gan(**values: object) -> GANTraining:
    usual = {"z_dim": 16, "hidden": (128, 128), "discriminator_hidden": (128, 128), "learning_rate": 1e-3}
    return GANTraining.model_validate(usual | values)


def _points(**values: object) -> GANTraining:
    usual = {"z_dim": 2, "hidden": (64, 64, 64), "discriminator_hidden": (64, 64, 64), "learning_rate": 1e-3}
    return GANTraining.model_validate(usual | values)


def _vae(**values: object) -> VAETraining:
    network = VAEConfig(
        resolution=8,
        z_dim=8,
        layers=(Linear(8, 128), Activation("silu"), Linear(128, 64), Reshape((1, 8, 8))),
        encoder=(Reshape((64,)), Linear(64, 128), Activation("silu")),
        head=Linear(128, 8),
        image_channels=1,
    )
    usual = {"network": network, "likelihood": "gaussian", "scale": 0.35, "learning_rate": 1e-3}
    return VAETraining.model_validate(usual | values)


def _small(settings: type[DCGANTraining] | type[CGANTraining], **values: object) -> Settings:
    usual = {"z_dim": 16, "width": 12, "max_width": 24, "learning_rate": 1e-3, "penalty_every": 4}
    return settings.model_validate(usual | values)


def _healthy() -> tuple[Case, ...]:
    return (
        Case("ring, relativistic", _points(frequency=3.0, r1_gamma=0.02, r2_gamma=0.02), _RING, steps=1200),
        Case("grid, relativistic", _points(frequency=1.2, r1_gamma=0.1, r2_gamma=0.1, extent=5.0), _GRID,
             steps=2000),
        Case("digits, relativistic", _gan(), _DIGITS),
        Case("digits, non-saturating with R1", _gan(objective="non_saturating", r2_gamma=0.0), _DIGITS),
        Case("digits, hinge, spectral norm",
             _gan(objective="hinge", r1_gamma=0.0, r2_gamma=0.0, spectral_norm=True, learning_rate=1e-3,
                  beta1=0.5),
             _DIGITS),
        Case("digits, least squares with R1", _gan(objective="least_squares", r2_gamma=0.0), _DIGITS),
        Case("digits, Wasserstein with penalty",
             _gan(objective="wasserstein", r1_gamma=0.0, r2_gamma=0.0, gradient_penalty=10.0, generator_every=2,
                  beta2=0.9), _DIGITS, steps=1200),
        Case("digits, DCGAN", _small(DCGANTraining), _LARGE, system="dcgan", steps=500, batch_size=32),
        Case("digits, conditional", _small(CGANTraining), _LARGE, system="cgan", steps=500, batch_size=32),
        Case("digits, DiffAugment", _small(DCGANTraining, augment="diffaugment", transforms=("shift", "cutout")),
             _LARGE, system="dcgan", steps=500, batch_size=32),
        Case("digits, VAE", _vae(), _DIGITS, system="vae"),
        Case("digits, VAE without warm-up", _vae(warm_up=0.0), _DIGITS, system="vae"),
    )  # fmt: skip


def _broken() -> tuple[Case, ...]:
    free: dict[str, object] = {"objective": "non_saturating", "r1_gamma": 0.0, "r2_gamma": 0.0}
    return (
        Case("generator that hardly moves",
             _gan(**free, learning_rate=1e-5, discriminator_learning_rate=2e-3), _DIGITS,
             frozenset({_STRONG}), frozenset({_COLLAPSE, _MEMORY})),
        Case("minimax without penalty", _gan(**(free | {"objective": "minimax"}), discriminator_learning_rate=3e-3,
             learning_rate=2e-4), _DIGITS, frozenset({_STRONG}), frozenset({_COLLAPSE, _MEMORY, _DIVERGING})),
        Case("discriminator that hardly moves", _gan(discriminator_learning_rate=1e-6), _DIGITS,
             frozenset({_WEAK}), frozenset({_COLLAPSE})),
        Case("penalty a thousand times too strong", _gan(r1_gamma=3000.0, r2_gamma=3000.0), _DIGITS,
             frozenset({_WEAK}), frozenset({_COLLAPSE})),
        Case("ring, generator twenty times as quick",
             _points(**free, beta1=0.5, learning_rate=1e-2, discriminator_learning_rate=5e-4), _RING,
             frozenset({_COLLAPSE}), frozenset({_STRONG, _WEAK, _DIVERGING, _RATE}), steps=1200),
        Case("grid, generator three times as quick",
             _points(**free, beta1=0.5, beta2=0.999, learning_rate=3e-3, discriminator_learning_rate=1e-3,
                     extent=5.0),
             _GRID, frozenset({_COLLAPSE}), frozenset({_STRONG, _WEAK, _DIVERGING, _RATE}), steps=1200),
        Case("digits without penalty", _gan(**free, beta1=0.9, learning_rate=3e-3), _DIGITS,
             frozenset({_COLLAPSE}), frozenset({_STRONG, _DIVERGING, _RATE, _MEMORY})),
        Case("thirty-six pictures", _gan(**free, discriminator_hidden=(256, 256), learning_rate=5e-4), _FEW,
             frozenset({_MEMORY}), frozenset({_STRONG, _COLLAPSE, _DIVERGING}), steps=1500),
        Case("thirty-six pictures, DCGAN", _small(DCGANTraining, **free),
             _FEW.model_copy(update={"resolution": 16, "fit": "stretch"}), frozenset({_MEMORY}),
             frozenset({_STRONG, _COLLAPSE, _DIVERGING, _RATE}), system="dcgan", steps=1000, batch_size=32),
        Case("beta 30", _vae(beta=30.0, warm_up=0.0), _DIGITS, frozenset({_POSTERIOR}), system="vae"),
        Case("beta 30 with warm-up", _vae(beta=30.0, warm_up=0.5), _DIGITS, frozenset({_POSTERIOR}), system="vae"),
        Case("critic without a leash",
             _gan(objective="wasserstein", r1_gamma=0.0, r2_gamma=0.0, learning_rate=1e-3,
                  discriminator_learning_rate=1e-2, beta1=0.5), _DIGITS,
             frozenset({_DIVERGING, _RATE}), frozenset({_COLLAPSE, _WEAK}), steps=1200),
        Case("learning rate .05", _gan(**free, learning_rate=0.05), _DIGITS,
             frozenset({_RATE, _DIVERGING}), frozenset({_COLLAPSE, _WEAK, _STRONG})),
        Case("learning rate .03, hinge", _gan(**(free | {"objective": "hinge"}), learning_rate=0.03), _DIGITS,
             frozenset({_RATE}), frozenset({_COLLAPSE, _DIVERGING, _WEAK, _STRONG})),
        Case("VAE, learning rate .3", _vae(learning_rate=0.3), _DIGITS,
             frozenset({_RATE}), frozenset({_DIVERGING, _POSTERIOR}), system="vae"),
        Case("augmentation at full strength",
             _small(DCGANTraining, augment="ada", ada_target=0.0, ada_images=1000, transforms=_LEAKY), _LARGE,
             frozenset({_LEAKING}), frozenset(), system="dcgan", steps=500, batch_size=32),
        Case("quarter turns, always",
             _small(DCGANTraining, augment="ada", ada_target=0.0, ada_images=500, transforms=("quarter_turns",)),
             _LARGE, frozenset({_LEAKING}), system="dcgan", steps=700, batch_size=32),
    )  # fmt: skip


def warnings_of(case: Case, seed: int) -> Iterator[Warned]:
    """Train, and tell the warnings; a run that ends in an error has told what it could."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            for event in train(Job(case.config(seed), Path(folder) / "run"), lambda: False):
                if isinstance(event, Warned):
                    yield event
        except LatentLabError as error:
            logger.info("%s ended: %s", case.name, error)


def main(arguments: list[str] | None = None) -> int:
    """Run all cases and print a line for each, then a table."""
    parser = argparse.ArgumentParser(prog="python -m trainers.watching.calibration", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each case")
    parser.add_argument("--first-seed", type=int, default=1, help="the thresholds were set with seed 0")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    right: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    runs: dict[str, list[float | None]] = defaultdict(list)
    for case in (case for case in cases() if options.only in case.name):
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            given = list(warnings_of(case, seed))
            first: dict[str, int] = {}
            for warned in given:
                first.setdefault(warned.kind, warned.step)
            for kind in first:
                (right if kind in case.expected | case.consequences else wrong)[kind] += 1
            for kind in case.expected:
                runs[kind].append(1 - first[kind] / case.steps if kind in first else None)
            logger.info(_line(case, seed, first))
            for warned in given:
                logger.info(f"      {warned.step:>5} {warned.kind}: {warned.text}")
    logger.info(
        f"\n{'warning':<28}{'right':>6}{'wrong':>6}{'precision':>10}{'found':>9}{'run still to come':>19}"
    )
    for kind in sorted({*right, *wrong, *runs}):
        logger.info(_row(kind, right[kind], wrong[kind], runs[kind]))
    total = sum(right.values()) + sum(wrong.values())
    logger.info(
        f"{'all':<28}{sum(right.values()):>6}{sum(wrong.values()):>6}{sum(right.values()) / max(1, total):>10.0%}"
    )
    return 0


def _line(case: Case, seed: int, first: dict[str, int]) -> str:
    if case.expected:
        state = "found" if case.expected & first.keys() else "MISSED"
    else:
        state = "FALSE ALARM" if first.keys() - case.consequences else "quiet"
    return f"{state:<12}{case.name} (seed {seed}, {case.steps} steps)"


def _row(kind: str, right: int, wrong: int, runs: list[float | None]) -> str:
    found = [share for share in runs if share is not None]
    lead = f"{sum(found) / len(found):.0%} on average" if found else "-"
    return (
        f"{kind:<28}{right:>6}{wrong:>6}{right / max(1, right + wrong):>10.0%}"
        f"{f'{len(found)} of {len(runs)}':>9}{lead:>19}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
