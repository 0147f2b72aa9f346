"""When a warning is given: every number of every rule, in one place.

They were set on trainings that were broken on purpose and on healthy ones. `python -m
trainers.watching.calibration` runs them again and prints how often each warning is right, and how early.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Looks are steps for what is seen in losses, and sheets of samples for what is seen in samples."""

    memory: int = 50
    """Steps over which losses are averaged."""
    quiet: int = 150
    """First steps that are never judged: networks that have seen nothing are odd."""
    quiet_share: float = 0.1
    """First share of a run in which samples are not judged."""
    sheets: int = 2
    """Sheets in a row that must show the same before a warning about samples."""
    calm: int = 3
    """Times as many looks as a warning took must pass without the trouble until it may be given again."""

    won: float = 0.02
    """Discriminator too strong: what is left of its loss, of the loss at chance."""
    won_steps: int = 200
    """Steps in a row."""

    lost_auc: float = 0.6
    """Discriminator too weak: chance that it scores a held-out item above a generated one, at most."""
    lost_loss: float = 0.95
    """Or its loss in training, of the loss at chance, at least."""
    lost_apart: float = 0.12
    """And the energy distance of generated to held-out items, of the mean distance between them, at least."""
    lost_sheets: int = 3
    """Sheets in a row."""

    diversity: float = 0.4
    """Mode collapse: mean distance of two samples, of that of two training items."""
    class_diversity: float = 0.25
    """The same within a class."""
    class_samples: int = 3
    """Samples of a class that are needed."""
    lost: float = 0.35
    """Lost modes: share of the data that lies in regions with hardly a sample..."""
    rare: float = 0.2
    """...which is where there are fewer than this share of the samples that held-out items make one expect."""
    recovery: float = 0.005
    """What a figure (0 ... 1) must gain from sheet to sheet to be on its way up."""

    memory_gap: float = 0.15
    """Memorisation: how far held-out items lie from training items towards generated ones, by their scores."""
    memory_auc: float = 0.75
    """And the chance that a training item scores above a held-out one."""
    copy_ratio: float = 0.5
    """A sample is a copy when its nearest training item is this much nearer than the second."""
    copies: float = 0.25
    """Share of copies among samples, beyond that among held-out items."""

    least_kl: float = 0.5
    """Posterior collapse: nats per item that the code carries."""
    kl_steps: int = 200
    """Steps in a row."""
    used_units: float = 0.1
    """Or the share of the units with a KL above 0.1 nats."""

    jump: float = 10.0
    """Diverging gradients: norm over the usual norm of the same network."""
    jump_steps: int = 15
    """Steps in a row, of the average of a few."""
    growth: float = 50.0
    """Or the usual norm over the least that it ever was."""
    usual_memory: int = 300
    """Steps over which the usual norm is averaged."""
    short_memory: int = 10
    """Steps over which the norm is averaged."""

    worse_than_chance: float = 1.5
    """Learning rate too high: the discriminator's loss, of the loss at chance; it errs with confidence."""
    swing: float = 0.3
    """And how far it swings around its mean, on average."""
    rate_steps: int = 40
    """Steps in a row."""
    rise: float = 0.3
    """Or how far a loss that only falls stands above its best, of the distance it came down."""
    spike: float = 8.0
    """Or a norm of a step that is so many times the usual..."""
    spikes: float = 0.05
    """...in this share of the steps."""

    strength: float = 0.85
    """Augmentation leaking: probability from which on it cannot be undone (Karras et al. 2020, section 2.2)."""
    strength_steps: int = 300
    """Steps in a row."""
    spread: float = 1.6
    """Or the spread of brightness or saturation over samples, of that over training items."""
    border: float = 0.2
    """Or the share of samples with an empty edge, beyond that of training items."""
    turned: float = 0.5
    """Or how upright samples are, of training items, where these have an upper and a lower end."""


THRESHOLDS = Thresholds()
