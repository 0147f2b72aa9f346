"""Watchers: what a run notices about itself while it trains, with evidence and a remedy.

`watcher.Watcher` is what each of them is. They see what the loop shows them and touch nothing.
"""

from trainers.batch import DataShape
from trainers.config import RunConfig
from trainers.watching.watcher import Sight, Watcher, Watchers

__all__ = ["Sight", "Watcher", "Watchers", "watchers_for"]


def watchers_for(config: RunConfig, shape: DataShape) -> list[Watcher]:
    """The watchers of a run, fresh."""
    return []
