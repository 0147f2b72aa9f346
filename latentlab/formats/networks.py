"""Finding the networks among the values of a pickle: state dicts at any depth, and whole pickled modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from latentlab.errors import UnsafeFileError
from latentlab.formats.pickles.meaning import Meaning
from latentlab.formats.pickles.values import Global, Record
from latentlab.formats.source import Source
from latentlab.formats.stored import Network, StoredTensor

_MAX_DEPTH = 64
_MAX_MODULES = 20_000
_MAX_TENSORS = 50_000
_MAX_NAMES = 8 << 20  # characters of all names
_MAX_NAME = 200  # characters of one key on the way to a network
_PERSISTENT = ("torch_utils.persistence", "_reconstruct_persistent_obj")


@dataclass(slots=True)
class Contents:
    """What a file holds, before anybody asks what it is."""

    format: str
    """For `FileReport.format`."""
    networks: dict[str, Network] = field(default_factory=dict)
    """By name: the keys that lead to each, joined by dots; "" when the file is one state dict."""
    doubts: list[str] = field(default_factory=list)
    """For `FileReport.doubts`."""
    found: list[str] = field(default_factory=list)
    """What was there beside networks, in words."""
    metadata: dict[str, str] = field(default_factory=dict)
    """Texts that travelled with the file."""


def gather(contents: Contents, value: Any, meaning: Meaning, source: Source) -> None:
    """Put every network that `value` holds into `contents`."""
    _Gatherer(contents, meaning, source).run(value)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something lies: joined to a name only when one is needed."""

    parent: _Place | None
    key: str
    depth: int

    def below(self, key: Any) -> _Place:
        return _Place(self, str(key)[:_MAX_NAME], self.depth + 1)

    @property
    def name(self) -> str:
        keys: list[str] = []
        place = self
        while place.parent is not None:
            keys.append(place.key)
            place = place.parent
        return ".".join(reversed(keys))


class _Gatherer:
    def __init__(self, contents: Contents, meaning: Meaning, source: Source) -> None:
        self._contents = contents
        self._meaning = meaning
        self._source = source
        self._visited: dict[int, Any] = {}
        self._modules = 0
        self._tensors = 0
        self._characters = 0

    def run(self, value: Any) -> None:
        """Look at every container once, from the outermost inwards."""
        waiting: list[tuple[_Place, Any]] = [(_Place(None, "", 0), value)]
        while waiting:
            place, item = waiting.pop()
            if id(item) in self._visited or place.depth > _MAX_DEPTH:
                continue
            self._visited[id(item)] = item
            if module_state(item, self._meaning) is not None:
                self._add(place, self._module(item))
            else:
                children = self._children(place, item)
                waiting += [(place.below(key), child) for key, child in reversed(children)]

    def _children(self, place: _Place, item: Any) -> list[tuple[Any, Any]]:
        """What is inside a container and may hold networks; its own tensors become a network."""
        entries: dict[Any, Any]
        if isinstance(item, (list, tuple)):
            entries = dict(enumerate(item[:1000]))
        else:
            entries = self._meaning.mapping(item) or {}
            if not entries and isinstance(item, Record):
                entries = self._meaning.mapping(item.state) or {}
        if "param_groups" in entries and "state" in entries:
            self._contents.found.append(f"the state of an optimiser ({place.name or 'the whole file'})")
            return []
        network = Network({})
        children = []
        for key, child in entries.items():
            if not isinstance(key, (str, int)) or isinstance(child, (str, int, float, bool, type(None))):
                continue
            tensor = self._meaning.tensor(child)
            if tensor is None:
                children.append((key, child))
            else:
                self._put(network, str(key), tensor)
        self._add(place, network)
        return children

    def _add(self, place: _Place, network: Network) -> None:
        if network.tensors:
            name = place.name
            self._count(name)
            self._contents.networks[name] = network

    def _module(self, root: Any) -> Network:
        """State dict of a pickled module: paths of `_modules` keys, then the parameter's or buffer's key."""
        network = Network({})
        waiting: list[tuple[str, Any, int]] = [("", root, 0)]
        while waiting:
            path, module, depth = waiting.pop()
            state = module_state(module, self._meaning)
            self._modules += 1
            if state is None or depth > _MAX_DEPTH:
                continue
            if self._modules > _MAX_MODULES:
                raise self._too_many()
            self._count(path)
            prefix = f"{path}." if path else ""
            network.modules[path] = {
                key: self._meaning.plain(item)
                for key, item in state.items()
                if isinstance(key, str) and not key.startswith("_")
            }
            for container in ("_parameters", "_buffers"):
                for key, item in (self._meaning.mapping(state.get(container)) or {}).items():
                    tensor = self._meaning.tensor(item)
                    if tensor is not None:
                        self._put(network, f"{prefix}{key}", tensor)
            children = self._meaning.mapping(state.get("_modules")) or {}
            waiting += [
                (f"{prefix}{key}", item, depth + 1)
                for key, item in reversed(children.items())
                if isinstance(key, str) and len(key) <= _MAX_NAME
            ]
        return network

    def _put(self, network: Network, name: str, tensor: StoredTensor) -> None:
        self._tensors += 1
        self._count(name)
        if self._tensors > _MAX_TENSORS:
            raise self._too_many()
        network.tensors[name] = tensor

    def _count(self, name: str) -> None:
        self._characters += len(name)
        if self._characters > _MAX_NAMES:
            raise self._too_many()

    def _too_many(self) -> UnsafeFileError:
        return UnsafeFileError(
            f"{self._source.name} describes more tensors than any model has: it is damaged or made to exhaust "
            "this machine. Get it from its source again."
        )


def module_state(value: Any, meaning: Meaning) -> dict[Any, Any] | None:
    """The `__dict__` of a pickled torch module of any class, or None for anything else.

    NVIDIA's modules carry it as an argument, with their program text beside it, which is ignored; others as the
    object's state. TorchScript's have parameters and modules side by side.
    """
    if not isinstance(value, Record):
        return None
    state = value.state
    if isinstance(value.callee, Global) and value.callee.pair == _PERSISTENT:
        meta = value.arguments[0] if value.arguments else None
        state = meta.get("state") if isinstance(meta, dict) else None
    elif isinstance(state, tuple) and len(state) == 2:  # attributes, and those in slots
        state = state[0]
    entries = meaning.mapping(state)
    if entries is None:
        return None
    if _is_torchscript(value):
        modules = {key: item for key, item in entries.items() if _is_torchscript(item)}
        others = {key: item for key, item in entries.items() if key not in modules}
        return {"_parameters": others, "_modules": modules}
    return entries if "_modules" in entries and "_parameters" in entries else None


def _is_torchscript(value: Any) -> bool:
    return (
        isinstance(value, Record)
        and isinstance(value.callee, Global)
        and value.callee.module.partition(".")[0] == "__torch__"
    )


def class_name(value: Any) -> str:
    """Name of the class of a record, for display."""
    if not isinstance(value, Record):
        return type(value).__name__
    if isinstance(value.callee, Global) and value.callee.pair == _PERSISTENT:
        meta = value.arguments[0] if value.arguments else None
        name = meta.get("class_name") if isinstance(meta, dict) else None
        return name if isinstance(name, str) else "module"
    return str(value.callee) if isinstance(value.callee, Global) else "object"
