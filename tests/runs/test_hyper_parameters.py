"""Hyper-parameters read from the schema that trainers write."""

from __future__ import annotations

from latentlab.runs.hyper_parameters import HyperParameter, changes, hyper_parameters, value_at
from trainers.config import schema
from trainers.presets import PRESETS


def _of(name: str) -> dict[str, HyperParameter]:
    return {one.path: one for one in hyper_parameters(schema(PRESETS[name].system))}


def test_every_system_has_a_form_in_which_its_presets_are_sound() -> None:
    for preset in PRESETS.values():
        values = preset.plain()
        found = hyper_parameters(schema(preset.system))
        assert {one.path.partition(".")[0] for one in found} == {"settings", "data", "loop"}
        for one in found:
            assert one.sentence, one.path
            value = value_at(values, one.path)
            if value is not None:
                assert not one.fault(value), (preset.name, one.path, value)


def test_ranges_units_and_choices_are_the_schemas() -> None:
    found = _of("dcgan-32")
    steps = found["loop.steps"]
    assert (steps.kind, steps.unit, steps.group, steps.default) == ("whole", "steps", "Length", 10_000)
    assert steps.fault(0) == "at least 1"
    assert steps.fault(2.5) == "a whole number"
    assert steps.fault("many") == "a number"
    assert found["loop.roll_back_rate"].fault(0) == "above 0"
    assert found["loop.seed"].fault(2**62).startswith("below")
    augment = found["settings.augment"]
    assert augment.kind == "choice"
    assert augment.fault("none") == ""
    assert "none" in augment.fault("nothing at all")


def test_names_are_for_people() -> None:
    found = _of("stylegan-32")
    assert found["settings.learning_rate"].name == "Learning rate"
    assert found["settings.r1_gamma"].name == "R1 gamma"
    assert found["settings.ada_target"].name == "ADA target"
    assert found["settings.ema_images"].name == "EMA images"
    assert found["settings.z_dim"].name == "z dim"


def test_changes_are_named_with_both_values() -> None:
    before = PRESETS["dcgan-32"].plain()
    after = {**before, "loop": {**before["loop"], "steps": 77}}
    found = changes(hyper_parameters(schema("dcgan")), before, after)
    assert found == {"loop.steps": (before["loop"]["steps"], 77)}
