"""What a torch checkpoint holds, in either of torch's containers."""

from __future__ import annotations

from latentlab.formats.container import Container
from latentlab.formats.networks import Contents, gather
from latentlab.formats.pickles.meaning import Meaning
from latentlab.formats.source import Source
from latentlab.formats.torch_legacy import LegacyStream, is_module_reference
from latentlab.formats.torch_zip import TorchArchive, read_directory


def read_torch(source: Source, container: Container) -> Contents:
    """The networks of a torch checkpoint: state dicts at any depth, and whole pickled modules; or a lone tensor.

    Raises:
        CheckpointError: it is damaged or cut off.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    strange: set[str] = set()
    contents = Contents("PyTorch checkpoint")
    saved: TorchArchive | LegacyStream
    if container is Container.TORCH_ZIP:
        saved = TorchArchive(source, read_directory(source), strange)
        has_code = saved.has_code
    else:
        saved = LegacyStream(source, 0, source.size, strange)
        has_code = any(is_module_reference(reference.value) for reference in saved.references)
    meaning = Meaning(source, saved.locate)
    lone = meaning.tensor(saved.value) is not None
    gather(contents, {"tensor": saved.value} if lone else saved.value, meaning, source)
    if has_code:
        contents.doubts.append("The file carries program text. It was ignored; nothing was run.")
    if strange:
        contents.doubts.append(
            f"The file names objects of unknown programs, which were kept as plain data: "
            f"{', '.join(sorted(strange)[:5])}."
        )
    return contents
