"""Small pictures in memory, within a bound: galleries show and forget tens of thousands."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QImage

from latentlab.latents.recipe import Recipe

MOST_BYTES = 96 << 20


class SmallPictures:
    """Pictures by recipe; those looked at longest ago go first when there are too many."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pictures: OrderedDict[Recipe, QImage] = OrderedDict()
        self._outdated: set[Recipe] = set()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """Memory that the pictures take."""
        return self._bytes

    def __contains__(self, recipe: Recipe) -> bool:
        """Whether it need not be drawn (again)."""
        return recipe in self._pictures and recipe not in self._outdated

    def __len__(self) -> int:
        return len(self._pictures)

    def outdate(self) -> None:
        """Every picture is to be drawn again, and shown until it is."""
        self._outdated = set(self._pictures)

    def get(self, recipe: Recipe) -> QImage | None:
        """The picture, now counted as looked at."""
        picture = self._pictures.get(recipe)
        if picture is not None:
            self._pictures.move_to_end(recipe)
        return picture

    def put(self, recipe: Recipe, picture: QImage) -> None:
        """Keep a picture."""
        before = self._pictures.pop(recipe, None)
        self._outdated.discard(recipe)
        self._bytes += picture.sizeInBytes() - (before.sizeInBytes() if before is not None else 0)
        self._pictures[recipe] = picture
        while self._bytes > self._most and len(self._pictures) > 1:
            _, gone = self._pictures.popitem(last=False)
            self._bytes -= gone.sizeInBytes()

    def clear(self) -> None:
        self._pictures.clear()
        self._outdated.clear()
        self._bytes = 0
