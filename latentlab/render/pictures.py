"""Picture files that remember how they were made, with their record inside. Imports no torch."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from latentlab.atomic import replacing
from latentlab.errors import ExportError, RecipeError
from latentlab.latents import picture_record
from latentlab.latents.picture_record import PictureRecord
from latentlab.render import xmp
from latentlab.render.picture_form import PictureForm, formed
from latentlab.render.png_text import read_text

KEYWORD = "latentlab"
_AS_DRAWN = PictureForm()
_TIFF_XMP = 700
_TIFF_SOFTWARE = 305


def save_png(path: Path, pixels: NDArray[np.uint8], record: PictureRecord | None = None) -> None:
    """Write a picture as the model drew it, and in it what it was made of. See `save_picture`."""
    save_picture(path, pixels, record)


def save_picture(
    path: Path,
    pixels: NDArray[np.uint8],
    record: PictureRecord | None = None,
    form: PictureForm = _AS_DRAWN,
) -> None:
    """Write a picture, and in it what it was made of.

    Args:
        path: replaced only when the new file is complete.
        pixels: (H, W, 3) RGB.
        record: stored as international text (iTXt) in PNG and as XMP elsewhere: programs that keep metadata
            carry both along.
        form: kind of file, size, border.

    Raises:
        ExportError: the disk is full, or the folder cannot be written to.
        RecipeError: the record holds a value that cannot be stored.
    """
    write_image(path, formed(pixels, form), record, form)


def write_image(path: Path, image: Image.Image, record: PictureRecord | None, form: PictureForm) -> None:
    """Write an image that already has its size and border. Raises as `save_picture`."""
    text = None if record is None else picture_record.to_text(record)
    tool = record.program if record is not None and record.program else "LatentLab"
    buffer = io.BytesIO()
    _encode(buffer, image, text, tool, form)
    try:
        with replacing(path) as file:
            file.write(buffer.getbuffer())
    except OSError as error:
        raise ExportError(why_not_written(error, path)) from error


def read_record(path: Path) -> PictureRecord:
    """What a picture was made of.

    Raises:
        RecipeError: the file is no picture, is damaged, or holds no record that can be read.
    """
    text = record_text(path)
    if text is None:
        raise RecipeError(
            f"{path.name} holds no recipe: it was not exported by LatentLab, or another program saved it again "
            "without it. Use the original file."
        )
    return picture_record.from_text(text)


def record_text(path: Path) -> str | None:
    """The record that a PNG, JPEG, WebP or TIFF file carries, unread; None where it carries none.

    Raises:
        RecipeError: the file is no such picture, or damaged.
    """
    most = picture_record.MAX_CHARACTERS
    try:
        with path.open("rb") as file:
            is_png = file.read(8) == b"\x89PNG\r\n\x1a\n"
    except OSError as error:
        raise RecipeError(f"{path.name} cannot be read ({error.strerror}): use another copy.") from error
    if is_png:
        return read_text(path, KEYWORD, most=most)
    packet = xmp.find_packet(path)
    return None if packet is None else xmp.text_in(packet, most=most)


def _encode(file: BinaryIO, image: Image.Image, text: str | None, tool: str, form: PictureForm) -> None:
    if form.kind == "png":
        information = PngInfo()
        if text is not None:
            information.add_itxt(KEYWORD, text, zip=True)
            information.add_text("Software", tool)
        image.save(file, "PNG", pnginfo=information)
    elif form.kind == "jpeg":
        extra = b"" if text is None else xmp.jpeg_segments(text, tool)
        image.save(file, "JPEG", quality=form.quality, subsampling=0, extra=extra)
    elif form.kind == "webp":
        packet = {} if text is None else {"xmp": xmp.packet(text, tool)}
        image.save(file, "WEBP", quality=form.quality, lossless=form.quality == 100, method=4, **packet)
    else:
        tags = ImageFileDirectory_v2()
        if text is not None:
            tags[_TIFF_XMP] = xmp.packet(text, tool)
            tags.tagtype[_TIFF_XMP] = 1  # bytes
            tags[_TIFF_SOFTWARE] = tool
        image.save(file, "TIFF", tiffinfo=tags, compression="tiff_adobe_deflate")


def why_not_written(error: OSError, path: Path) -> str:
    """Cause and remedy, for people."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: make room, or save {path.name} somewhere else."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.parent} may not be written to: save {path.name} somewhere else."
    return f"{path} cannot be written ({error.strerror or error}): save it somewhere else."
