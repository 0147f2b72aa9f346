"""Models that are trained for real at toy size, some broken on purpose and some sound, and what they are called.

A verdict is right when the training is broken in the way that it names, or in a way that brings it about. What is
expected of a case is that one of several verdicts comes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentlab.cli.bench import withheld
from latentlab.diagnosis.result import Result

_SAMPLES = "1000"
_DIGITS = ("data.resolution=16", "data.source.count=4000")
_GAN = (
    *_DIGITS,
    "z_dim=32",
    "hidden=[128, 256]",
    "discriminator_hidden=[256, 128]",
    "r1_gamma=1.0",
    "r2_gamma=1.0",
    "learning_rate=1e-3",
    "loop.steps=3000",
)
_FREE = ("objective=non_saturating", "r1_gamma=0", "r2_gamma=0", "last_gamma=1")
_CGAN = (*_DIGITS, "max_width=32", "loop.steps=2000")
_POOR = frozenset({"little_variety", "little_coverage", "starved_regions", "lost_modes", "repetition"})
_BAD = _POOR | {"unlike", "noisy", "soft", "made_differently", "classes"}


@dataclass(frozen=True, slots=True)
class Case:
    """One training."""

    name: str
    preset: str
    changes: tuple[str, ...] = ()
    expected: frozenset[str] = frozenset()
    """Verdicts one of which must come; none for a sound model."""
    consequences: frozenset[str] = frozenset()
    """Verdicts that are right too."""
    lacks: tuple[str, ...] = ()
    """Digits that the training never sees; the model is measured against all ten."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a diagnosis said of a case."""

    case: Case
    seed: int
    keys: frozenset[str]
    """Warnings and worse."""
    lost: frozenset[str]
    """Named things that are called lost."""

    @property
    def wrong(self) -> frozenset[str]:
        """Verdicts that the training gives no reason for."""
        return self.keys - self.case.expected - self.case.consequences

    @property
    def found(self) -> bool:
        """Whether one of the expected verdicts came, and all that lacks is named."""
        return bool(self.keys & self.case.expected) and set(self.case.lacks) <= self.lost


def cases() -> tuple[Case, ...]:
    """Sound ones, then broken ones."""
    return (*_sound(), *_broken())


def _sound() -> tuple[Case, ...]:
    return (
        Case("VAE of 8 x 8 digits", "vae-digits"),
        Case("VAE of digits, softer", "vae-digits", ("beta=1.5", "hidden=[128]")),
        Case("GAN, relativistic", "gan-digits", _GAN),
        Case("GAN, non-saturating with R1", "gan-digits", (*_GAN, "objective=non_saturating", "r2_gamma=0")),
        Case("GAN, hinge, R1 and R2", "gan-digits", (*_GAN, "objective=hinge")),
        Case("ring", "ring"),
        Case("grid", "grid"),
    )


def _broken() -> tuple[Case, ...]:
    collapse = frozenset({"lost_modes", "little_variety", "little_coverage", "unlike"})
    code = frozenset({"collapsed_code"})
    copied = frozenset({"copying", "memorising"})
    lost = frozenset({"lost_modes"})
    return (
        Case("VAE, beta 4", "vae-digits-collapsed", (), code, _BAD),
        Case("VAE, beta 30", "vae-digits", ("beta=30", "warm_up=0"), code, _BAD),
        Case("VAE, learning rate 0.3", "vae-digits", ("learning_rate=0.3",), collapse | code, _BAD | code),
        Case("VAE, forty steps", "vae-digits", ("loop.steps=40", "steady=0"), collapse | code, _BAD | code),
        Case("VAE, digits withheld", "vae-digits", _DIGITS[:1], lost, _BAD, ("3", "8")),
        Case("GAN, digits withheld", "gan-digits", _GAN, lost, _BAD, ("1", "4", "7")),
        Case("GAN, 36 pictures",
             "gan-digits", (*_GAN, *_FREE, "data.most=60", "held_out=0.4"), copied, _BAD),
        Case("GAN, 120 pictures",
             "gan-digits", (*_GAN, *_FREE, "data.most=200", "held_out=0.4"), copied, _BAD),
        Case("GAN, without penalty, quick",
             "gan-digits", (*_GAN, *_FREE, "learning_rate=3e-3", "beta1=0.9"), collapse, _BAD | copied),
        Case("GAN, generator that hardly moves",
             "gan-digits", (*_GAN, *_FREE, "learning_rate=1e-5", "discriminator_learning_rate=2e-3"),
             collapse, _BAD | copied),
        Case("GAN, learning rate 0.03",
             "gan-digits", (*_GAN, *_FREE, "learning_rate=0.03"), collapse, _BAD | copied),
        Case("GAN, discriminator that hardly moves",
             "gan-digits", (*_GAN, "discriminator_learning_rate=1e-6"), collapse, _BAD),
        Case("GAN, penalty a thousand times too strong",
             "gan-digits", (*_GAN, "r1_gamma=3000", "r2_gamma=3000"), collapse, _BAD),
        Case("conditional GAN, without penalty, quick",
             "cgan-digits", (*_CGAN, *_FREE, "learning_rate=5e-3", "beta1=0.9"),
             collapse | {"classes"}, _BAD | copied),
        Case("conditional GAN, a fourth of a training", "cgan-digits", _CGAN, collapse | {"classes"}, _BAD),
        Case("ring, generator twenty times as quick",
             "ring", (*_FREE, "learning_rate=1e-2", "discriminator_learning_rate=5e-4", "beta1=0.5",
                      "frequency=0", "loop.steps=2000"), collapse, _BAD),
        Case("grid, generator three times as quick",
             "grid", (*_FREE, "learning_rate=3e-3", "discriminator_learning_rate=1e-3", "beta1=0.5", "frequency=0",
                      "loop.steps=2000"), collapse, _BAD),
    )  # fmt: skip


def told_of(case: Case, seed: int, folder: Path) -> Told:
    """Train, where the folder holds no such run yet, and diagnose."""
    from latentlab.cli import diagnose

    run = folder / f"{case.name} {seed}".replace(" ", "-").replace(",", "")
    against = _arrays(folder, ()) if case.lacks else None
    if not (run / "done").exists():
        _train(case, seed, run, _arrays(folder, case.lacks) if case.lacks else None)
        (run / "done").touch()
    parser = argparse.ArgumentParser()
    diagnose.add_arguments(parser)
    words = [str(run), "--samples", _SAMPLES, "--no-latent", "--no-cache", "--checkpoints", "1"]
    words += ["--data", str(against)] if against else []
    diagnose.measure(parser.parse_args(words), run / "diagnosis", [False])
    result = Result.open(run / "diagnosis")
    keys = frozenset(one.key for one in result.verdicts if one.severity in ("serious", "warning"))
    names, lost = result.array("trait_name"), result.array("trait_lost")
    gone = (
        frozenset()
        if names is None or lost is None
        else frozenset(str(name) for name in np.asarray(names)[lost])
    )
    return Told(case, seed, keys, gone)


def _train(case: Case, seed: int, run: Path, data: Path | None) -> None:
    from trainers.loop import train
    from trainers.overrides import apply
    from trainers.presets import PRESETS
    from trainers.starting import Job

    config = PRESETS[case.preset]
    changes = [
        *case.changes,
        f"loop.seed={seed}",
        "loop.threads=1",
        "loop.device=cpu",
        "loop.report_every=1000",
    ]
    if data is not None:
        config = config.model_copy(update={"data": config.data.model_copy(update={"source": _source(data)})})
        changes = [change for change in changes if "source" not in change]
    config = apply(config, changes)
    steps = config.loop.steps
    config = apply(config, [f"loop.checkpoint_every={steps}", f"loop.sample_every={steps}"])
    for _ in train(Job(config, run), lambda: False):
        pass


def _source(file: Path) -> object:
    from trainers.data.settings import ArraySource

    return ArraySource(path=str(file))


def _arrays(folder: Path, lacks: tuple[str, ...]) -> Path:
    """Digits in one file, without some."""
    file = folder / f"digits-without-{''.join(lacks) or 'none'}.npz"
    if not file.exists():
        pool = withheld.digits()
        gone = np.zeros(len(pool.items), bool)
        for name in lacks:
            gone |= pool.traits[name]
        assert pool.labels is not None
        np.savez(file, images=pool.items[~gone], labels=pool.labels[~gone])
    return file


def measured(folder: Path, *, seeds: int, first_seed: int, only: str = "") -> Iterator[Told]:
    """All cases, one after the other."""
    for case in cases():
        if only in case.name:
            for seed in range(first_seed, first_seed + seeds):
                yield told_of(case, seed, folder)
