"""Which models the theatre plays: those of a run, wherever its files have moved to."""

from __future__ import annotations

import re
from pathlib import Path

from latentlab.qt.threads.theatre_thread import Act
from latentlab.runs import RunFolder

_STEP = re.compile(r"step-(\d{8,})(\.safetensors)?")


def place_of(act: Act, acts: tuple[Act, ...], last: bool) -> int:
    """Where an act stands now, its file moved or not; who saw the last one sees the last one."""
    if last:
        return len(acts) - 1
    same = [n for n, other in enumerate(acts) if other == act or (act.step >= 0 and other.step == act.step)]
    return same[0] if same else min(range(len(acts)), key=lambda n: abs(acts[n].step - act.step))


def run_of(path: Path) -> Path | None:
    """The run that a model file belongs to; None for one that lies elsewhere."""
    parts = path.absolute().parts
    for depth, folder in ((3, "checkpoints"), (2, "models")):
        if len(parts) > depth and parts[-depth] == folder and _STEP.fullmatch(parts[1 - depth]):
            return Path(*parts[:-depth])
    if len(parts) > 2 and parts[-2] == "live":
        return Path(*parts[:-2])
    return None


def acts_of(run: Path) -> tuple[Act, ...]:
    """The models of a run, oldest first."""
    return tuple(Act(kept.path, run.name, kept.step) for kept in RunFolder(run).list_models())


def name_of(path: Path) -> str:
    """Of a model file, for people."""
    inside = run_of(path)
    if inside is None:
        return path.stem
    step = next((found[1] for part in path.parts if (found := _STEP.fullmatch(part))), "")
    return f"{inside.name} {int(step)}" if step else inside.name
