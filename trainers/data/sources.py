"""Which listing reads which source."""

from __future__ import annotations

from trainers.data.listing import Listing
from trainers.data.settings import (
    ArraySource,
    BuiltinSource,
    DrawnSource,
    FolderSource,
    RenderedDigitsSource,
    SmallDigitsSource,
    TableSource,
    ZipSource,
)

PictureSource = (
    FolderSource
    | ZipSource
    | TableSource
    | ArraySource
    | BuiltinSource
    | DrawnSource
    | RenderedDigitsSource
    | SmallDigitsSource
)


def listing_of(source: PictureSource) -> Listing:
    """List a source of pictures.

    Raises:
        TrainingError: there is no such source; the text says what to name instead.
    """
    match source:
        case FolderSource():
            from trainers.data.folders import FolderListing

            return FolderListing(source)
        case DrawnSource():
            from trainers.data.drawn import DrawnListing

            return DrawnListing(source)
        case RenderedDigitsSource():
            from trainers.data.digits import RenderedDigits

            return RenderedDigits(source)
        case SmallDigitsSource():
            from trainers.data.digits import SmallDigits

            return SmallDigits()
        case ZipSource():
            from trainers.data.archives import ZipListing

            return ZipListing(source)
        case TableSource():
            from trainers.data.tables import TableListing

            return TableListing(source)
        case ArraySource():
            from trainers.data.array_files import array_listing

            return array_listing(source)
        case BuiltinSource():
            from trainers.data.builtin import builtin_listing

            return builtin_listing(source)
