"""The window shows presets from a file, so that it need not wait for a trainer."""

from __future__ import annotations

import json

from latentlab import places
from trainers.describing import catalogue
from trainers.presets import PRESETS


def test_the_file_of_presets_says_what_the_trainer_says() -> None:
    shipped = json.loads((places.resource_dir() / "presets" / "presets.json").read_text("utf-8"))
    assert shipped == json.loads(catalogue(PRESETS, as_json=True)), (
        "Write it anew: latentlab train --describe --json > resources/presets/presets.json"
    )
