"""Start-up timing: moments on the way from process start to first picture, for `latentlab bench`."""

from __future__ import annotations

import os
import time
from pathlib import Path

MARKS_VARIABLE = "LATENTLAB_MARKS"
"""Names the file that marks are appended to; without it nothing is written."""

_passed: set[str] = set()


def mark(moment: str) -> None:
    """Note the first time that `moment` is passed, as "moment seconds-since-the-epoch"."""
    target = os.environ.get(MARKS_VARIABLE)
    if not target or moment in _passed:
        return
    _passed.add(moment)
    with Path(target).open("a", encoding="utf-8") as file:
        file.write(f"{moment} {time.time():.6f}\n")
