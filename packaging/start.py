#!/usr/bin/env python3
"""Sets LatentLab up from a checkout and starts it, or checks and tests it.

    python3 packaging/start.py [FILE]   start the application (on a bundled model without FILE)
    python3 packaging/start.py test     run every check and test

The first run makes a virtual environment in `.venv`; later runs start at once. System libraries that Qt needs
are installed where this user may do so, and otherwise named together with the command that installs them.
Uses the standard library alone, and stops at the first thing that fails.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "latentlab-setup"
MINIMUM_PYTHON = (3, 11)

# Shared library to the package that holds it: Debian and Ubuntu, Fedora, Arch.
QT_LIBRARIES = {
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
}
INSTALLERS = (("apt-get", "install", "-y"), ("dnf", "install", "-y"), ("pacman", "-S", "--noconfirm"))


def main(arguments: list[str]) -> int:
    """Set up what is missing, then start or test."""
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"LatentLab needs Python 3.11 or later, this is {found}: run me with a newer one.")
    testing = arguments[:1] == ["test"]
    ensure_system_libraries()
    ensure_environment(("dev", "data") if testing else ())
    if testing:
        return run_checks(arguments[1:])
    return subprocess.call([environment_program("python"), "-m", "latentlab", *arguments])


def ensure_system_libraries() -> None:
    """Install the libraries that Qt needs on Linux, or say exactly which and how."""
    if not sys.platform.startswith("linux"):
        return
    missing = [name for name in QT_LIBRARIES if not loads(name)]
    if not missing:
        return
    kind, installer = next(
        ((kind, list(command)) for kind, command in enumerate(INSTALLERS) if shutil.which(command[0])),
        (0, []),
    )
    packages = sorted({QT_LIBRARIES[name][kind] for name in missing})
    if not installer:
        sys.exit(
            f"Qt needs system libraries that are missing: {', '.join(missing)}. Install them and run me again."
        )
    install_packages(installer, packages)
    still = [name for name in missing if not loads_afresh(name)]
    if still:
        sys.exit(f"Installed {' '.join(packages)}, but these are still missing: {', '.join(still)}.")


def install_packages(installer: list[str], packages: list[str]) -> None:
    """Install by the system's package manager as root or by sudo without a password; else name the command."""
    if os.geteuid() == 0:
        prefix: list[str] = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        sys.exit(f"System packages are missing. Please run:  sudo {' '.join([*installer, *packages])}")
    if installer[0] == "apt-get":
        subprocess.run([*prefix, "apt-get", "update", "-q"], check=True)
    subprocess.run([*prefix, *installer, *packages], check=True)


def loads(library: str) -> bool:
    """Whether the dynamic loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def loads_afresh(library: str) -> bool:
    """As `loads`, in a new process: this one may remember that the library was missing."""
    program = f"import ctypes; ctypes.CDLL({library!r})"
    return subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


def ensure_environment(extras: tuple[str, ...]) -> None:
    """Make the virtual environment and install LatentLab into it, unless that was done for this very setup."""
    digest = hashlib.sha256()
    for source in (ROOT / "pyproject.toml", ROOT / "packaging" / "constraints.txt"):
        digest.update(source.read_bytes())
    done = STAMP.read_text().split() if STAMP.exists() else []
    if done[:1] == [digest.hexdigest()] and set(extras) <= set(done[1:]):
        return
    if not Path(environment_program("python")).exists():
        make_environment()
    extras = tuple(sorted({*extras, *done[1:]}))
    target = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    pip = [environment_program("python"), "-m", "pip", "--disable-pip-version-check"]
    constraints = ["-c", str(ROOT / "packaging" / "constraints.txt")]
    print("Setting up LatentLab (once; torch is a large download)...", flush=True)
    subprocess.run([*pip, "install", "-q", *constraints, "-e", target], check=True)
    STAMP.write_text(" ".join([digest.hexdigest(), *extras]))


def make_environment() -> None:
    """Create `.venv`; on Debian the module that does it may be a package of its own."""
    if importlib.util.find_spec("ensurepip") is None and shutil.which("apt-get"):
        install_packages(["apt-get", "install", "-y"], [f"python3.{sys.version_info.minor}-venv"])
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)


def environment_program(name: str) -> str:
    """Path of a program of the virtual environment."""
    folder, ending = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return str(ENVIRONMENT / folder / (name + ending))


def run_checks(pytest_arguments: list[str]) -> int:
    """All checks, then all tests; each runs even if one before it failed, and any failure is the result."""
    python = environment_program("python")
    commands = [
        [environment_program("ruff"), "format", "--check", "."],
        [environment_program("ruff"), "check", "."],
        [environment_program("mypy")],
        [environment_program("lint-imports")],
        [python, "-m", "pytest", "-q", "-n", "logical", "--dist", "worksteal", *pytest_arguments],
    ]
    failed = []
    for command in commands:
        title = " ".join([Path(command[0]).stem, *command[1:]])
        print(f"\n== {title}", flush=True)
        if subprocess.call(command, cwd=ROOT) != 0:
            failed.append(title)
    for title in failed:
        print(f"FAILED: {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
