"""What a run is: which system, on which data, for how long. Every value has a range, a unit and a sentence."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, Self, get_args

from pydantic import SerializeAsAny, ValidationError, create_model, model_validator
from pydantic.fields import FieldInfo

from latentlab.errors import TrainingError
from trainers.data.settings import DataSettings
from trainers.settings import Settings, range_of, setting


class About(Settings):
    """What the card of the trained model says in words."""

    title: str = setting("", "The model's name for people.")
    description: str = setting("", "What it draws, and where it is weak.")
    data: str = setting("", "What the pictures are, and their licence; empty: what the source says.")
    licence: str = setting("", "Licence of the trained weights.")


class LoopSettings(Settings):
    """How long, how often, and where."""

    steps: int = setting(
        10_000, "Steps of the whole run: schedules are shares of them.", unit="steps", group="Length", least=1
    )
    batch_size: int = setting(
        32,
        "Items per step, shared by all processes.",
        unit="images",
        group="Length",
        least=1,
        most=65_536,
    )
    seed: int = setting(
        0,
        "Of the first weights, of the order of the items and of all noise.",
        group="Length",
        least=0,
        below=2**62,
    )
    report_every: int = setting(
        50, "Steps between two points of the curves.", unit="steps", group="Records", least=1
    )
    sample_every: int = setting(
        1000, "Steps between sheets of samples, with measures.", unit="steps", group="Records", least=1
    )
    checkpoint_every: int = setting(
        1000, "Steps between checkpoints: what a power cut can cost.", unit="steps", group="Records", least=1
    )
    keep: int = setting(
        3, "Recent checkpoints that are kept.", unit="checkpoints", group="Records", least=1, most=10_000
    )
    keep_models: int = setting(
        12,
        "Models that removed checkpoints leave behind, spread over the run, to look back at, each a file of the "
        "model's size; 0: none.",
        unit="models",
        group="Records",
        least=0,
        most=1000,
    )
    milestone_every: int = setting(
        0,
        "Checkpoints at multiples of this are kept for good; 0: none.",
        unit="steps",
        group="Records",
        least=0,
    )
    samples: int = setting(
        48,
        "Samples on a sheet, of the same latents every time.",
        unit="images",
        group="Records",
        least=1,
        most=1024,
    )
    roll_backs: int = setting(
        0,
        "How often a run may go back to its last checkpoint by itself when NaN or infinity appears. "
        "With one process alone.",
        group="Safety",
        least=0,
        most=100,
    )
    roll_back_rate: float = setting(
        0.5, "What a roll back multiplies all learning rates with.", group="Safety", above=0, most=1
    )
    device: str = setting(
        "auto",
        'Where to compute: "auto" takes the best there is, "cpu", "cuda", "cuda:1".',
        group="Machine",
    )
    threads: int = setting(
        0, "Threads of torch on the CPU; 0 leaves torch's choice.", group="Machine", least=0, most=1024
    )


FREE_ON_RESUME = frozenset(
    {
        "report_every",
        "sample_every",
        "checkpoint_every",
        "keep",
        "keep_models",
        "milestone_every",
        "roll_backs",
        "roll_back_rate",
        "device",
        "threads",
    }
)
"""Settings of the loop that may change when a run is resumed: what is learned does not depend on them."""


class RunConfig(Settings):
    """A training that can be repeated; presets are such values with a name."""

    name: str = setting("", "The preset it began with.")
    summary: str = setting("", "What it trains, in one sentence for lists.")
    parent: str = setting("", "The run and the step that it branched from.")
    system: str = setting(..., "Which system is trained.")
    settings: SerializeAsAny[Settings] = setting(..., "Hyper-parameters of the system.")
    data: DataSettings = setting(DataSettings(), "What it is trained on.")
    loop: LoopSettings = setting(LoopSettings(), "How long, how often, and where.")
    about: About = setting(About(), "Words for the card of the trained model.")

    @model_validator(mode="after")
    def _settings_fit_the_system(self) -> Self:
        from trainers.systems import SYSTEMS

        if self.system not in SYSTEMS:
            raise ValueError(f"there is no system {self.system!r}: choose among {', '.join(sorted(SYSTEMS))}")
        wanted = SYSTEMS[self.system].Config
        if not isinstance(self.settings, wanted):
            raise ValueError(
                f"the system {self.system!r} takes {wanted.__name__}, not {type(self.settings).__name__}"
            )
        return self

    def plain(self) -> dict[str, Any]:
        """The configuration as plain JSON values."""
        return self.model_dump(mode="json")


@cache
def config_type(system: str) -> type[RunConfig]:
    """`RunConfig` with the hyper-parameters of one system spelt out: its JSON schema is what a form needs.

    Raises:
        TrainingError: there is no such system.
    """
    from trainers.systems import SYSTEMS

    if system not in SYSTEMS:
        raise TrainingError(f"There is no system {system!r}: choose among {', '.join(sorted(SYSTEMS))}.")
    fields: dict[str, Any] = {
        "system": (Literal[system], setting(system, "Which system is trained.")),
        "settings": (SYSTEMS[system].Config, setting(..., "Hyper-parameters of the system.")),
    }
    return create_model("RunConfig", __base__=RunConfig, __doc__=RunConfig.__doc__, **fields)


def read_config(values: dict[str, Any]) -> RunConfig:
    """The configuration that `RunConfig.plain` wrote.

    Raises:
        TrainingError: a value is unknown, missing or out of range; the text names it and what it may be.
    """
    if not isinstance(values.get("system"), str):
        raise TrainingError(
            "This run was made by an earlier version of LatentLab and cannot be resumed. Its model.safetensors "
            "still opens; train anew with `latentlab train PRESET --out RUN`."
        )
    try:
        return config_type(values["system"]).model_validate(values)
    except ValidationError as error:
        raise TrainingError(in_words(error, config_type(values["system"]))) from error


def schema(system: str) -> dict[str, Any]:
    """JSON schema of the configuration of a system's runs."""
    return config_type(system).model_json_schema()


def in_words(error: ValidationError, kind: type[Settings]) -> str:
    """What is wrong with a configuration of a kind, one setting after the other."""
    return " ".join(_one_in_words(found, kind) for found in error.errors(include_url=False))


def _one_in_words(found: Any, kind: type[Settings]) -> str:
    name = ".".join(str(part) for part in found["loc"])
    match found["type"]:
        case "extra_forbidden":
            return f"There is no setting {name!r}."
        case "missing":
            return f"The setting {name!r} is missing."
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{name} is {found['input']!r}: it must be {range_of(_field(kind, found['loc']))}."
        case _:
            return f"{name} is {str(found['input'])[:60]!r}: {found['msg']}."


def _field(kind: Any, place: tuple[str | int, ...]) -> FieldInfo:
    """The field that an error is about. Errors in one of several kinds of source name the kind on their way."""
    field: FieldInfo | None = None
    for part in place:
        if isinstance(kind, type) and issubclass(kind, Settings):
            found = kind.model_fields.get(str(part))
            if found is not None:
                field, kind = found, found.annotation
                continue
        options = [
            found for found in get_args(kind) if isinstance(found, type) and issubclass(found, Settings)
        ]
        kind = next((found for found in options if found.model_fields["kind"].default == part), kind)
    assert field is not None
    return field
