"""Questions to the command line: answers, last words, and processes that end with who asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt.threads import command_process
from latentlab.qt.threads.command_process import CommandProcess


@pytest.fixture
def asked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandProcess]:
    """A command line that runs what it is given as Python."""
    monkeypatch.setattr(command_process, "command", lambda: [sys.executable, "-S", "-c"])
    made = CommandProcess()
    yield made
    made.stop()


def test_an_answer_comes_whole_and_what_is_done_is_told(asked: CommandProcess, qtbot: QtBot) -> None:
    told: list[str] = []
    asked.told.connect(told.append)
    code = "import sys; print('reading', file=sys.stderr, flush=True); print('a' * 200_000)"
    with qtbot.waitSignal(asked.answered, timeout=20_000) as answer:
        asked.ask(code)
        assert asked.is_asked
    assert answer.args == ["a" * 200_000 + "\n"]
    assert told[-1] == "reading"
    assert not asked.is_asked


def test_last_words_are_the_failure(asked: CommandProcess, qtbot: QtBot) -> None:
    with qtbot.waitSignal(asked.failed, timeout=20_000) as failed:
        asked.ask("import sys; sys.exit('latentlab: There is no such preset.')")
    assert failed.args is not None
    assert failed.args[0].text == "There is no such preset."


def test_one_who_asks_again_hears_the_second_answer_alone(asked: CommandProcess, qtbot: QtBot) -> None:
    answers: list[str] = []
    asked.answered.connect(answers.append)
    asked.ask("import time; time.sleep(60); print('first')")
    pid = int(asked._process.processId()) if asked._process is not None else 0
    with qtbot.waitSignal(asked.answered, timeout=20_000):
        asked.ask("print('second')")
    assert answers == ["second\n"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_that_is_not_there_is_a_failure(
    asked: CommandProcess, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_process, "command", lambda: ["/nowhere/latentlab"])
    with qtbot.waitSignal(asked.failed, timeout=20_000) as failed:
        asked.ask("data")
    assert failed.args is not None
    assert "No process can be started" in failed.args[0].text
