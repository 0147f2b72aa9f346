"""Many pictures on one sheet, with captions. Imports no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.errors import ExportError
from latentlab.places import resource_dir
from latentlab.render.picture_form import MOST_SIDE, PictureForm, formed

if TYPE_CHECKING:  # a window must not wait for these
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image
    from PIL.ImageFont import FreeTypeFont

_FONT = Path("fonts") / "Inter-Regular.otf"


@dataclass(frozen=True, slots=True)
class SheetForm:
    """How a sheet is laid out; lengths in pixels."""

    columns: int = 0
    """0 makes the sheet about square."""
    cell: int = 0
    """Side of the pictures; 0 leaves them as the model draws them."""
    margin: int = 24
    """Around the sheet."""
    gap: int = 8
    """Between pictures."""
    captions: bool = True
    background: str = "#ffffff"

    def __post_init__(self) -> None:
        for name, most in (("columns", 1000), ("cell", MOST_SIDE), ("margin", 4096), ("gap", 4096)):
            if not 0 <= getattr(self, name) <= most:
                raise ExportError(f"The sheet's {name} is {getattr(self, name)}: choose 0 to {most}.")

    def columns_for(self, count: int) -> int:
        """How many pictures stand side by side."""
        return min(self.columns or math.ceil(math.sqrt(count)), max(count, 1))

    def pixels_for(self, count: int, width: int, height: int) -> tuple[int, int]:
        """Width and height of a sheet of so many pictures, each of this size with its border.

        Raises:
            ExportError: that is too large for a picture file.
        """
        columns = self.columns_for(count)
        rows = math.ceil(count / columns)
        strip = _strip(width) if self.captions else 0
        whole = (
            2 * self.margin + columns * (width + self.gap) - self.gap,
            2 * self.margin + rows * (height + strip + self.gap) - self.gap,
        )
        if max(whole) > 4 * MOST_SIDE or whole[0] * whole[1] > MOST_SIDE**2:
            raise ExportError(
                f"The sheet would have {whole[0]} x {whole[1]} pixels: choose smaller pictures, or fewer."
            )
        return whole


def contact_sheet(
    pictures: Sequence[NDArray[np.uint8]],
    captions: Sequence[str],
    sheet: SheetForm,
    form: PictureForm,
) -> Image.Image:
    """Lay pictures out, row by row.

    Args:
        pictures: (H, W, 3) each.
        captions: one each; cut off where they are wider than the picture.
        form: scaling of the pictures; its border goes around each.

    Raises:
        ExportError: there are no pictures, a colour cannot be read, or the sheet would be too large.
    """
    from PIL import Image, ImageColor, ImageDraw

    if not pictures:
        raise ExportError("There are no pictures for a sheet: choose some first.")
    cells = [formed(pixels, form) for pixels in pictures]
    width, height = max(cell.width for cell in cells), max(cell.height for cell in cells)
    size = _caption_size(width)
    strip = _strip(width) if sheet.captions else 0
    columns = sheet.columns_for(len(cells))
    whole = sheet.pixels_for(len(cells), width, height)
    try:
        ground = ImageColor.getrgb(sheet.background)[:3]
    except ValueError as error:
        raise ExportError(f"{sheet.background!r} is no colour: write it as #rrggbb.") from error
    canvas = Image.new("RGB", whole, ground)
    draw = ImageDraw.Draw(canvas)
    ink = (40, 40, 40) if sum(ground) > 384 else (225, 225, 225)
    for place, (cell, caption) in enumerate(zip(cells, captions, strict=True)):
        row, column = divmod(place, columns)
        left = sheet.margin + column * (width + sheet.gap)
        top = sheet.margin + row * (height + strip + sheet.gap)
        canvas.paste(cell, (left, top), cell if cell.mode == "RGBA" else None)
        if sheet.captions:
            text = _fitting(caption, _font(size), width)
            draw.text((left, top + height + round(0.3 * size)), text, fill=ink, font=_font(size))
    return canvas


def _caption_size(width: int) -> int:
    """Of the letters under pictures of this width, in pixels."""
    return max(9, min(round(width * 0.11), 22))


def _strip(width: int) -> int:
    """The height that a caption takes."""
    return round(1.7 * _caption_size(width))


@cache
def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(resource_dir() / _FONT), size)


def _fitting(text: str, font: FreeTypeFont, width: int) -> str:
    """As much of a text as there is room for."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
