"""The held-out part: a share of every class, the same every time, hardly changed by new items."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainers.data.split import split


def _held(names: list[str], share: float = 0.1, labels: list[str] | None = None) -> set[str]:
    _, held = split(names, names, labels or [""] * len(names), share)
    return {names[row] for row in held}


def test_one_more_item_changes_at_most_one() -> None:
    names = [f"{index}.png" for index in range(400)]
    before = _held(names)
    assert len(before) == 40
    for extra in range(50):
        after = _held([*names, f"new {extra}.png"])
        assert len(before - after) <= 1
        assert len(after - before) <= 1


def test_the_order_of_the_items_does_not_matter() -> None:
    names = [f"{index}.png" for index in range(100)]
    assert _held(names) == _held(names[::-1])


def test_equal_pictures_are_on_one_side() -> None:
    names = [f"{index}.png" for index in range(300)]
    digests = [str(index // 3) for index in range(300)]
    train, held = split(names, digests, [""] * 300, 0.2)
    assert {digests[row] for row in train}.isdisjoint(digests[row] for row in held)
    assert 50 <= len(held) <= 90


def test_copies_of_one_picture_do_not_fill_the_held_out_part() -> None:
    names = [f"{index}.png" for index in range(100)]
    digests = ["same"] * 60 + [str(index) for index in range(40)]
    _, held = split(names, digests, [""] * 100, 0.1)
    assert 5 <= len(held) <= 15


@given(
    st.lists(st.tuples(st.text(max_size=3), st.sampled_from("abc")), min_size=2, max_size=60),
    st.floats(0.001, 0.5),
)
def test_every_class_gives_its_share(items: list[tuple[str, str]], share: float) -> None:
    names = [f"{index}{name}" for index, (name, _) in enumerate(items)]
    labels = [label for _, label in items]
    train, held = split(names, names, labels, share)
    assert sorted([*train, *held]) == list(range(len(names)))
    assert len(train) > 0
    assert len(held) > 0
    for label in set(labels):
        count = sum(labels[row] == label for row in held)
        assert abs(count - share * labels.count(label)) <= 1
