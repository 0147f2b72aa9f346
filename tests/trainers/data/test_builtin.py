"""torchvision's sets as they lie on the disk."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, idx, opened
from trainers.data import BuiltinSource, recognised

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (6, 3, 32, 32), np.uint8)
LABELS = [0, 9, 3, 3, 1, 2]


def _as_python_2_wrote_it(pixels: np.ndarray, labels: list[int], key: bytes = b"labels") -> bytes:
    """The instructions of the pickles that are in cifar-10-python.tar.gz."""

    def short(text: bytes) -> bytes:
        return b"U" + bytes([len(text)]) + text

    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\nt" + short(b"b") + b"tR"
        b"(I1\n(" + b"".join(b"I%d\n" % size for size in pixels.shape) + b"t"
        b"cnumpy\ndtype\n(" + short(b"u1") + b"I0\nI1\ntR(I3\n" + short(b"|") + b"NNNI-1\nI-1\nI0\ntb"
        b"I00\nT" + struct.pack("<I", pixels.nbytes) + pixels.tobytes() + b"tb"
    )
    numbers = b"(l" + b"".join(b"I%d\na" % label for label in labels)
    return b"\x80\x02}(" + short(b"data") + array + short(key) + numbers + b"u."


def _cifar10(root: Path) -> None:
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    for number in (1, 2):
        part = slice(3 * (number - 1), 3 * number)
        (folder / f"data_batch_{number}").write_bytes(
            _as_python_2_wrote_it(PIXELS[part].reshape(3, -1), LABELS[part])
        )


def test_cifar10_without_unpickling(tmp_path: Path) -> None:
    _cifar10(tmp_path)
    data = opened(BuiltinSource(path=str(tmp_path), name="cifar10"), resolution=32)
    assert data.stored is not None
    np.testing.assert_array_equal(np.asarray(data.stored.pixels), PIXELS.transpose(0, 2, 3, 1))
    assert data.stored.labels[:3] == ["airplane", "truck", "cat"]
    assert len(data.shape.class_names) == 10


def test_cifar10_in_binary(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    records = [bytes([label]) + picture.tobytes() for label, picture in zip(LABELS, PIXELS, strict=True)]
    (folder / "data_batch_1.bin").write_bytes(b"".join(records))
    data = opened(BuiltinSource(path=str(tmp_path), name="cifar10"), resolution=32)
    assert data.stored is not None
    np.testing.assert_array_equal(np.asarray(data.stored.pixels), PIXELS.transpose(0, 2, 3, 1))
    assert data.stored.labels[-1] == "bird"


def test_cifar100_has_names(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    (folder / "train").write_bytes(_as_python_2_wrote_it(PIXELS.reshape(6, -1), LABELS, b"fine_labels"))
    data = opened(BuiltinSource(path=str(tmp_path), name="cifar100"), resolution=32)
    assert set(data.shape.class_names) == {"0", "1", "2", "3", "9"}


def test_a_pickle_that_asks_for_something_to_be_run_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "data_batch_1").write_bytes(b"cposix\nsystem\n(S'touch /tmp/latentlab-was-run'\ntR.")
    with pytest.raises(TrainingError, match="cannot be read"):
        opened(BuiltinSource(path=str(tmp_path), name="cifar10"))
    assert not Path("/tmp/latentlab-was-run").exists()


def test_stl10_lies_in_columns(tmp_path: Path) -> None:
    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    pixels = RNG.integers(0, 256, (3, 96, 96, 3), np.uint8)
    (folder / "train_X.bin").write_bytes(pixels.transpose(0, 3, 2, 1).tobytes())
    (folder / "train_y.bin").write_bytes(bytes([1, 10, 3]))
    data = opened(BuiltinSource(path=str(tmp_path), name="stl10"), resolution=96)
    assert data.stored is not None
    np.testing.assert_array_equal(np.asarray(data.stored.pixels), pixels)
    assert data.stored.labels == ["airplane", "truck", "car"]


def test_mnist_as_torchvision_leaves_it(tmp_path: Path) -> None:
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for half, first in (("train", 0), ("t10k", 3)):
        (raw / f"{half}-images-idx3-ubyte").write_bytes(idx(PIXELS[first : first + 3, 0]))
        (raw / f"{half}-labels-idx1-ubyte").write_bytes(idx(np.array(LABELS[first : first + 3], np.uint8)))
    assert recognised(str(tmp_path)) == BuiltinSource(path=str(tmp_path), name="fashion-mnist")
    assert recognised(str(tmp_path / "FashionMNIST")) == BuiltinSource(
        path=str(tmp_path), name="fashion-mnist"
    )
    train = opened(BuiltinSource(path=str(tmp_path), name="fashion-mnist"), resolution=32)
    assert train.stored is not None
    assert train.stored.labels == ["T-shirt/top", "Ankle boot", "Dress"]
    test = opened(BuiltinSource(path=str(tmp_path), name="fashion-mnist", split="test"), resolution=32)
    np.testing.assert_array_equal(by_name(test)["00000000"][..., 0], PIXELS[3, 0])


def test_what_is_missing_is_named_with_what_is_there(tmp_path: Path) -> None:
    _cifar10(tmp_path)
    with pytest.raises(TrainingError, match=r"stl10.*where there is cifar10"):
        opened(BuiltinSource(path=str(tmp_path), name="stl10"))
