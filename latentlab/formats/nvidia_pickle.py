"""Network pickles of the StyleGAN2-ADA and StyleGAN3 releases, and any other plain pickle.

The file holds three networks and the source text of the code that defines them. `G_ema` is the one to show. The
others are read past, and the text is not looked at.
"""

from __future__ import annotations

from typing import Any

from latentlab.errors import CheckpointError
from latentlab.formats.networks import Contents, class_name, gather, module_state
from latentlab.formats.pickles.machine import PickleMachine
from latentlab.formats.pickles.meaning import Meaning
from latentlab.formats.pickles.values import Global, Record, Span
from latentlab.formats.source import Source
from latentlab.formats.stored import Storage
from latentlab.formats.torch_legacy import read_storage

_SHOWN = ("G_ema", "G")


def read_pickle(source: Source) -> Contents:
    """What a plain pickle holds.

    Raises:
        CheckpointError: it is damaged, cut off, or of TensorFlow's era.
        UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
    """
    strange: set[str] = set()
    value = PickleMachine(source, 0, source.size, strange).run()
    refuse_tensorflow(source, value)
    contents = Contents("Python pickle")
    meaning = Meaning(source, lambda place: _storage(source, place))
    entries = meaning.mapping(value)
    networks = {
        key: item
        for key, item in (entries or {}).items()
        if isinstance(key, str) and module_state(item, meaning) is not None
    }
    shown = next((key for key in _SHOWN if key in networks), None)
    if shown is None:
        gather(contents, value, meaning, source)
    else:
        contents.format = "NVIDIA network pickle"
        gather(contents, {shown: networks[shown]}, meaning, source)
        others = [f"{key} ({class_name(item)})" for key, item in networks.items() if key != shown]
        if others:
            contents.found.append(f"other networks: {', '.join(others)}")
        if shown != "G_ema":
            contents.doubts.append("There is no averaged network (G_ema): the raw one (G) is shown instead.")
    if any("module_src" in module for module in _metas(value, networks)):
        contents.doubts.append(
            "The file carries program text for its networks. It was ignored; nothing was run."
        )
    if strange:
        contents.doubts.append(
            f"The file names objects of unknown programs, which were ignored: {', '.join(sorted(strange)[:5])}."
        )
    return contents


def refuse_tensorflow(source: Source, value: Any) -> None:
    """Explain a pickle of the TensorFlow releases: three networks made of code and arrays.

    Raises:
        CheckpointError: it is one.
    """
    items = value if isinstance(value, (tuple, list)) else [value]
    if not any(
        isinstance(item, Record) and isinstance(item.callee, Global) and "tflib" in item.callee.module
        for item in items[:8]
    ):
        return
    name = next((item.state.get("name") for item in items if _is_tf_state(item)), None)
    raise CheckpointError(
        f"{source.name} is a network of NVIDIA's TensorFlow releases (StyleGAN, StyleGAN2 or ProGAN of 2018-2020"
        f"{f'; it calls itself {name!r}' if isinstance(name, str) else ''}): weights together with program text "
        "that builds the network when run, which LatentLab does not do. Convert it once with legacy.py of the "
        "StyleGAN2-ADA or StyleGAN3 PyTorch release (StyleGAN2 only), or look for a .pkl of those releases, then "
        "open the result here."
    )


def _is_tf_state(item: Any) -> bool:
    return isinstance(item, Record) and isinstance(item.state, dict)


def _metas(value: Any, networks: dict[str, Any]) -> list[dict[Any, Any]]:
    """The descriptions beside the states of NVIDIA's modules."""
    records = [*networks.values(), value]
    first = [item.arguments[0] for item in records if isinstance(item, Record) and item.arguments]
    return [meta for meta in first if isinstance(meta, dict)]


def _storage(source: Source, place: Any) -> Storage:
    """A storage that is a legacy torch stream of its own, inside the pickle."""
    if not isinstance(place, Span):
        raise CheckpointError(f"{source.name} is damaged: it refers to weights that are not in it.")
    return read_storage(source, place.start, place.start + place.length)
