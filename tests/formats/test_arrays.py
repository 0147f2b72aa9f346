"""Arrays of files that hold no model: every container, and nothing of them run or believed."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from latentlab.errors import CheckpointError, LatentLabError
from latentlab.formats.arrays import read_arrays

ARRAY = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_every_container(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ARRAY)
    np.savez_compressed(tmp_path / "b.npz", lat_comp=ARRAY, other=ARRAY.T)
    save_file({"smile": ARRAY}, tmp_path / "c.safetensors")
    torch.save({"eigvec": torch.from_numpy(ARRAY), "ckpt": "x.pt"}, tmp_path / "d.pt")
    torch.save(torch.from_numpy(ARRAY).half(), tmp_path / "e.pt")
    torch.save(torch.from_numpy(ARRAY), tmp_path / "f.pt", _use_new_zipfile_serialization=False)
    found = {path.name: read_arrays(path) for path in sorted(tmp_path.iterdir())}
    assert {name: list(arrays) for name, arrays in found.items()} == {
        "a.npy": [""],
        "b.npz": ["lat_comp", "other"],
        "c.safetensors": ["smile"],
        "d.pt": ["eigvec"],
        "e.pt": ["tensor"],
        "f.pt": ["tensor"],
    }
    for arrays in found.values():
        first = next(iter(arrays.values()))
        assert first.dtype == np.float32
        assert np.array_equal(first, ARRAY)


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<f2", "<i4", "|u1"])
def test_numbers_of_any_kind_become_float32(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(ARRAY.astype(dtype)))
    assert np.array_equal(read_arrays(tmp_path / "a.npy")[""], ARRAY)


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("harm",))


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.pt"])
def test_objects_are_refused_and_never_made(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    objects = np.array([_Harm()], dtype=object)
    if name == "a.npy":
        np.save(path, objects, allow_pickle=True)
    elif name == "a.npz":
        np.savez(path, objects=objects)
    else:
        path.write_bytes(pickle.dumps({"direction": _Harm()}))
    with pytest.raises(LatentLabError):
        read_arrays(path)
    assert "harm" not in capsys.readouterr().out


def test_claims_are_checked(tmp_path: Path) -> None:
    whole = io.BytesIO()
    np.save(whole, ARRAY)
    (tmp_path / "short.npy").write_bytes(whole.getvalue()[:-8])
    lying = whole.getvalue().replace(b"(3, 4)", b"(9, 4)")
    (tmp_path / "lying.npy").write_bytes(lying)
    (tmp_path / "text.npy").write_bytes(b"\x93NUMPY\x01\x00\x10\x00{'descr': 1}\n\n\n\n\n")
    for path in tmp_path.iterdir():
        with pytest.raises(CheckpointError):
            read_arrays(path)


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w", force_zip64=True) as file,
    ):
        for _ in range(140):
            file.write(bytes(1 << 20))
    with pytest.raises(CheckpointError, match="more numbers"):
        read_arrays(path)


def test_files_without_numbers_say_so(tmp_path: Path) -> None:
    torch.save({"note": "nothing"}, tmp_path / "a.pt")
    with pytest.raises(CheckpointError, match="no arrays"):
        read_arrays(tmp_path / "a.pt")
    (tmp_path / "b.txt").write_text("hello")
    with pytest.raises(CheckpointError, match="text file"):
        read_arrays(tmp_path / "b.txt")
