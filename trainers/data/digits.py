"""Digits with no download: drawn from typefaces in random pose, and scikit-learn's small handwritten ones."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from latentlab.errors import TrainingError
from latentlab.places import resource_dir
from trainers.data import pictures
from trainers.data.listing import Framing, Item, Listing, Skipped, read_in_threads
from trainers.data.settings import RenderedDigitsSource

_NAMES = tuple("0123456789")
_FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_FINE = 4
"""Digits are drawn this many times larger and shrunk, for smooth edges."""


class RenderedDigits(Listing):
    """White digits on black; number, pose, weight and place are a function of the seed and the index."""

    class_names = _NAMES
    licence = "SIL Open Font License (the typeface Inter); the drawn pictures are free of it"

    def __init__(self, source: RenderedDigitsSource) -> None:
        """Remember what to draw."""
        self._source = source
        self.count = source.count

    def fingerprint(self) -> object:
        values = self._source.model_dump()
        if values["variety"] == 1:
            del values["variety"]  # as it was drawn before there was a choice
        return {**values, "drawing": 1}

    def is_grey(self) -> bool:
        return True

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        return read_in_threads(lambda index: self._draw(index, framing), first, self.count, workers)

    def describe(self) -> str:
        return f"{self.count:,} digits drawn in random pose."

    def _draw(self, index: int, framing: Framing) -> Item:
        rng = np.random.default_rng((self._source.seed, index))
        digit, vary = int(rng.integers(10)), self._source.variety
        side = framing.resolution * _FINE
        paper = Image.new("L", (side, side), 0)
        face, size = _FONTS[rng.integers(len(_FONTS))], rng.uniform(0.6, 0.85)
        font = _font(face, round(side * (size if vary == 1 else 0.75 + vary * (size - 0.75))))
        place = side / 2 + vary * side * rng.uniform(-0.07, 0.07, 2)
        ImageDraw.Draw(paper).text(
            (place[0], place[1]), str(digit), fill=int(rng.integers(200, 256)), font=font, anchor="mm"
        )
        tilt, shear = self._source.tilt, vary * rng.uniform(-0.2, 0.2)
        turned = paper.rotate(rng.uniform(-tilt, tilt), Image.Resampling.BILINEAR)
        slanted = turned.transform(
            turned.size,
            Image.Transform.AFFINE,
            (1.0, shear, -shear * side / 2, 0.0, 1.0, 0.0),
            Image.Resampling.BILINEAR,
        )
        pixels = pictures.framed(pictures.flattened(slanted, framing), framing)
        return Item(
            f"{index:08d}", pixels, (framing.resolution, framing.resolution), str(digit), f"the digit {digit}"
        )


class SmallDigits(Listing):
    """The handwritten digits that come with scikit-learn, 8x8 of 17 greys, white on black."""

    class_names = _NAMES
    licence = "CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)"

    def __init__(self) -> None:
        """Load them.

        Raises:
            TrainingError: scikit-learn is not installed.
        """
        if importlib.util.find_spec("sklearn") is None:
            raise TrainingError("These digits come with scikit-learn: pip install scikit-learn.")
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]

        found = load_digits()
        self._values = (found.images * (255 / 16)).round().astype(np.uint8)  # (1797, 8, 8)
        self._labels = found.target
        self.count = len(self._values)

    def fingerprint(self) -> object:
        return {"kind": "small-digits", "version": importlib.metadata.version("scikit-learn")}

    def is_grey(self) -> bool:
        return True

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        return read_in_threads(lambda index: self._read(index, framing), first, self.count, workers)

    def describe(self) -> str:
        return "The 1,797 handwritten digits of scikit-learn."

    def _read(self, index: int, framing: Framing) -> Item:
        picture = pictures.flattened(Image.fromarray(self._values[index]), framing)
        return Item(f"{index:05d}", pictures.framed(picture, framing), (8, 8), str(self._labels[index]))


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resource_dir() / "fonts" / name), size)
