"""Presets, hyper-parameters and events in words and as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

from latentlab.runs import (
    Coded,
    Event,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    RolledBack,
    Sampled,
    Saved,
    Scored,
    Settled,
    Started,
    Warned,
)
from trainers.config import RunConfig, schema
from trainers.estimating import Forecast
from trainers.settings import range_of


def listing(presets: Mapping[str, RunConfig], *, as_json: bool) -> str:
    """All presets, by name."""
    rows = [
        {"name": preset.name, "system": preset.system, "summary": preset.summary}
        for _, preset in sorted(presets.items())
    ]
    if as_json:
        return json.dumps(rows, indent=2)
    return "\n".join(f"{row['name']:<24}{row['system']:<16}{row['summary']}" for row in rows)


def catalogue(presets: Mapping[str, RunConfig], *, as_json: bool) -> str:
    """Every preset with all its hyper-parameters; as JSON, the schema of each system once."""
    if not as_json:
        return "\n\n".join(description(preset, as_json=False) for _, preset in sorted(presets.items()))
    systems = sorted({preset.system for preset in presets.values()})
    return json.dumps(
        {
            "presets": [preset.plain() for _, preset in sorted(presets.items())],
            "schemas": {system: schema(system) for system in systems},
        }
    )


def forecast(found: Forecast, *, as_json: bool) -> str:
    """What a run would take."""
    if as_json:
        values = dataclasses.asdict(found)
        return json.dumps({name: None if value != value else value for name, value in values.items()})
    total = f" of {found.memory_total / 1e9:.1f}" if math.isfinite(found.memory_total) else ""
    return (
        f"{duration(found.seconds, found.seconds_error).removesuffix(' left')} on {found.device}, "
        f"{found.images_per_second:.0f} images/s, {found.memory / 1e9:.1f}{total} GB of memory, "
        f"{found.checkpoints} checkpoints of {found.checkpoint_bytes / 1e6:.1f} MB, "
        f"{found.parameters:,} parameters"
    )


def description(config: RunConfig, *, as_json: bool) -> str:
    """Every hyper-parameter of a configuration: value, range, unit and sentence."""
    if as_json:
        return json.dumps({"schema": schema(config.system), "values": config.plain()}, indent=2)
    lines = [f"{config.name}: {config.summary}", f"system {config.system}"]
    for group in ("settings", "data", "loop"):
        lines.append(f"\n{group}")
        lines += _lines(getattr(config, group), "  ")
    return "\n".join(lines)


def _lines(settings: Any, indent: str) -> list[str]:
    found: list[str] = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if hasattr(type(value), "model_fields"):
            found += [f"{indent}{name}", *_lines(value, indent + "  ")]
            continue
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        shown = str(value) if len(str(value)) <= 24 else str(value)[:21] + "..."
        told = ", ".join(part for part in (range_of(field), str(extra.get("unit", ""))) if part)
        found.append(f"{indent}{name:<20} {shown:<26}{field.description or ''}{f' [{told}]' if told else ''}")
    return found


def line(event: Event) -> str:
    """One line about an event; empty for what is only to be looked at."""
    match event:
        case Preparing():
            return event.text
        case Started():
            where = event.device if event.processes == 1 else f"{event.processes} processes on {event.device}"
            return (
                f"Step {event.step:,} of {event.steps:,} on {where}: {event.parameters:,} parameters, "
                f"{event.items:,} items, {event.held_out:,} held out, {event.skipped_count} unreadable"
            )
        case Progress():
            return (
                f"{event.step:>7,}  {_numbers(event.losses)}  {event.images_per_second:.0f} images/s, "
                f"{duration(event.seconds_left, event.seconds_left_error)}"
            )
        case Measured():
            return f"{event.step:>7,}  held out: {_numbers(event.measures)}"
        case Sampled() | Saved():
            return f"{event.step:>7,}  {event.path}"
        case Warned():
            return f"{event.step:>7,}  {event.severity}: {event.text} {event.remedy}"
        case Settled():
            return f"{event.step:>7,}  {event.kind.replace('_', ' ')}: settled"
        case Scored() | Coded():
            return ""
        case RolledBack():
            return f"{event.step:>7,}  back to step {event.to_step:,}: {event.reason} {event.change}"
        case Finished():
            done = "done" if event.completed else "stopped; --resume goes on"
            return f"{event.step:>7,}  {done}"
        case Failed():
            return f"{event.step:>7,}  {event.text}"


def duration(seconds: float, error: float) -> str:
    """Time left in words, with its uncertainty where it is known."""
    if not math.isfinite(seconds):
        return "time left not known yet"
    unit, name = (1.0, "s") if seconds < 120 else (60.0, "min") if seconds < 7200 else (3600.0, "h")
    about = f" ± {error / unit:.2g}" if math.isfinite(error) else ""
    return f"{seconds / unit:.3g}{about} {name} left"


def _numbers(values: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.5g}" for name, value in values.items())
