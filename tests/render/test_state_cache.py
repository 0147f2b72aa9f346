import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentlab.models.generator import State
from latentlab.render.state_cache import StateCache, chain_keys, code_digests, size_of

_KEYS = [bytes([number]) for number in range(6)]


@given(st.lists(st.tuples(st.sampled_from(_KEYS), st.integers(0, 60), st.booleans()), max_size=60))
def test_the_budget_holds_and_what_is_kept_is_what_was_put(steps: list[tuple[bytes, int, bool]]) -> None:
    cache = StateCache(100)
    newest: dict[bytes, object] = {}
    sizes: dict[bytes, int] = {}
    for key, size, begins in steps:
        if begins:
            cache.begin_picture()
        value = object()
        cache.put(key, value, size)
        if size <= 50:
            newest[key], sizes[key] = value, size
        kept = [k for k in _KEYS if k in cache]
        assert cache.size_bytes == sum(sizes[k] for k in kept) <= 100
        assert all(cache.get(k) is newest[k] for k in kept)


def test_what_was_longest_unused_goes_first() -> None:
    cache = StateCache(100)
    for key in (b"a", b"b", b"c"):
        cache.begin_picture()
        cache.put(key, key, 30)
    cache.begin_picture()
    cache.get(b"a")
    cache.put(b"d", b"d", 30)
    assert [key for key in (b"a", b"b", b"c", b"d") if key in cache] == [b"a", b"c", b"d"]


def test_of_one_picture_the_largest_goes_first() -> None:
    cache = StateCache(100)
    cache.put(b"small", 1, 10)
    cache.put(b"large", 2, 50)
    cache.put(b"middle", 3, 45)
    assert b"large" not in cache
    assert b"small" in cache
    assert b"middle" in cache


def test_a_key_changes_with_its_own_part_and_those_before_it() -> None:
    keys = chain_keys(b"", [b"a", b"b", b"c"])
    changed = chain_keys(b"", [b"a", b"x", b"c"])
    assert keys[0] == changed[0]
    assert keys[1] != changed[1]
    assert keys[2] != changed[2]
    assert chain_keys(b"pose", [b"a"]) != chain_keys(b"", [b"a"])


def test_a_code_has_a_digest_of_its_own() -> None:
    codes = np.zeros((3, 4), np.float32)
    codes[1, 2] = 1e-30
    digests = code_digests(codes)
    assert digests[0] == digests[2] != digests[1]


def test_sizes_count_tensors_and_arrays() -> None:
    state = State(torch.zeros(2, 3, 4, 4), None)
    assert size_of(state) == 2 * 3 * 16 * 4
    assert size_of({"x": np.zeros(5, np.uint8), "y": [torch.zeros(2, dtype=torch.bfloat16)]}) == 9
