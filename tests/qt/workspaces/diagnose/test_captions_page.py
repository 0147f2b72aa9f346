"""Captions with their figures."""

from __future__ import annotations

from latentlab.qt.workspaces.diagnose.pages.captions_page import told_apart


def test_words_that_all_captions_begin_with_are_left_out() -> None:
    captions = ["open peeps with bun head, no hat", "open peeps with afro head, no hat"]
    assert told_apart(captions) == ["bun head, no hat", "afro head, no hat"]
    assert told_apart(["a red disc", "a red disc"]) == ["disc", "disc"]
    assert told_apart(["alone"]) == ["alone"]
    assert told_apart([]) == []
