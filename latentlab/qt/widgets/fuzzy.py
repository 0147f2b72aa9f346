"""Finding a text by some of its letters."""

from __future__ import annotations

_AT_START = 12
_AT_WORD = 8
_RUN = 5
_LATE = 0.2
_UNMATCHED = 0.05


def match(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """How well the letters of `query` occur in order in `text`, and at which positions; None if they do not.

    Starts of words and unbroken runs count most. Every word of the query is looked for by itself, so their
    order does not matter.
    """
    total = 0.0
    places: set[int] = set()
    for word in query.casefold().split():
        found = _match_word(word, text.casefold())
        if found is None:
            return None
        total += found[0]
        places.update(found[1])
    return total - _UNMATCHED * len(text), tuple(sorted(places))


def _match_word(word: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    whole = [index for index in range(len(text)) if text.startswith(word, index)]
    if whole:
        return max(
            (_score(range(index, index + len(word)), text), tuple(range(index, index + len(word))))
            for index in whole
        )
    best: tuple[float, tuple[int, ...]] | None = None
    for start in (index for index, letter in enumerate(text) if letter == word[0]):
        places = _scattered(word, text, start)
        if places is not None:
            score = _score(places, text)
            if best is None or score > best[0]:
                best = (score, places)
    return best


def _scattered(word: str, text: str, start: int) -> tuple[int, ...] | None:
    """The letters in order from `start` on, each at the next start of a word where there is one."""
    places = [start]
    for letter in word[1:]:
        after = places[-1] + 1
        beginnings = [i for i in range(after, len(text)) if text[i] == letter and _begins_word(text, i)]
        following = after if after < len(text) and text[after] == letter else -1
        place = following if following >= 0 else beginnings[0] if beginnings else text.find(letter, after)
        if place < 0:
            return None
        places.append(place)
    return tuple(places)


def _begins_word(text: str, index: int) -> bool:
    return index == 0 or not text[index - 1].isalnum()


def _score(places: range | tuple[int, ...], text: str) -> float:
    score = 0.0
    before = -2
    for place in places:
        if place == 0:
            score += _AT_START
        elif _begins_word(text, place):
            score += _AT_WORD
        if place == before + 1:
            score += _RUN
        score += 1 - _LATE * place / max(len(text), 1)
        before = place
    return score
