"""Pictures drawn from a DiceBear style, with attributes as classes and captions."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from trainers import drawing
from trainers.data import pictures
from trainers.data.listing import Framing, Item, Listing, Skipped
from trainers.data.settings import DrawnSource


class DrawnListing(Listing):
    """The first pictures of an endless set."""

    def __init__(self, source: DrawnSource) -> None:
        """Look the style up.

        Raises:
            TrainingError: DiceBear is not installed, or there is no such style or attribute.
        """
        self._source = source
        self.count = source.count
        self.licence = drawing.style_licence(source.style)
        for name in filter(None, (source.label, *source.caption, *source.only)):
            drawing.attribute_values(source.style, name)  # raises where there is none

    def fingerprint(self) -> object:
        return {**self._source.model_dump(), "versions": drawing.versions()}

    def is_grey(self) -> bool:
        return False

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        source = self._source
        drawn = drawing.draw_many(
            source.style,
            source.seed,
            source.count,
            framing.resolution,
            workers,
            first=first,
            only=source.only,
        )
        for index, picture in enumerate(drawn, first):
            pixels = pictures.framed(pictures.flattened(Image.fromarray(picture.pixels), framing), framing)
            yield Item(
                f"{index:08d}",
                pixels,
                (framing.resolution, framing.resolution),
                drawing.value_in_words(source.style, picture.attributes, source.label)
                if source.label
                else None,
                drawing.sentence(source.style, picture.attributes, source.caption)
                if source.caption
                else None,
            )

    def describe(self) -> str:
        return (
            f"{self.count:,} pictures drawn with the DiceBear style {self._source.style!r} ({self.licence})."
        )
