"""Which device computes, whether it computes right, and what the status line says about it."""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from latentlab import places
from latentlab.atomic import keep_for_next_time
from latentlab.errors import RenderError
from latentlab.render.memory import process_memory, total_memory
from latentlab.render.self_check import worst_error

logger = logging.getLogger(__name__)

TOLERANCE = 2e-3
"""Largest error of a device against the CPU in the self-check, for values of about 1. Devices that round
convolutions to 10 bits of mantissa stay below it; wrong kernels do not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the self-check found."""

    sound: bool
    reason: str = ""
    """Why the device is not used; empty when it is sound."""


def available() -> tuple[str, ...]:
    """Devices of this machine, best first; the CPU is last and always there."""
    devices = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append("mps")
    return (*devices, "cpu")


def choose(
    wish: str = "auto",
    *,
    notice: Callable[[str], None] = logger.warning,
    check: Callable[[str], Verdict] | None = None,
) -> str:
    """The device to compute on.

    "auto" is the best one that passes the self-check. A device that fails is passed over and named in `notice`.

    Raises:
        RenderError: the device that was asked for by name is not there, or fails the self-check.
    """
    check = check or checked
    devices = available()
    if wish == "auto":
        for device in devices:
            verdict = check(device)
            if verdict.sound:
                return device
            notice(f"{describe(device)} is not used: {verdict.reason}")
        return "cpu"
    wish = "cuda:0" if wish == "cuda" else wish
    if wish not in devices:
        raise RenderError(f"There is no device {wish!r} here: choose one of {', '.join(devices)} or auto.")
    verdict = check(wish)
    if not verdict.sound:
        raise RenderError(
            f"{describe(wish)} cannot be used: {verdict.reason} Choose another device, or auto."
        )
    return wish


def checked(device: str) -> Verdict:
    """The self-check's verdict, computed on a device's first use and remembered with its driver and torch."""
    if device == "cpu":
        return Verdict(True)
    key = "; ".join((describe(device), f"torch {torch.__version__}", f"driver {_driver(device)}"))
    path = places.cache_dir() / "devices.json"
    known = _read(path)
    entry = known.get(key)
    if isinstance(entry, str):
        return Verdict(not entry, entry)
    verdict = check_device(device)
    known[key] = verdict.reason
    keep_for_next_time(path, json.dumps(known, indent=1).encode())
    return verdict


def check_device(device: str, compute: Callable[[str], float] = worst_error) -> Verdict:
    """Run a small random network there and here, and compare."""
    try:
        error = compute(device)
    except (RuntimeError, NotImplementedError) as problem:
        return Verdict(False, f"it cannot run the networks' operations ({problem}).")
    if not error <= TOLERANCE:  # NaN is not sound either
        return Verdict(False, f"its results differ from the CPU's by {error:.2g}; its driver may be faulty.")
    return Verdict(True)


def describe(device: str) -> str:
    """For people: "GPU 0, NVIDIA H200, 140 GB"."""
    if device.startswith("cuda"):
        index = torch.device(device).index or 0
        properties = torch.cuda.get_device_properties(index)
        return f"GPU {index}, {properties.name}, {round(properties.total_memory / 1e9)} GB"
    if device == "mps":
        return f"Apple GPU, {round(total_memory() / 1e9)} GB shared"
    return f"CPU, {physical_cores()} cores"


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes."""

    used: int
    """By this process on the device; on the CPU what the process holds altogether."""
    total: int
    """0 where the system does not tell."""


def memory(device: str) -> Memory:
    """What the status line shows."""
    if device.startswith("cuda"):
        index = torch.device(device).index or 0
        return Memory(torch.cuda.memory_reserved(index), torch.cuda.get_device_properties(index).total_memory)
    if device == "mps":
        return Memory(torch.mps.driver_allocated_memory(), total_memory())
    return Memory(process_memory(), total_memory())


def physical_cores() -> int:
    """Cores without their second threads, of those that this process may use."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if sys.platform == "linux":
        cores = {
            path.read_text().strip()
            for path in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/core_cpus_list")
        }
        return max(1, min(usable, len(cores) or usable))
    if platform.machine().lower() in ("amd64", "x86_64") and usable > 1:
        return usable // 2
    return usable


def set_threads() -> None:
    """Let torch use one thread per physical core.

    `OMP_WAIT_POLICY=PASSIVE` must be in the environment before torch is imported: with active waiting and any
    other busy process on the machine, torch becomes ten times slower.
    """
    if torch.get_num_threads() != physical_cores():
        torch.set_num_threads(physical_cores())


def _driver(device: str) -> str:
    if device.startswith("cuda"):
        version = Path("/proc/driver/nvidia/version")  # torch does not tell
        return version.read_text().partition("\n")[0] if version.exists() else str(torch.version.cuda)
    return platform.platform()


def _read(path: Path) -> dict[str, object]:
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
