"""Sets that torchvision knows, read from the files that it left on the disk: no downloads, no unpickling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from latentlab.errors import LatentLabError, TrainingError
from latentlab.formats.pickles.machine import PickleMachine
from latentlab.formats.pickles.values import Record, Span
from latentlab.formats.source import Source as File
from trainers.data.array_files import idx_listing
from trainers.data.arrays import DAMAGED, ArrayListing, Layout, Segment
from trainers.data.settings import BuiltinSource

_IDX_FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST", "qmnist": "QMNIST"}
_DIGITS = tuple("0123456789")
_CLASSES: dict[str, tuple[str, ...]] = {
    "mnist": _DIGITS,
    "qmnist": _DIGITS,
    "fashion-mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "stl10": ("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
}
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_BYTE = np.dtype(np.uint8)
_CIFAR = Layout(_BYTE, (3, 32, 32), "chw")
_STL = Layout(_BYTE, (3, 96, 96), "cwh")


def found_in(folder: Path) -> tuple[str, ...]:
    """Names of the sets that lie in a folder as torchvision leaves them."""
    names = [name for name, inside in _IDX_FOLDERS.items() if _idx(folder / inside / "raw", "train", name)]
    if _cifar10_folder(folder):
        names.append("cifar10")
    if (folder / "cifar-100-python" / "train").is_file():
        names.append("cifar100")
    if (folder / "stl10_binary" / "train_X.bin").is_file():
        names.append("stl10")
    return tuple(names)


def folder_of(name: str) -> str:
    """The folder below torchvision's root that holds a set."""
    others = {"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python", "stl10": "stl10_binary"}
    return _IDX_FOLDERS.get(name) or others[name]


def builtin_listing(source: BuiltinSource) -> ArrayListing:
    """List one of the sets.

    Raises:
        TrainingError: it is not there, or damaged.
    """
    root = Path(source.path).expanduser()
    try:
        if source.name in _IDX_FOLDERS:
            return _from_idx(root, source)
        readers: dict[str, Callable[[Path, str], ArrayListing | None]] = {
            "cifar10": _cifar10,
            "cifar100": _cifar100,
            "stl10": _stl10,
        }
        listing = readers[source.name](root, source.split)
    except (*DAMAGED, LatentLabError) as error:
        raise TrainingError(f"The files of {source.name} in {root} cannot be read ({error}).") from error
    if listing is None:
        raise _missing(root, source)
    return listing


def _missing(root: Path, source: BuiltinSource) -> TrainingError:
    there = ", ".join(found_in(root)) or "none of the sets that are known"
    return TrainingError(
        f"{source.name} ({source.split}) is not in {root}, where there is {there}: name the folder that was "
        "given to torchvision as root, after it has downloaded the set."
    )


def _from_idx(root: Path, source: BuiltinSource) -> ArrayListing:
    images = _idx(root / _IDX_FOLDERS[source.name] / "raw", source.split, source.name)
    if images is None:
        raise _missing(root, source)
    folder, stem = images.parent, images.name
    labels = None
    if source.name != "qmnist":  # its labels are rows of eight numbers
        labels = next(
            path
            for ending in ("", ".gz")
            if (
                path := folder / (stem.removesuffix(".gz").replace("images-idx3", "labels-idx1") + ending)
            ).is_file()
        )
    names = _CLASSES[source.name] if labels else ()
    return idx_listing(images, labels, names, f"The {source.split} half of {source.name}.")


def _idx(folder: Path, split: str, name: str) -> Path | None:
    """The file with the pictures, packed or not."""
    first = "qmnist-test" if (name, split) == ("qmnist", "test") else "qmnist-train"
    prefix = first if name == "qmnist" else {"train": "train", "test": "t10k"}[split]
    candidates = (folder / f"{prefix}-images-idx3-ubyte{ending}" for ending in ("", ".gz"))
    return next((path for path in candidates if path.is_file()), None)


def _cifar10_folder(root: Path) -> Path | None:
    for name, first in (
        ("cifar-10-batches-py", "data_batch_1"),
        ("cifar-10-batches-bin", "data_batch_1.bin"),
    ):
        if (root / name / first).is_file():
            return root / name
    return None


def _cifar10(root: Path, split: str) -> ArrayListing | None:
    folder = _cifar10_folder(root)
    if folder is None:
        return None
    stems = ["test_batch"] if split == "test" else [f"data_batch_{number}" for number in range(1, 6)]
    title = f"The {split} half of CIFAR-10."
    if folder.name.endswith("py"):
        paths = [folder / stem for stem in stems]
        return _pickled(folder, [path for path in paths if path.is_file()], "labels", _CIFAR10, title)
    return _cifar10_binary(folder, [folder / f"{stem}.bin" for stem in stems], title)


def _cifar100(root: Path, split: str) -> ArrayListing | None:
    path = root / "cifar-100-python" / split
    if not path.is_file():
        return None
    names: tuple[str, ...] = ()
    meta = path.parent / "meta"
    if meta.is_file():
        listed = _entries(meta)[0].get("fine_label_names", [])
        names = tuple(_text(name) for name in listed) if isinstance(listed, list) else ()
    return _pickled(path.parent, [path], "fine_labels", names, f"The {split} half of CIFAR-100.")


def _pickled(
    folder: Path, paths: list[Path], label_key: str, names: tuple[str, ...], title: str
) -> ArrayListing:
    """Batches of CIFAR: dictionaries whose bytes are found by a machine that runs nothing."""
    segments, labels = [], []
    for path in paths:
        entries, length = _entries(path)
        span, count = _pixels(entries.get("data"))
        numbers = entries.get(label_key)
        if span.length != count * _CIFAR.bytes_each or span.start + span.length > length:
            raise ValueError(f"{path.name} does not hold the pixels that it speaks of")
        if not isinstance(numbers, list) or len(numbers) != count:
            raise ValueError(f"{path.name} does not have one label for each picture")
        labels += [names[number] if 0 <= number < len(names) else str(number) for number in map(int, numbers)]
        segments.append(Segment(_opener(path), span.start, count))
    return ArrayListing(folder, segments, _CIFAR, labels=labels, class_names=names, files=paths, title=title)


def _entries(path: Path) -> tuple[dict[str, Any], int]:
    """The dictionary in a pickle, its keys as text; and the length of the file."""
    with File(path) as file:
        value = PickleMachine(file, 0, file.size, set()).run()
        if not isinstance(value, dict):
            raise ValueError(f"{path.name} is no batch of pictures")
        return {_text(key): item for key, item in value.items()}, file.size


def _pixels(value: Any) -> tuple[Span, int]:
    """Where the bytes of a pickled NumPy array (N, 3072) lie, and N."""
    if isinstance(value, Record) and isinstance(value.state, tuple) and len(value.state) == 5:
        _, shape, _, fortran, data = value.state
        plain = isinstance(shape, tuple) and len(shape) == 2 and shape[1] == _CIFAR.bytes_each
        if plain and isinstance(data, Span) and not fortran and type(shape[0]) is int:
            return data, shape[0]
    raise ValueError("its pixels are not kept as torchvision keeps them")


def _cifar10_binary(folder: Path, paths: list[Path], title: str) -> ArrayListing:
    """Records of a label and 3,072 bytes."""
    size = 1 + _CIFAR.bytes_each
    segments, labels = [], []
    paths = [path for path in paths if path.is_file()]
    for path in paths:
        records = np.memmap(path, np.uint8, "r")
        count = len(records) // size
        labels += [_CIFAR10[number % 10] for number in records[: count * size : size].tolist()]
        segments.append(Segment(_opener(path), 1, count, gap=1))
    return ArrayListing(
        folder, segments, _CIFAR, labels=labels, class_names=_CIFAR10, files=paths, title=title
    )


def _stl10(root: Path, split: str) -> ArrayListing | None:
    folder = root / "stl10_binary"
    path = folder / f"{split}_X.bin"
    if not path.is_file():
        return None
    count = path.stat().st_size // _STL.bytes_each
    numbers = np.fromfile(folder / f"{split}_y.bin", np.uint8, count)
    names = _CLASSES["stl10"]
    return ArrayListing(
        folder,
        [Segment(_opener(path), 0, count)],
        _STL,
        labels=[names[(number - 1) % 10] for number in numbers.tolist()],  # from 1
        class_names=names,
        files=[path, folder / f"{split}_y.bin"],
        title=f"The {split} half of STL-10.",
    )


def _opener(path: Path) -> Callable[[], Any]:
    return lambda: path.open("rb")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
