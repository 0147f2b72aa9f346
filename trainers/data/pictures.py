"""Decoding a picture of any kind to a small square of bytes. What cannot be decoded is an `UnreadableError`."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from trainers.data.listing import Framing, Pixels

PICTURE_ENDINGS = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".webp",
        ".bmp",
        ".tif",
        ".tiff",
        ".gif",
        ".ppm",
        ".pgm",
        ".pnm",
    }
    | {".apng", ".avif", ".tga", ".ico", ".jp2"}
)
_FORMATS = (
    *("PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM"),
    *("AVIF", "TGA", "ICO", "JPEG2000"),
)
"""Decoders that may see a file: none that starts another program, as Pillow's reader of PostScript does."""
_MOST_PIXELS = 150_000_000
_DAMAGED = (
    *(
        ArithmeticError,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        NotImplementedError,
    ),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError, Warning),
    *(Image.DecompressionBombError, struct.error, zlib.error),
)
"""Everything that decoders have been seen to raise at damaged files."""


class UnreadableError(Exception):
    """Not a picture, or a damaged one; the text says why."""


def read_picture(file: str | IO[bytes], framing: Framing) -> tuple[Pixels, tuple[int, int]]:
    """The first frame of a picture, upright and framed, and the size of the original.

    Args:
        file: path, or an open file.
        framing: the size wanted.

    Raises:
        UnreadableError: it cannot be decoded, or is larger than 150 million pixels.
    """
    try:
        with _open(file) as picture:
            size = picture.size
            # JPEGs are decoded at a fraction of their size, which is many times quicker.
            picture.draft(None, (2 * framing.resolution, 2 * framing.resolution))
            flat = flattened(_upright(picture), framing)
            if picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
                size = size[1], size[0]
        return framed(flat, framing), size
    except _DAMAGED as error:
        raise UnreadableError(_reason(error)) from error


def is_grey(file: str | IO[bytes]) -> bool:
    """Whether a picture has no colour channels; an unreadable one has none either."""
    try:
        with _open(file) as picture:
            return picture.mode in {"1", "L", "LA", "La", "I", "F"} or picture.mode.startswith("I;16")
    except (*_DAMAGED, UnreadableError):
        return True


def framed(picture: Image.Image, framing: Framing) -> Pixels:
    """A picture without transparency as (resolution, resolution, channels)."""
    side = framing.resolution
    width, height = picture.size
    if framing.fit == "pad":
        scale = min(1.0, side / max(width, height))
        small = max(1, round(width * scale)), max(1, round(height * scale))
        paper = Image.new(picture.mode, (side, side), framing.background)
        paper.paste(_resized(picture, small), ((side - small[0]) // 2, (side - small[1]) // 2))
        picture = paper
    else:
        if framing.fit == "crop":  # before shrinking, whose filter would see what is cut off
            square = min(width, height)
            left, top = (width - square) // 2, (height - square) // 2
            picture = picture.crop((left, top, left + square, top + square))
        picture = _resized(picture, (side, side))
    pixels = np.asarray(picture)
    return np.ascontiguousarray(pixels[:, :, None] if pixels.ndim == 2 else pixels)


def flattened(picture: Image.Image, framing: Framing) -> Image.Image:
    """A picture of any mode as "L" or "RGB" on the background."""
    mode = "L" if framing.channels == 1 else "RGB"
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        return Image.fromarray(eight_bits(np.asarray(picture))).convert(mode)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, framing.background)
        return Image.alpha_composite(paper, rgba).convert(mode)
    if picture.mode == "P":
        picture = picture.convert("RGB")
    return picture.convert(mode)


def eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Numbers of any type as bytes, from the range that their type and their largest value speak of.

    uint8 stay; 16-bit numbers are divided by 257; fractions lie in [0, 1], or in [-1, 1] when some are below 0;
    other numbers in [0, 255], [0, 65535] or [0, 2^31), whichever is the first that holds them.

    Raises:
        ValueError: some are not finite.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    least, most = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    return scaled_to_bytes(values, *value_range(values.dtype, least, most))


def value_range(dtype: np.dtype[Any], least: float, most: float) -> tuple[float, float]:
    """Black and white among numbers of a type that lie between `least` and `most`. See `eight_bits`."""
    if not (np.isfinite(least) and np.isfinite(most)):
        raise ValueError("some numbers are not finite")
    if dtype == np.uint16:
        return 0.0, 65535.0
    if dtype.kind == "f" and most <= 1.0 and least >= -1.0:
        return (-1.0 if least < 0 else 0.0), 1.0
    return 0.0, next((white for white in (255.0, 65535.0) if most <= white), 2.0**31 - 1)


def scaled_to_bytes(values: NDArray[Any], black: float, white: float) -> NDArray[np.uint8]:
    """Numbers between black and white as bytes; those outside become black or white."""
    scaled = (values.astype(np.float64) - black) * (255.0 / (white - black))
    rounded: NDArray[np.uint8] = np.rint(scaled.clip(0, 255)).astype(np.uint8)
    return rounded


_ORIENTATION = 0x0112  # Exif 2.3, tag "Orientation"


@cache
def _formats() -> tuple[str, ...]:
    """Those of our formats that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _open(file: str | IO[bytes]) -> Image.Image:
    picture = Image.open(file, formats=_formats())
    width, height = picture.size
    if width * height > _MOST_PIXELS:
        picture.close()
        raise UnreadableError(f"{width:,} x {height:,} pixels are more than {_MOST_PIXELS:,}")
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGED:  # a camera's notes may be damaged while the picture is not
        return picture


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == picture.size:
        return picture
    smaller = picture.width > size[0] and picture.height > size[1]
    way = Image.Resampling.LANCZOS if smaller else Image.Resampling.BICUBIC
    return picture.resize(size, way, reducing_gap=3.0)


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not a picture of a known kind"
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return "more pixels than any picture needs"
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
