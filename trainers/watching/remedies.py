"""What to change against each kind of trouble, as settings: what a warning's one button branches with.

Only settings are named with which a checkpoint of the same run still fits: none changes a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latentlab.errors import TrainingError
from trainers import overrides
from trainers.config import RunConfig

Change = dict[str, bool | int | float | str]
_FIRST_GAMMA = 1.0
_FIRST_REWARD = 1.0
"""Of mode seeking, where there was none."""
_FIRST_FREE_BITS = 0.1
"""Nats per dimension, where there were none."""
_RATES = ("learning_rate", "discriminator_learning_rate")


def change_for(kind: str, config: RunConfig) -> Change:
    """Settings by path with the values to go on with; empty where no setting of this run would help."""
    remedy = _REMEDIES.get(kind)
    change = {f"settings.{name}": value for name, value in remedy(_values(config)).items()} if remedy else {}
    try:
        overrides.apply(config, [f"{path}={_text(value)}" for path, value in change.items()])
    except TrainingError:  # out of the range that the system allows
        return {}
    return change


def _values(config: RunConfig) -> dict[str, Any]:
    return {name: getattr(config.settings, name) for name in type(config.settings).model_fields}


def _text(value: bool | int | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leash(has: dict[str, Any]) -> Change:
    """A discriminator that has won: hold it back."""
    if isinstance(has.get("r1_gamma"), float):
        return _gammas(has, 2.0)
    return _slower_discriminator(has, 0.5)


def _free(has: dict[str, Any]) -> Change:
    """A discriminator that learns nothing: let it."""
    if isinstance(has.get("r1_gamma"), float) and has["r1_gamma"] > 0:
        return _gammas(has, 0.25)
    return _slower_discriminator(has, 2.0)


def _diversity(has: dict[str, Any]) -> Change:
    if has.get("objective", "relativistic") != "relativistic":
        penalties = {name: _FIRST_GAMMA for name in ("r1_gamma", "r2_gamma") if has.get(name) == 0}
        return {"objective": "relativistic", **penalties}
    if "mode_seeking" in has:
        return {"mode_seeking": 2 * has["mode_seeking"] or _FIRST_REWARD}
    return _leash(has)


def _more_pictures(has: dict[str, Any]) -> Change:
    if has.get("augment") == "none":
        return {"augment": "ada"}
    return _leash(has) if isinstance(has.get("r1_gamma"), float) else {}


def _busier_code(has: dict[str, Any]) -> Change:
    if has.get("free_bits") == 0:
        return {"free_bits": _FIRST_FREE_BITS}
    return {"beta": has["beta"] / 2} if "beta" in has else {}


def _smaller_steps(has: dict[str, Any]) -> Change:
    return {name: has[name] / 2 for name in _RATES if has.get(name)}


def _gammas(has: dict[str, Any], factor: float) -> Change:
    if not has["r1_gamma"]:
        return {"r1_gamma": _FIRST_GAMMA}
    return {name: has[name] * factor for name in ("r1_gamma", "r2_gamma") if has.get(name)}


def _slower_discriminator(has: dict[str, Any], factor: float) -> Change:
    if "discriminator_learning_rate" not in has:
        return {}
    return {
        "discriminator_learning_rate": factor * (has["discriminator_learning_rate"] or has["learning_rate"])
    }


_REMEDIES: dict[str, Callable[[dict[str, Any]], Change]] = {
    "discriminator_too_strong": _leash,
    "discriminator_too_weak": _free,
    "mode_collapse": _diversity,
    "memorisation": _more_pictures,
    "posterior_collapse": _busier_code,
    "diverging_gradients": _smaller_steps,
    "learning_rate_too_high": _smaller_steps,
}
