"""The command line: the one room that wires everything. Each command is a module here, imported when it runs."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from latentlab import __version__
from latentlab.errors import LatentLabError
from latentlab.render.memory import keep_freed_memory

COMMANDS = {
    "render": "render pictures to PNG files",
    "info": "say what a model file is, without opening it",
    "data": "look at training data: figures, duplicates, thumbnails",
    "train": "train a model on a folder of pictures",
    "queue": "start the runs that wait in a folder, one after the other",
    "diagnose": "say what a generator lost, repeats and copies",
    "catalogue": "say what the models of a folder are, with pictures of each",
    "condense": "read a part of a run's log, as the window does with a long one",
    "convert": "save a model in LatentLab's own format",
    "blend": "mix two models of the same build into a new one",
    "screenshot": "render a screen of the application to a PNG file",
    "bench": "measure what the user feels, as ratios taken in one run",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `latentlab`. Without a command, the application opens, on FILE if one is named.

    Returns:
        0, or 1 after an error whose cause and remedy were printed to standard error.
    """
    # Threads that wait by spinning starve every other process on a small machine. Read when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    keep_freed_memory()
    words = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if words and words[0] in COMMANDS:
            return _run_command(words[0], words[1:])
        return _open_window(words)
    except LatentLabError as error:
        print(f"latentlab: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has stopped; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run_command(name: str, words: list[str]) -> int:
    command = import_module(f"latentlab.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"latentlab {name}", description=command.__doc__)
    command.add_arguments(parser)
    result: int = command.run(parser.parse_args(words))
    return result


def _open_window(words: list[str]) -> int:
    commands = "\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="latentlab",
        description="Explore, diagnose and train generative image models.",
        epilog=f"commands:\n{commands}\n\n`latentlab COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="a model, an exported picture, or a session to open"
    )
    parser.add_argument("--version", action="version", version=f"LatentLab {__version__}")
    options = parser.parse_args(words)

    from latentlab.qt.app import run

    return run(options.file)
