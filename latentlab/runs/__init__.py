"""A training run as a directory: written by `trainers`, followed by any number of viewers, live or years later.

Belongs here: the layout of the directory, its event log, its status, its checkpoints as folders, and what viewers
ask of a run. Knows no tensors and no widgets: importing this package takes the standard library alone, so that a
window can show a run at once and a run on a cluster can be read anywhere.

    config.json        what is trained (validated by trainers), schema.json: its JSON schema, for forms
    events.jsonl       one event per line, only ever appended to
    status.json        who trains, how far it is, and its heartbeat
    control/           what viewers ask for: pause, step, stop, snapshot, pace, and what they look at
    samples/           sheets of samples of the same latents every time, and those latents
    checkpoints/       one folder per checkpoint: model.safetensors, networks.safetensors, state.pt
    models/            what checkpoints that made room have left behind: their models, spread over the run
    live/              what somebody looks at between checkpoints
    tensorboard/       the same curves for TensorBoard
"""

from latentlab.runs.control import Control, Interest, Request, RollBack
from latentlab.runs.curves import Curve, Curves
from latentlab.runs.events import (
    Coded,
    Entry,
    Event,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    RolledBack,
    Sampled,
    Saved,
    Scored,
    Settled,
    Severity,
    Started,
    Warned,
)
from latentlab.runs.folder import CheckpointInfo, KeptModel, RunFolder
from latentlab.runs.follower import RunFollower
from latentlab.runs.info import RunInfo, find_runs
from latentlab.runs.status import RunState, Silence, Status
from latentlab.runs.writer import RunWriter

__all__ = [
    "CheckpointInfo",
    "Coded",
    "Control",
    "Curve",
    "Curves",
    "Entry",
    "Event",
    "Failed",
    "Finished",
    "Interest",
    "KeptModel",
    "Measured",
    "Preparing",
    "Progress",
    "Request",
    "RollBack",
    "RolledBack",
    "RunFolder",
    "RunFollower",
    "RunInfo",
    "RunState",
    "RunWriter",
    "Sampled",
    "Saved",
    "Scored",
    "Settled",
    "Severity",
    "Silence",
    "Started",
    "Status",
    "Warned",
    "find_runs",
]
