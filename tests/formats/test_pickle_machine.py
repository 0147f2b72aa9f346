"""The machine reads what Python's own pickler writes, as Python's own unpickler does, for plain values."""

from __future__ import annotations

import argparse
import collections
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.formats.pickles.machine import PickleMachine
from latentlab.formats.pickles.meaning import Meaning
from latentlab.formats.pickles.values import Record, Span
from latentlab.formats.source import Source
from latentlab.formats.stored import Storage

keys = st.one_of(st.text(max_size=20), st.integers(-(2**59), 2**59), st.booleans(), st.none())
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**200), 2**200),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.binary(max_size=64),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(keys, inner, max_size=6),
    ),
    max_leaves=40,
)


def nowhere(_: Any) -> Storage:
    raise AssertionError("there are no weights")


def read(data: bytes) -> tuple[Any, set[str]]:
    strange: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "value.pkl"
        path.write_bytes(data)
        with Source(path) as source:
            machine = PickleMachine(source, 0, source.size, strange)
            value = machine.run()
            assert machine.end == source.size
    return value, strange


def meaning_of(data: bytes, folder: Path) -> Any:
    path = folder / "value.pkl"
    path.write_bytes(data)
    with Source(path) as source:
        value = PickleMachine(source, 0, source.size, set()).run()
        return Meaning(source, nowhere).plain(value)


@settings(max_examples=150, deadline=None)
@given(value=values, protocol=st.integers(2, pickle.HIGHEST_PROTOCOL))
def test_plain_values_are_read_as_python_reads_them(value: Any, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    found, strange = read(data)
    if protocol == 2:  # has no bytes; Python writes a call that makes them
        found = with_bytes(found)
    assert found == pickle.loads(data) == value
    assert not strange


def with_bytes(value: Any) -> Any:
    """Carry out the calls by which protocol 2 writes bytes."""
    if isinstance(value, Record):
        if value.callee.name == "encode":
            return value.arguments[0].encode("latin-1")
        assert (value.callee.name, value.arguments) == ("bytes", ())
        return b""
    if isinstance(value, dict):
        return {key: with_bytes(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(with_bytes(item) for item in value)
    return value


def test_long_bytes_and_texts_stay_in_the_file() -> None:
    data = pickle.dumps({"weights": b"w" * 1000, "program": "p" * 10_000}, 4)
    found, _ = read(data)
    for name, letter, length in (("weights", b"w", 1000), ("program", b"p", 10_000)):
        span = found[name]
        assert isinstance(span, Span)
        assert data[span.start : span.start + span.length] == letter * length


def test_objects_become_records_of_what_was_asked_for() -> None:
    found, _ = read(pickle.dumps(argparse.Namespace(size=64), 4))
    assert isinstance(found, Record)
    assert str(found.callee) == "argparse.Namespace"
    assert found.state == {"size": 64}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_numbers_of_numpy(protocol: int, tmp_path: Path) -> None:
    value = {
        "gain": np.float64(1.4142135623730951),
        "count": np.int64(-3),
        "half": np.float32(0.5),
        "flag": np.bool_(True),
        "size": np.array([36, 84], dtype=np.int64),
        "table": np.arange(6.0).reshape(2, 3),
        "big": np.arange(3, dtype=">i4"),
        "ordered": collections.OrderedDict(a=1, b={"c": 2}),
        "few": {3},
    }
    assert meaning_of(pickle.dumps(value, protocol), tmp_path) == {
        "gain": 1.4142135623730951,
        "count": -3,
        "half": 0.5,
        "flag": True,
        "size": (36, 84),
        "table": ((0.0, 1.0, 2.0), (3.0, 4.0, 5.0)),
        "big": (0, 1, 2),
        "ordered": {"a": 1, "b": {"c": 2}},
        "few": (3,),
    }


def test_an_array_of_nothing(tmp_path: Path) -> None:
    assert meaning_of(pickle.dumps(np.zeros((0, 3)), 4), tmp_path) == ()


def test_arrays_of_objects_have_no_meaning(tmp_path: Path) -> None:
    value = meaning_of(pickle.dumps(np.array([1, "x"], dtype=object), 4), tmp_path)
    assert repr(value) == "UNCLEAR"
