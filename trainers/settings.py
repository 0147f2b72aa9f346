"""Hyper-parameters: values that know their range, their unit and what they mean.

Every group of hyper-parameters is a frozen `Settings` class whose fields are made by `setting`. Its JSON schema is
all that a form needs, so a window can offer hyper-parameters without importing this package.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


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
