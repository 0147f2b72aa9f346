"""What people write about a run: tags and a note, in its folder beside what the trainer writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from latentlab.atomic import write_atomically

NAME = "notes.json"
_LONGEST_TAG = 40


@dataclass(frozen=True, slots=True)
class Notes:
    """Words of people about a run."""

    text: str = ""
    tags: tuple[str, ...] = ()
    """Sorted, each once."""


def tags_of(words: str) -> tuple[str, ...]:
    """Tags as somebody types them: "faces, good"."""
    return _tidy(words.split(","))


def read_notes(run: Path) -> Notes:
    """Notes of the run in a folder; empty where there are none that can be understood."""
    try:
        values = json.loads((run / NAME).read_bytes())
        return Notes(str(values.get("text", "")), _tidy(map(str, values.get("tags", ()))))
    except (OSError, ValueError, AttributeError, TypeError):
        return Notes()


def write_notes(run: Path, notes: Notes) -> None:
    """Put notes in a run's folder, in place of those that are there.

    Raises:
        OSError: it cannot be written to.
    """
    content = json.dumps({"text": notes.text, "tags": list(_tidy(notes.tags))}, ensure_ascii=False)
    write_atomically(run / NAME, content.encode())


def _tidy(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(tag.split())[:_LONGEST_TAG] for tag in tags} - {""}))
