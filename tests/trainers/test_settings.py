"""Hyper-parameters know their range, their unit and what they mean."""

from __future__ import annotations

from typing import Annotated, get_args

import pytest
from pydantic import ValidationError

from latentlab.models.vae import VAEConfig, mlp_vae
from trainers.config import LoopSettings, config_type, read_config, schema
from trainers.learning_rates import scaled
from trainers.presets import PRESETS
from trainers.settings import Architecture, Settings, range_of, setting
from trainers.systems import SYSTEMS


class _Group(Settings):
    generator_learning_rate: float = setting(0.1, "Of one.", above=0, most=1)
    learning_rate: float = setting(0.2, "Of the other.", above=0, most=1)
    beta: float = setting(0.5, "No rate.", least=0, below=1)
    network: Annotated[VAEConfig, Architecture()] = mlp_vae(8, z_dim=2)


class _All(Settings):
    group: _Group = _Group()
    learning_rate: float = setting(1.0, "Outside.")


def test_ranges_are_told() -> None:
    assert range_of(_Group.model_fields["learning_rate"]) == "above 0, at most 1"
    assert range_of(_Group.model_fields["beta"]) == "at least 0, below 1"
    assert range_of(_All.model_fields["group"]) == ""


@pytest.mark.parametrize("values", [{"learning_rate": 0}, {"beta": 1}, {"gamma": 1}, {"beta": float("nan")}])
def test_values_out_of_range_and_unknown_names_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        _Group.model_validate(values)


def test_an_architecture_goes_through_json_and_is_checked() -> None:
    group = _Group()
    assert _Group.model_validate_json(group.model_dump_json()) == group
    broken = group.model_dump(mode="json")
    broken["network"]["z_dim"] = 3
    with pytest.raises(ValidationError, match="network"):
        _Group.model_validate(broken)


def test_all_learning_rates_are_scaled_and_nothing_else() -> None:
    found = scaled(_All(), 0.5)
    assert (found.learning_rate, found.group.learning_rate, found.group.generator_learning_rate) == (
        0.5,
        0.1,
        0.05,
    )
    assert found.group.beta == 0.5
    assert scaled(_All(), 1.0) == _All()


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_goes_through_json_and_is_the_same(name: str) -> None:
    preset = PRESETS[name]
    assert read_config(preset.plain()).plain() == preset.plain()


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_every_hyper_parameter_has_a_sentence(system: str) -> None:
    def look(kind: type[Settings], place: str) -> None:
        for name, field in kind.model_fields.items():
            inner = [
                found for found in (field.annotation, *get_args(field.annotation)) if isinstance(found, type)
            ]
            groups = [found for found in inner if issubclass(found, Settings)]
            for group in groups:
                look(group, f"{place}.{name}")
            if not groups and name not in ("kind", "network"):
                assert field.description, f"{place}.{name}"
                assert field.description.endswith("."), f"{place}.{name}: {field.description}"

    look(config_type(system), system)
    assert schema(system)["properties"]["system"]["const"] == system


def test_the_loop_says_how_long_and_how_often() -> None:
    assert all(field.description for field in LoopSettings.model_fields.values())
