"""IDX, NPY and NPZ: all layouts and types, and files that claim what they do not hold."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, idx, noise, opened
from trainers.data import ArraySource


def _pictures(count: int, channels: int = 3) -> np.ndarray:
    return np.stack([noise(index, channels=channels) for index in range(count)])


def _found(path: Path, **more: object) -> np.ndarray:
    found = by_name(opened(ArraySource(path=str(path)), **more))
    return np.stack([found[name] for name in sorted(found)])


@pytest.mark.parametrize("packed", [False, True])
def test_idx_with_labels_beside(tmp_path: Path, packed: bool) -> None:
    pixels = _pictures(6, 1)[..., 0]
    labels = np.array([3, 1, 4, 1, 5, 9], np.uint8)
    for stem, values in (("train-images-idx3-ubyte", pixels), ("train-labels-idx1-ubyte", labels)):
        data = idx(values)
        (tmp_path / (stem + ".gz" * packed)).write_bytes(gzip.compress(data) if packed else data)
    path = tmp_path / ("train-images-idx3-ubyte" + ".gz" * packed)
    data = opened(ArraySource(path=str(path)))
    np.testing.assert_array_equal(_found(path)[..., 0], pixels)
    assert data.shape.class_names == ("1", "3", "4", "5", "9")
    assert data.stored is not None
    assert data.stored.labels == [str(label) for label in labels]


@pytest.mark.parametrize("layout", ["nhw", "nhwc", "nchw", "flat"])
def test_layouts_of_npy(tmp_path: Path, layout: str) -> None:
    pixels = _pictures(4, 1 if layout == "nhw" else 3)
    stored = {
        "nhw": pixels[..., 0],
        "nhwc": pixels,
        "nchw": pixels.transpose(0, 3, 1, 2),
        "flat": pixels.transpose(0, 3, 1, 2).reshape(4, -1),
    }[layout]
    path = tmp_path / "pictures.npy"
    np.save(path, np.ascontiguousarray(stored))
    np.testing.assert_array_equal(_found(path), pixels)


@pytest.mark.parametrize(
    ("dtype", "black", "white"),
    [("float32", 0, 1), ("float64", -1, 1), ("float32", 0, 255), ("uint16", 0, 65535), ("int64", 0, 255)],
)
def test_types_of_numbers(tmp_path: Path, dtype: str, black: float, white: float) -> None:
    pixels = _pictures(4)
    pixels[0, 0, 0, 0], pixels[0, 0, 0, 1] = 0, 255
    path = tmp_path / "pictures.npy"
    np.save(path, (pixels / 255.0 * (white - black) + black).astype(dtype))
    np.testing.assert_allclose(_found(path), pixels, atol=1)


def test_a_dark_picture_stays_dark(tmp_path: Path) -> None:
    """The range is that of the set, not of each picture."""
    pixels = np.zeros((3, 8, 8), np.float32)
    pixels[0], pixels[1] = 200.0, 0.5
    path = tmp_path / "pictures.npy"
    np.save(path, pixels)
    assert (_found(path, resolution=8)[1] <= 1).all()


def test_an_npz_with_labels_and_captions(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    np.savez_compressed(
        path,
        x_train=_pictures(4),
        y_train=np.array([[0], [1], [0], [1]]),
        captions=np.array(["a", "b", "c", "d"]),
        x_test=_pictures(5),
    )
    data = opened(ArraySource(path=str(path)))
    assert data.stored is not None
    assert data.stored.labels == ["0", "1", "0", "1"]
    assert data.stored.captions == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(_found(path), _pictures(4))


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("/tmp/latentlab-was-run"),))


def test_python_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "objects.npy"
    np.save(path, np.array([_Bomb(), _Bomb()], object), allow_pickle=True)
    with pytest.raises(TrainingError, match="Python objects"):
        opened(ArraySource(path=str(path)))
    np.savez(tmp_path / "objects.npz", images=np.array([_Bomb(), _Bomb()], object))
    with pytest.raises(TrainingError, match="none of its arrays"):
        opened(ArraySource(path=str(tmp_path / "objects.npz")))
    (tmp_path / "p.npy").write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(TrainingError):
        opened(ArraySource(path=str(tmp_path / "p.npy")))
    assert not Path("/tmp/latentlab-was-run").exists()


def test_claims_are_not_believed(tmp_path: Path) -> None:
    huge = tmp_path / "huge-idx3-ubyte"
    pixels = _pictures(3, 1)[..., 0].astype(np.uint8)
    huge.write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 4_000_000_000, 16, 16) + pixels.tobytes())
    data = opened(ArraySource(path=str(huge)))
    assert len(by_name(data)) == 3
    assert "ends early" in data.skipped[0].reason
    giant = tmp_path / "giant-idx3-ubyte"
    giant.write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 60_000, 60_000))
    with pytest.raises(TrainingError, match="no size of a picture"):
        opened(ArraySource(path=str(giant)))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (10**12, 16, 16)}
    )
    with zipfile.ZipFile(tmp_path / "claims.npz", "w") as archive:
        archive.writestr("images.npy", header.getvalue() + bytes(1000))
    with pytest.raises(TrainingError, match="none of its arrays"):
        opened(ArraySource(path=str(tmp_path / "claims.npz")))


def test_a_damaged_end_costs_only_the_end(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    packed = gzip.compress(idx(_pictures(40, 1)[..., 0]))
    path.write_bytes(packed[: len(packed) * 3 // 4])
    data = opened(ArraySource(path=str(path)))
    assert 2 <= len(by_name(data)) < 40
    assert len(data.skipped) == 1


def test_numbers_that_are_not_finite_are_skipped(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((4, 8, 8)).astype(np.float32)
    pixels[2, 3, 3] = np.nan
    np.save(tmp_path / "x.npy", pixels)
    data = opened(ArraySource(path=str(tmp_path / "x.npy")))
    assert [item.reason for item in data.skipped] == ["some numbers are not finite"]
