"""Captions as words. Imports no torch, so that a field can complete and check them as one types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

MAX_LETTERS = 64
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def words_of(caption: str) -> list[str]:
    """The words of a caption in order, in small letters: "Grey-haired, smiling" is ["grey-haired", "smiling"]."""
    return _WORD.findall(caption.lower().replace("’", "'"))


def unknown_words(caption: str, known: Collection[str]) -> tuple[str, ...]:
    """Words of a caption that are not among `known`, once each, in order."""
    return tuple(dict.fromkeys(word for word in words_of(caption) if word not in known))


def vocabulary_of(captions: Iterable[str], *, least: int = 2, most: int = 4096) -> tuple[str, ...]:
    """The words of a training set, sorted.

    Args:
        captions: of all training items.
        least: rarer words are left out: a few pictures teach nothing about them.
        most: only so many of the most frequent are kept.
    """
    counts = Counter(word for caption in captions for word in words_of(caption) if len(word) <= MAX_LETTERS)
    frequent = sorted(
        (word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word)
    )
    return tuple(sorted(frequent[:most]))
