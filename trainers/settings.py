"""Hyper-parameters: values that know their range, their unit and what they mean.

Every group of hyper-parameters is a frozen `Settings` class whose fields are made by `setting`. Its JSON schema is
all that a form needs, so a window can offer hyper-parameters without importing this package.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from latentlab.errors import LatentLabError
from latentlab.models.catalogue import config_from_json, config_to_json


class Settings(BaseModel):
    """A frozen group of hyper-parameters. Unknown names and values out of range are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=False
    )


def setting(
    default: Any,
    sentence: str,
    *,
    unit: str = "",
    group: str = "",
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Any:
    """A hyper-parameter of a `Settings` class.

    Args:
        default: its value in a run that says nothing about it.
        sentence: what it does, for the help beside its field.
        unit: "steps", "nats", "images"; empty for a plain number.
        group: heading under which a form shows it.
        least: smallest value allowed; `above` is the same, exclusive.
        above: all values are above this one.
        most: largest value allowed; `below` is the same, exclusive.
        below: all values are below this one.
    """
    return Field(
        default,
        description=sentence,
        ge=least,
        gt=above,
        le=most,
        lt=below,
        json_schema_extra={"unit": unit, "group": group},
    )


def range_of(field: FieldInfo) -> str:
    """What values a hyper-parameter may take, in words: "above 0, at most 1"; empty where all may be."""
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    return ", ".join(
        f"{word} {getattr(bound, name):.12g}"
        for name, word in words.items()
        for bound in field.metadata
        if getattr(bound, name, None) is not None
    )


class Architecture:
    """Marks a field that holds the config dataclass of a `latentlab.models` network.

    `network: Annotated[VAEConfig, Architecture()]` is read from JSON as a model file is: every value is checked.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        assert dataclasses.is_dataclass(source)

        def read(value: Any) -> Any:
            if isinstance(value, source):  # type: ignore[arg-type]
                return value
            if not isinstance(value, Mapping):
                raise ValueError("an architecture is an object of JSON")
            try:
                return config_from_json(source, value)  # type: ignore[arg-type]
            except LatentLabError as error:
                raise ValueError(str(error)) from error

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(config_to_json)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "object", "description": "Architecture of a network."}
