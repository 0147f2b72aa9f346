"""Files that are no models are named for what they are, with what to do."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab.errors import CheckpointError
from latentlab.formats import inspect, open_model
from tests.formats.crafted import Raw, written
from tests.fuzz.reader_seeds import network_pickle


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    return buffer.getvalue()


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * 100)
    return buffer.getvalue()


def arrays() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, weights=np.zeros(3))
    return buffer.getvalue()


def array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("pickle"))
    return buffer.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 382049\n"

WRONG = {
    "a PNG": (picture(), "a PNG picture", "choose a model file"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(40), "a JPEG picture", "choose a model file"),
    "a film": (b"\0\0\0\x20ftypisom" + bytes(40), "a video", "choose a model file"),
    "text": (b"hello, this is\na text\n", "a text file that begins with 'hello, this is'", "choose"),
    "a web page": (
        b"\n<!DOCTYPE html><html><title>Sign in</title>",
        "a web page",
        "Open the link in a browser",
    ),
    "a pointer": (LFS, "a pointer of Git LFS", "git lfs pull"),
    "an archive of pictures": (packed("a/1.png", "a/2.png"), "2 pictures", "choose a model file"),
    "an archive of a model": (packed("x/net.pkl", "readme"), "holds 'x/net.pkl'", "unpack it"),
    "a document": (packed("[Content_Types].xml", "word/document.xml"), "an office document", "choose"),
    "a Keras archive": (packed("config.json", "model.weights.h5"), "a Keras", "export the weights"),
    "another archive": (packed("a.txt"), "a zip archive of 1 files", "no torch model"),
    "NumPy arrays": (arrays(), "a NumPy archive", "torch.save"),
    "a NumPy array": (array(), "a NumPy array", "torch.save"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file, as Keras writes", "export"),
    "gzip": (gzip.compress(b"x" * 100), "packed with gzip", "unpack it"),
    "a tar": (tarred(), "a tar archive", "unpack it"),
    "GGUF": (b"GGUF\3\0\0\0" + bytes(100), "a language model", "image generators"),
    "zeros": (bytes(5000), "filled with zeros", "get it again"),
    "noise": (bytes(range(200, 250)), "of an unknown kind", "LatentLab opens"),
    "a program": (b"\x7fELF" + bytes(100), "a program", "choose a model file"),
    "nothing": (b"", "is empty", "get it again"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_file_is_named_with_a_remedy(name: str, tmp_path: Path) -> None:
    data, what, remedy = WRONG[name]
    path = tmp_path / "model.pkl"
    path.write_bytes(data)
    for read in (inspect, open_model):
        with pytest.raises(CheckpointError) as caught:
            read(path)
        assert "model.pkl" in str(caught.value)
        assert what in str(caught.value)
        assert remedy in str(caught.value)


def test_onnx_and_tensorflow_files_are_known_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"\x08\x07\x12\x07pytorch" + bytes(100))
    with pytest.raises(CheckpointError, match=r"an ONNX model.*PyTorch checkpoint"):
        open_model(tmp_path / "model.onnx")
    (tmp_path / "model.ckpt.index").write_bytes(b"\x00\x00\x1a\x08\x01" + bytes(range(100)))
    with pytest.raises(CheckpointError, match="TensorFlow checkpoint"):
        open_model(tmp_path / "model.ckpt.index")


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="is a folder: open the model file inside"):
        open_model(tmp_path)
    with pytest.raises(CheckpointError, match="No such file"):
        open_model(tmp_path / "nowhere.pkl")


def tensorflow_network(name: str) -> Raw:
    """A network of the TensorFlow releases: a class made without arguments, then given a state."""
    state = written({"version": 4, "name": name, "build_module_src": "raise RuntimeError", "variables": ()})
    return Raw(b"cdnnlib.tflib.network\nNetwork\n)\x81" + state[2:-1] + b"b")


def test_networks_of_the_tensorflow_releases_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "ffhq.pkl"
    first = tensorflow_network("G")
    path.write_bytes(b"\x80\x04" + bytes(first) + b"N" + b"N" + b"\x87.")
    with pytest.raises(CheckpointError) as caught:
        open_model(path)
    for part in ("TensorFlow", "calls itself 'G'", "legacy.py", "ffhq.pkl"):
        assert part in str(caught.value)


def test_an_unknown_network_gets_a_report_of_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save({"encoder": {"odd": torch.zeros(3, 5, 7)}, "note": "hello"}, path)
    report = inspect(path)
    assert report.candidates == ()
    assert "odd [3, 5, 7]" in " ".join(report.found)
    with pytest.raises(CheckpointError, match=r"holds no network that LatentLab knows.*odd \[3, 5, 7\]"):
        open_model(path)


def test_a_pickle_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "data.pkl"
    path.write_bytes(pickle.dumps({"labels": [1, 2, 3], "names": ["a", "b"]}))
    assert inspect(path).candidates == ()
    with pytest.raises(CheckpointError, match="no tensors"):
        open_model(path)


def test_a_network_among_unknown_objects_opens_and_mentions_them(tmp_path: Path) -> None:
    data = network_pickle(tmp_path)
    path = tmp_path / "model.pkl"
    end = data.rindex(b"u.")
    path.write_bytes(data[:end] + b"X\x05\x00\x00\x00extracsome.training.code\nScheduler\n)R" + data[end:])
    model = open_model(path)
    assert any("some.training.code.Scheduler" in doubt for doubt in model.report.doubts)
