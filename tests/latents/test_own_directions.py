"""What a person keeps of a model's directions: on disk, between windows, and as a file to share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from latentlab.errors import RecipeError
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.own_directions import (
    Note,
    OwnDirections,
    SharedDirections,
    from_shared_text,
    load,
    load_or_set_aside,
    place,
    to_shared_text,
    update,
)

SMILE = Direction("learned:1", "Smile", np.array([0.6, 0.8], np.float32), 1.5, about="learned from 3 + 3")
LAYERED = Direction("file:2", "Pose", np.eye(2, dtype=np.float32), 1.0)
FOUND = DirectionSet([Direction("pca:0", "Change 1", np.array([1.0, 0.0], np.float32), 2.0, 0.5)])


def test_it_comes_back_from_disk_exactly() -> None:
    notes = (Note("pca:0", "Warmth", "Light", True),)
    update("abc", lambda own: OwnDirections((SMILE, LAYERED), notes))
    assert load("abc") == OwnDirections((SMILE, LAYERED), notes)
    assert load("another") == OwnDirections()


def test_two_windows_do_not_lose_each_other_s_work() -> None:
    update("abc", lambda own: own.with_directions([SMILE]))
    update("abc", lambda own: own.with_directions([LAYERED]))
    after = update("abc", lambda own: own.with_note(replace(own.note("pca:0"), starred=True)))
    assert [item.id for item in after.directions] == [SMILE.id, LAYERED.id]
    assert after.note("pca:0").starred


def test_names_apply_to_whoever_found_the_direction() -> None:
    own = OwnDirections((SMILE,), (Note("pca:0", "Warmth"), Note("gone", "Nowhere")))
    known = own.applied(FOUND)
    assert known["pca:0"].name == "Warmth"
    assert known["pca:0"].vector.tobytes() == FOUND["pca:0"].vector.tobytes()
    assert SMILE.id in known


def test_an_empty_note_is_no_note() -> None:
    own = OwnDirections().with_note(Note("pca:0", starred=True)).with_note(Note("pca:0"))
    assert own == OwnDirections()


def test_deleting_takes_what_was_written_along() -> None:
    own = OwnDirections((SMILE, LAYERED), (Note(SMILE.id, group="Face"),)).without(SMILE.id)
    assert own == OwnDirections((LAYERED,))
    assert own.groups() == ()


def test_a_damaged_file_is_set_aside_not_overwritten() -> None:
    update("abc", lambda own: own.with_directions([SMILE]))
    path = place("abc")
    path.write_text(path.read_text()[:-20])
    with pytest.raises(RecipeError):
        load("abc")
    assert load_or_set_aside("abc") == OwnDirections()
    assert path.with_suffix(".json.damaged").exists()


def test_shared_directions_come_back_exactly_with_their_model() -> None:
    shared = SharedDirections(ModelRef("f" * 64, "Faces"), (SMILE, LAYERED))
    assert from_shared_text(to_shared_text(shared)) == shared
    assert len(to_shared_text(shared)) < 1000


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"latentlab_directions":9,"model":{},"directions":[]}',
        '{"latentlab_directions":1,"directions":[]}',
        '{"latentlab_directions":1,"model":{"fingerprint":"a","name":"b"},"directions":[{"id":"x"}]}',
        '{"latentlab_directions":1,"model":{"fingerprint":"a","name":"b"},"directions":[{"id":"x","name":"y",'
        '"vector":["AACAPw==","AACAPwAAgD8="],"sigma":1}]}',
    ],
)
def test_hostile_files_are_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        from_shared_text(text)
