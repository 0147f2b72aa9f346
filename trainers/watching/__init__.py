"""Watchers: what a run notices about itself while it trains, with evidence and a remedy.

Each rule is one class; `thresholds` holds all their numbers. They see what the loop shows them and touch nothing.
"""

from trainers.batch import DataShape
from trainers.config import RunConfig
from trainers.watching.collapse import ModeCollapse
from trainers.watching.discriminator import DiscriminatorTooStrong, DiscriminatorTooWeak
from trainers.watching.gradients import DivergingGradients
from trainers.watching.leaking import AugmentationLeaking
from trainers.watching.learning_rate import LearningRateTooHigh
from trainers.watching.memorisation import Memorisation
from trainers.watching.posterior import PosteriorCollapse
from trainers.watching.rule import Rule
from trainers.watching.watcher import Sight, Watcher, Watchers

__all__ = ["RULES", "Rule", "Sight", "Watcher", "Watchers", "watchers_for"]

RULES: tuple[type[Rule], ...] = (
    DiscriminatorTooStrong,
    DiscriminatorTooWeak,
    ModeCollapse,
    Memorisation,
    PosteriorCollapse,
    DivergingGradients,
    LearningRateTooHigh,
    AugmentationLeaking,
)


def watchers_for(config: RunConfig, shape: DataShape) -> list[Watcher]:
    """The watchers of a run, fresh."""
    return [rule(config) for rule in RULES]
