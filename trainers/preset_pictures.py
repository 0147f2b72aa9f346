"""Small pictures of what presets make: `python -m trainers.preset_pictures RUN...` cuts them from finished runs.

They lie in `resources/presets`, one per preset, and stand beside it wherever a preset is chosen.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from latentlab.atomic import write_atomically
from latentlab.errors import TrainingError
from latentlab.places import resource_dir
from latentlab.runs import RunFolder
from trainers.config import RunConfig, read_config

_CELLS = 4
"""Pictures in a row of the square that is cut out."""
_GAP = 2
"""Between pictures of a sheet."""
_SIDE = 160
"""Of the result, at most."""


def picture_of(run: RunFolder) -> tuple[str, Image.Image]:
    """The name of a run's preset, and a square cut from its newest sheet.

    Raises:
        TrainingError: the run has made none yet.
    """
    found = run.sheets()
    if not found:
        raise TrainingError(f"{run.path} has no sheet of samples yet.")
    config = read_config(run.read_config())
    with Image.open(found[-1]) as sheet:
        side = _square(config, *sheet.size)
        picture = sheet.convert("RGB").crop((0, 0, side, side))
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return config.name, picture


def main(arguments: Sequence[str]) -> int:
    """Write the pictures of runs; returns the exit code."""
    for path in arguments:
        name, picture = picture_of(RunFolder(Path(path)))
        content = io.BytesIO()
        picture.save(content, "png", optimize=True)
        write_atomically(resource_dir() / "presets" / f"{name}.png", content.getvalue())
    return 0


def _square(config: RunConfig, width: int, height: int) -> int:
    if config.data.source.kind == "points":
        return min(width, height)
    return min(width, height, _CELLS * (config.data.resolution + _GAP) + _GAP)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
