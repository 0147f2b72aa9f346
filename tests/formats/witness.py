"""Opens every file of a folder in a process of its own, and tells what each cost.

Prints one JSON list: name, error class or "", its text, seconds of this process, and bytes by which the peak of
its memory grew since before the first file.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from latentlab.errors import LatentLabError
from latentlab.formats import open_model


def main(folder: Path, warm_up: Path) -> None:
    """Open the files in order of their names."""
    open_model(warm_up)
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = []
    for path in sorted(folder.iterdir()):
        begun = time.process_time()
        try:
            open_model(path)
            outcome, text = "", ""
        except LatentLabError as error:
            outcome, text = type(error).__name__, str(error)
        except Exception as error:  # noqa: BLE001 - told as what it is
            outcome, text = f"unnamed {type(error).__name__}", str(error)
        seconds = time.process_time() - begun
        grown = unit * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
        found.append([path.stem, outcome, text, seconds, grown])
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
