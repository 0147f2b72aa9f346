"""Any model file to LatentLab's own format."""

from __future__ import annotations

import os

from latentlab.formats.native import save_model
from latentlab.formats.opening import open_model
from latentlab.formats.report import OpenedModel


def convert(
    path: str | os.PathLike[str], out: str | os.PathLike[str], *, candidate: str | None = None
) -> OpenedModel:
    """Open the model at `path` and write it to `out`; `candidate` as in `open_model`.

    Raises:
        CheckpointError: the model cannot be opened, or `out` cannot be written.
    """
    model = open_model(path, candidate=candidate)
    save_model(out, model.generator, model.card, model.extra)
    return model
