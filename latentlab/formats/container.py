"""What kind of file this is, from its first bytes. Files that are no models are named for what they are."""

from __future__ import annotations

from enum import Enum

from latentlab.errors import CheckpointError
from latentlab.formats.source import Source
from latentlab.formats.torch_legacy import FIRST_BYTES
from latentlab.formats.torch_zip import Member, is_torch_pickle, read_directory


class Container(Enum):
    """The containers that LatentLab reads."""

    PICKLE = "Python pickle"
    TORCH_ZIP = "torch zip archive"
    TORCH_LEGACY = "torch stream"
    SAFETENSORS = "safetensors"


_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
)
_DOCUMENTS = (
    (b"%PDF", "a PDF document"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"ID3", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
)
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7-zip"),
    (b"Rar!", "RAR"),
)
_OTHER_MODELS = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes (.h5): export its weights with Keras and torch"),
    (b"\x93NUMPY", "a NumPy array (.npy): save the network's state dict with torch.save or safetensors"),
    (b"GGUF", "a language model in GGUF form: LatentLab opens image generators"),
    (b"\x08", "an ONNX model: open the PyTorch checkpoint that it was exported from"),
)
_PICKLE_PROTOCOLS = {2, 3, 4, 5}


def detect(source: Source) -> Container:
    """The container of an open file.

    Raises:
        CheckpointError: it is something else, which the text names, with what to do.
    """
    head = source.read(0, min(source.size, 4096))
    if _looks_like_safetensors(head):  # first: the length that it begins with may look like anything
        return Container.SAFETENSORS
    if head.startswith(b"PK"):
        _check_torch_zip(source)
        return Container.TORCH_ZIP
    if head.startswith(FIRST_BYTES):
        return Container.TORCH_LEGACY
    if head[0] == 0x80 and len(head) > 1 and head[1] in _PICKLE_PROTOCOLS:
        return Container.PICKLE
    raise CheckpointError(f"{source.name} is {_foreign(source, head)}")


def _looks_like_safetensors(head: bytes) -> bool:
    """A length below 2^40 and the beginning of a JSON object. No pickle and no zip has both.

    A cut-off file is still one: what it lacks is said when it is read.
    """
    length = int.from_bytes(head[:8], "little")
    return length < 1 << 40 and head[8:9] == b"{" and head[9:10] in (b'"', b"}", b" ", b"\n", b"\r", b"\t")


def _check_torch_zip(source: Source) -> None:
    members = read_directory(source)
    if any(is_torch_pickle(name) for name in members):
        return
    raise CheckpointError(f"{source.name} is {_foreign_zip(members)}")


def _foreign_zip(members: dict[str, Member]) -> str:
    names = list(members)
    if any(name.endswith(".npy") for name in names):
        return "a NumPy archive (.npz): save the network's state dict with torch.save or safetensors."
    if any(name.endswith((".weights.h5", "keras_metadata.pb")) or name == "saved_model.pb" for name in names):
        return "a Keras or TensorFlow model: LatentLab opens PyTorch networks; export the weights first."
    if "[Content_Types].xml" in names:
        return "an office document: choose a model file (.pkl, .pt, .pth, .safetensors)."
    models = [
        name for name in names if name.lower().endswith((".pkl", ".pt", ".pth", ".ckpt", ".safetensors"))
    ]
    if models:
        return f"an archive that holds {models[0][:80]!r}: unpack it and open that file."
    pictures = sum(name.lower().endswith((".png", ".jpg", ".jpeg", ".webp")) for name in names)
    if pictures:
        return f"an archive of {pictures:,} pictures, perhaps a training set: choose a model file."
    first = f", the first is {names[0][:80]!r}" if names else ""
    return f"a zip archive of {len(names):,} files{first}: no torch model is in it."


def _foreign(source: Source, head: bytes) -> str:
    """What the file is, and what to do, to follow "FILE is "."""
    if head.startswith(b"version https://git-lfs"):
        return (
            "only a pointer of Git LFS, not the model itself: run `git lfs pull` where it came from, or use the "
            "download button of the site."
        )
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")):
        return (
            "a web page, not a model: the download link led to a page that asks to sign in or to confirm. Open "
            "the link in a browser and download the file itself."
        )
    if head[:4] == b"RIFF":
        return "a WebP picture or a sound: choose a model file (.pkl, .pt, .pth, .safetensors)."
    if head[4:8] == b"ftyp":
        return "a video or a picture: choose a model file (.pkl, .pt, .pth, .safetensors)."
    for first, what in (*_PICTURES, *_DOCUMENTS):
        if head.startswith(first):
            return f"{what}: choose a model file (.pkl, .pt, .pth, .safetensors)."
    for first, what in _PACKED:
        if head.startswith(first):
            return f"packed with {what}: unpack it and open what is inside."
    if _is_tar(head):
        return (
            "a tar archive: unpack it and open what is inside. (Torch before 0.2 saved models so: load it with an "
            "old torch and save it again.)"
        )
    if (
        source.path.suffix.lower() in (".index", ".meta", ".ckpt")
        or b".data-00000-of-" in source.name.encode()
    ):
        return "part of a TensorFlow checkpoint, or damaged: LatentLab opens PyTorch networks."
    for first, what in _OTHER_MODELS:
        if head.startswith(first) and (first != b"\x08" or source.path.suffix.lower() == ".onnx"):
            return f"{what}."
    if not head.strip(b"\x00"):
        return "filled with zeros: the download or copy did not finish; get it again."
    return _text_or_unknown(head)


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _text_or_unknown(head: bytes) -> str:
    try:
        text = head[:1024].decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > 1000 else ""
    if text and all(character.isprintable() or character in "\r\n\t\ufeff" for character in text):
        first = text.strip().splitlines()[0][:60] if text.strip() else ""
        return f"a text file that begins with {first!r}: choose a model file (.pkl, .pt, .pth, .safetensors)."
    return (
        f"of an unknown kind (it begins with {head[:8].hex(' ')}): LatentLab opens NVIDIA's network pickles, "
        "PyTorch checkpoints and safetensors."
    )
