"""Pictures that remember how they were made: PNG files with their record inside. Imports no torch."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from latentlab.atomic import replacing
from latentlab.errors import ExportError, RecipeError
from latentlab.latents import picture_record
from latentlab.latents.picture_record import PictureRecord
from latentlab.render.png_text import read_text

KEYWORD = "latentlab"


def save_png(path: Path, pixels: NDArray[np.uint8], record: PictureRecord | None = None) -> None:
    """Write a picture, and in it what it was made of.

    Args:
        path: replaced only when the new file is complete.
        pixels: (H, W, 3) RGB.
        record: stored as international text (iTXt), which programs that keep metadata carry along.

    Raises:
        ExportError: the disk is full, or the folder cannot be written to.
        RecipeError: the record holds a value that cannot be stored.
    """
    information = PngInfo()
    if record is not None:
        information.add_itxt(KEYWORD, picture_record.to_text(record), zip=True)
        if record.program:
            information.add_text("Software", record.program)
    try:
        with replacing(path) as file:
            Image.fromarray(pixels).save(file, "PNG", pnginfo=information)
    except OSError as error:
        raise ExportError(_reason(error, path)) from error


def read_record(path: Path) -> PictureRecord:
    """What a picture was made of.

    Raises:
        RecipeError: the file is no PNG, is damaged, or holds no record that can be read.
    """
    text = read_text(path, KEYWORD, most=picture_record.MAX_CHARACTERS)
    if text is None:
        raise RecipeError(
            f"{path.name} holds no recipe: it was not exported by LatentLab, or another program saved it again "
            "without it. Use the original file."
        )
    return picture_record.from_text(text)


def _reason(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: make room, or save {path.name} somewhere else."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.parent} may not be written to: save {path.name} somewhere else."
    return f"{path} cannot be written ({error.strerror or error}): save it somewhere else."
