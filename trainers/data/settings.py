"""Where training data comes from, as hyper-parameters of a run."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trainers.settings import Settings, setting


class FolderSource(Settings):
    """Every picture below a folder."""

    kind: Literal["folder"] = "folder"
    path: str = setting("", "The folder that holds the pictures.")
    labels: Literal["auto", "folders", "none"] = setting(
        "auto",
        "Whether a picture's class is the first folder it lies in; auto: when all pictures lie in two or more.",
    )
    captions: Literal["auto", "none"] = setting(
        "auto", "Whether a text file of the same name beside a picture is its caption."
    )


class ZipSource(Settings):
    """Every picture in a zip archive, which is never unpacked."""

    kind: Literal["zip"] = "zip"
    path: str = setting("", "The archive.")
    labels: Literal["auto", "folders", "none"] = setting(
        "auto", "Whether a picture's class is the first folder it lies in."
    )


class TableSource(Settings):
    """A CSV, TSV or JSON Lines file that names pictures beside it, with captions or labels."""

    kind: Literal["table"] = "table"
    path: str = setting("", "The file; pictures lie in its folder or below.")
    picture: str = setting("", "Column that names the picture; empty: the usual names are tried.")
    caption: str = setting("", "Column with the caption; empty: the usual names are tried.")
    label: str = setting("", "Column with the class; empty: the usual names are tried.")


class ArraySource(Settings):
    """Pictures in one file of numbers: IDX (also compressed by gzip), NPY or NPZ."""

    kind: Literal["arrays"] = "arrays"
    path: str = setting("", "The file with the pictures.")
    labels: str = setting("", "An IDX file with the labels; empty: the one whose name fits, if there is one.")


class BuiltinSource(Settings):
    """A set that torchvision knows, as it lies on the disk. Nothing is downloaded."""

    kind: Literal["torchvision"] = "torchvision"
    path: str = setting("", "The folder that was given to torchvision as root.")
    name: Literal["mnist", "fashion-mnist", "kmnist", "qmnist", "cifar10", "cifar100", "stl10"] = setting(
        "mnist", "Which set."
    )
    split: Literal["train", "test"] = setting("train", "Which half of it.")


class TwoFoldersSource(Settings):
    """Two unpaired sets of pictures, to translate between."""

    kind: Literal["two-folders"] = "two-folders"
    path: str = setting("", "The folder of the first set, A.")
    target: str = setting("", "The folder of the second set, B.")


class DrawnSource(Settings):
    """Pictures drawn from a DiceBear illustration style: as many as wished, the same for the same seed."""

    kind: Literal["drawn"] = "drawn"
    style: str = setting("landscape", "Name of the style.")
    count: int = setting(24_000, "How many are drawn.", unit="images", least=2, most=10_000_000)
    seed: int = setting(0, "Another seed draws other pictures.", least=0)
    label: str = setting("", 'Attribute whose value is the class, such as "head"; empty: no classes.')
    caption: tuple[str, ...] = setting(
        (), "Attributes that a caption names, in this order; none: no captions."
    )
    only: dict[str, tuple[str, ...]] = setting({}, "Values that attributes are restricted to, by attribute.")


class RenderedDigitsSource(Settings):
    """The digits 0 to 9 in a few typefaces, in random pose, weight and place: labels with no download."""

    kind: Literal["rendered-digits"] = "rendered-digits"
    count: int = setting(10_000, "How many are drawn.", unit="images", least=2, most=10_000_000)
    seed: int = setting(0, "Another seed draws other pictures.", least=0)
    tilt: float = setting(15.0, "Largest rotation to either side.", unit="degrees", least=0, most=180)
    variety: float = setting(
        1.0, "How much size, place and slant differ; 0: every digit stands alike.", least=0, most=1
    )


class SmallDigitsSource(Settings):
    """The 1,797 handwritten digits of 8x8 that come with scikit-learn."""

    kind: Literal["small-digits"] = "small-digits"


class PointsSource(Settings):
    """A mixture of Gaussians in the plane: the reference tasks of mode collapse."""

    kind: Literal["points"] = "points"
    task: Literal["ring", "grid"] = setting(
        "ring", "ring: 8 on the unit circle, sigma .01; grid: 25 at {-4, -2, 0, 2, 4} squared, sigma .05."
    )
    count: int = setting(100_000, "How many are drawn.", unit="points", least=2, most=10_000_000)
    seed: int = setting(0, "Another seed draws other points.", least=0)
    labels: bool = setting(False, "Whether a point's class is the Gaussian that it was drawn from.")


Source = Annotated[
    FolderSource
    | ZipSource
    | TableSource
    | ArraySource
    | BuiltinSource
    | TwoFoldersSource
    | DrawnSource
    | RenderedDigitsSource
    | SmallDigitsSource
    | PointsSource,
    Field(discriminator="kind"),
]
"""Any source of training data; `kind` tells which."""


class DataSettings(Settings):
    """What a run is trained on and how pictures are cut to the size of the networks."""

    source: Source = setting(DrawnSource(), "Where items come from.", group="Data")
    resolution: int = setting(64, "Side of the pictures.", unit="pixels", group="Data", least=4, most=2048)
    colour: Literal["auto", "grey", "rgb"] = setting(
        "auto",
        "Channels of the pictures; auto: grey when the first pictures of the source are.",
        group="Data",
    )
    fit: Literal["crop", "pad", "stretch"] = setting(
        "crop",
        "How a picture becomes square: its centre; all of it on a background, never enlarged; or distorted.",
        group="Data",
    )
    background: Literal["white", "black"] = setting(
        "white", "What lies behind transparent pictures and beside padded ones.", group="Data"
    )
    mirror: bool = setting(
        False,
        "Show half of the pictures as in a mirror: only where left and right mean the same.",
        group="Data",
    )
    held_out: float = setting(
        0.05, "Share of the items that training never sees.", group="Data", least=0.001, most=0.5
    )
    most: int = setting(0, "Use at most this many items; 0: all.", unit="items", group="Data", least=0)
