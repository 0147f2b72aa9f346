"""Training data: where items come from, their cache on the disk, their order in a run, and the data card.

`recognised` makes a source of a path or a word; `DataSettings` says how it is cut to size; `prepare` fills the
cache; `open_data` gives a `Dataset` of training and held-out items. Networks, losses and runs do not belong here.
"""

from trainers.data.card import DataCard
from trainers.data.dataset import Dataset, Items, open_data, prepare, to_images
from trainers.data.order import batch_indices
from trainers.data.recognition import recognised
from trainers.data.settings import (
    ArraySource,
    BuiltinSource,
    DataSettings,
    DrawnSource,
    FolderSource,
    PointsSource,
    RenderedDigitsSource,
    SmallDigitsSource,
    Source,
    TableSource,
    TwoFoldersSource,
    ZipSource,
)

__all__ = [
    "ArraySource",
    "BuiltinSource",
    "DataCard",
    "DataSettings",
    "Dataset",
    "DrawnSource",
    "FolderSource",
    "Items",
    "PointsSource",
    "RenderedDigitsSource",
    "SmallDigitsSource",
    "Source",
    "TableSource",
    "TwoFoldersSource",
    "ZipSource",
    "batch_indices",
    "open_data",
    "prepare",
    "recognised",
    "to_images",
]
