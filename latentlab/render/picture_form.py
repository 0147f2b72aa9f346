"""In what form a picture leaves: kind of file, size, border. Imports no torch and, until it is used, no PIL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from latentlab.errors import ExportError

if TYPE_CHECKING:  # a window must not wait for these
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

Kind = Literal["png", "jpeg", "webp", "tiff"]
Scaling = Literal["lanczos", "nearest"]

SUFFIXES: dict[str, Kind] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".tif": "tiff",
    ".tiff": "tiff",
}
NAMES: dict[Kind, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif"}
MOST_SIDE = 16_384


@dataclass(frozen=True, slots=True)
class PictureForm:
    """How pictures are written."""

    kind: Kind = "png"
    side: int = 0
    """Pixels of the longer side; 0 leaves the picture as the model draws it."""
    scaling: Scaling = "lanczos"
    border: int = 0
    """Pixels around the picture, beside its side."""
    border_colour: str = ""
    """As "#rrggbb"; "" is transparent, and white where the kind of file knows no transparency."""
    quality: int = 95
    """Of JPEG and WebP, 1 ... 100; WebP at 100 is lossless."""

    def __post_init__(self) -> None:
        if self.kind not in NAMES:
            raise ExportError(f"{self.kind!r} is no kind of picture: choose png, jpeg, webp or tiff.")
        if self.scaling not in ("lanczos", "nearest"):
            raise ExportError(f"{self.scaling!r} is no way of scaling: choose lanczos or nearest.")
        if not 0 <= self.side <= MOST_SIDE or not 0 <= self.border <= MOST_SIDE // 4:
            raise ExportError(
                f"A side of {self.side} with a border of {self.border} pixels: choose a side of at most "
                f"{MOST_SIDE} and a border of at most {MOST_SIDE // 4}."
            )
        if not 1 <= self.quality <= 100:
            raise ExportError(f"A quality of {self.quality}: choose 1 to 100.")

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return NAMES[self.kind]

    @property
    def is_transparent(self) -> bool:
        """Whether the border can be seen through."""
        return bool(self.border) and not self.border_colour and self.kind != "jpeg"


def formed(pixels: NDArray[np.uint8], form: PictureForm) -> Image.Image:
    """A picture (H, W, 3) in the size and with the border that `form` says, RGB or RGBA."""
    from PIL import Image, ImageColor

    image = Image.fromarray(pixels)
    if form.side and form.side != max(image.size):
        scale = form.side / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        filters = {"lanczos": Image.Resampling.LANCZOS, "nearest": Image.Resampling.NEAREST}
        image = image.resize(size, filters[form.scaling])
    if not form.border:
        return image
    whole = (image.width + 2 * form.border, image.height + 2 * form.border)
    if form.is_transparent:
        canvas = Image.new("RGBA", whole, (0, 0, 0, 0))
    else:
        try:
            canvas = Image.new("RGB", whole, ImageColor.getrgb(form.border_colour or "#ffffff"))
        except ValueError as error:
            raise ExportError(f"{form.border_colour!r} is no colour: write it as #rrggbb.") from error
    canvas.paste(image, (form.border, form.border))
    return canvas


def kind_of(name: str) -> Kind | None:
    """The kind of picture that a file's name says; None where it says none."""
    dot = name.rfind(".")
    return SUFFIXES.get(name[dot:].lower()) if dot >= 0 else None
