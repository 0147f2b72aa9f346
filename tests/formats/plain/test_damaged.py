"""Damaged and made-up state dicts: recognising never fails, and whatever it offers can be built and filled."""

from __future__ import annotations

import functools
import time

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from latentlab.formats.plain import explain, recognise
from latentlab.models.catalogue import FAMILIES
from tests.formats.plain.test_recognition import NETWORKS, to_meta

SIZES = st.sampled_from(
    [0, 1, 2, 3, 4, 5, 7, 8, 10, 16, 20, 28, 32, 49, 64, 100, 110, 784, 794, 3072, 1 << 20]
)
SHAPES = st.one_of(
    st.tuples(),
    st.tuples(SIZES),
    st.tuples(SIZES, SIZES),
    st.builds(lambda a, b, k: (a, b, k, k), SIZES, SIZES, st.integers(0, 9)),
    st.lists(SIZES, min_size=3, max_size=4).map(tuple),
)
_PARAMETRIZED = "parametrizations.weight.original"
LEAVES = st.sampled_from(
    [
        *("weight", "bias", "running_mean", "running_var", "num_batches_tracked", "x", ""),
        *("weight_u", "weight_v", "weight_g", "weight_orig", f"{_PARAMETRIZED}0", f"{_PARAMETRIZED}1"),
    ]
)
KEYS = st.builds(lambda n, leaf: f"l{n}.{leaf}", st.integers(0, 12), LEAVES)


@functools.cache
def known(name: str) -> dict[str, Tensor]:
    torch.manual_seed(0)
    return to_meta(NETWORKS[name]().tensors)


def check(networks: dict[str, dict[str, Tensor]]) -> None:
    readings = recognise(networks)
    for line in explain(networks):
        assert len(line) < 400
    every = {f"{name}.{key}" if name else key: t for name, ts in networks.items() for key, t in ts.items()}
    for reading in readings[:1] + readings[-1:]:
        _, generator_type = FAMILIES[reading.candidate.family]
        with torch.device("meta"):
            expected = generator_type(reading.candidate.config).state_dict()
        state = reading.convert(networks.get(reading.network, every))
        assert state.keys() == expected.keys()
        assert all(state[key].shape == expected[key].shape for key in expected)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_network(data: st.DataObject) -> None:
    tensors = dict(known(data.draw(st.sampled_from(sorted(NETWORKS)))))
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(tensors)))
        change = data.draw(st.sampled_from(["drop", "shape", "swap", "add", "resize"]))
        if change == "drop" and len(tensors) > 1:
            del tensors[key]
        elif change == "shape":
            tensors[key] = torch.empty(data.draw(SHAPES), device="meta")
        elif change == "resize" and tensors[key].ndim:
            shape = list(tensors[key].shape)
            shape[data.draw(st.integers(0, len(shape) - 1))] = data.draw(SIZES)
            tensors[key] = torch.empty(shape, device="meta")
        elif change == "swap":
            other = data.draw(st.sampled_from(sorted(tensors)))
            tensors[key], tensors[other] = tensors[other], tensors[key]
        else:
            tensors[data.draw(KEYS)] = torch.empty(data.draw(SHAPES), device="meta")
    check({"": tensors})


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["", "a", "b.c"]), st.dictionaries(KEYS, SHAPES, max_size=14), min_size=1, max_size=2
    )
)
def test_made_up_networks(shapes: dict[str, dict[str, tuple[int, ...]]]) -> None:
    check(
        {
            name: {key: torch.empty(shape, device="meta") for key, shape in tensors.items()}
            for name, tensors in shapes.items()
        }
    )


@pytest.mark.parametrize(
    "shape", [(10, 7), (8, 8), (8, 8, 4, 4), (8, 8, 3, 3), (1, 3, 4, 4), (784, 784), (1 << 15, 1 << 15)]
)
def test_a_thousand_layers_take_no_time(shape: tuple[int, ...]) -> None:
    tensors = {f"l{i}.weight": torch.empty(shape, device="meta") for i in range(590)}
    start = time.process_time()
    recognise({"": tensors})
    explain({"": tensors})
    assert time.process_time() - start < 5  # a quadratic slip takes minutes
