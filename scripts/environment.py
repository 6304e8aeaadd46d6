"""The checkout's own environment, `.venv`: made when none fits, used as it stands when one does.

Runs before anything is installed, so it needs the standard library only, on Linux, macOS and Windows.
"""

import sys

PYTHONS = (
    (3, 11),
    (3, 14),
)  # from what the packages ask for to the newest that the pinned PyTorch is built for
if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
    sys.exit(
        "found Python {}.{}, expected {}.{} to {}.{}; run this command with one of those, for example "
        "python3.13 {}".format(*sys.version_info[:2], *PYTHONS[0], *PYTHONS[1], " ".join(sys.argv))
    )

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import disk
import torch_build
from lock import LOCK_NAME, locked

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
MARKER_NAME = "kb-setup.json"
OWN_FILES = (LOCK_NAME, MARKER_NAME)  # and the marker's .part
# all but PyTorch, measured with the constraints file on Linux x86-64; the checks take 115 more
PACKAGES_DOWNLOAD_MB = 200
PACKAGES_DISK_GB = 1.1
MODEL_DISK_GB = 0.7

Work = Literal["nothing", "add extras", "create"]


class SetupError(Exception):
    """Says what was found, what was expected and what to do; the commands print it and exit with 1."""


@dataclass(frozen=True)
class Marker:
    """What stands in the environment; `complete` is false from the first step of a set-up to its last."""

    fingerprint: str
    extras: tuple[str, ...]
    complete: bool

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Marker":
        """The marker as written; a torn or foreign one counts as an unfinished set-up."""
        try:
            found = json.loads(text)
            return cls(str(found["fingerprint"]), tuple(found["extras"]), found["complete"] is True)
        except (ValueError, KeyError, TypeError):
            return cls("", (), False)


def say(message: str) -> None:
    print(f"set-up: {message}", flush=True)


def fingerprint(pyproject: str, constraints: str, python: str, root: Path) -> str:
    """Hash of all that decides what is installed: a setting of a tool changes nothing, a pin does.

    The checkout's place counts, since an environment can't be moved.
    """
    table = tomllib.loads(pyproject)
    pins = [line.strip() for line in constraints.splitlines() if line.strip() and not line.startswith("#")]
    what = [table["build-system"], table["project"], table["tool"]["hatch"], pins, python, str(root)]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def work_to_do(marker: Marker | None, expected: str, extras: Sequence[str]) -> Work:
    if marker is None or not marker.complete or marker.fingerprint != expected:
        return "create"
    return "nothing" if set(extras) <= set(marker.extras) else "add extras"


def pinned(name: str, constraints: str) -> str:
    """The version that the constraints file pins, without a marker or comment."""
    for line in constraints.splitlines():
        key, equals, version = line.partition("==")
        if equals and key.strip().lower() == name.lower():
            return version.split("#")[0].split(";")[0].strip()
    raise SetupError(f"found no line {name}==… in {CONSTRAINTS.name}, which has to pin it; add one")


def program(name: str) -> Path:
    """A program of the environment."""
    return VENV / ("Scripts" if os.name == "nt" else "bin") / (f"{name}.exe" if os.name == "nt" else name)


def ensure(extras: Sequence[str] = ()) -> None:
    """Makes `.venv` fit this checkout's pins and `extras`; at once when it fits already."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    constraints = CONSTRAINTS.read_text("utf-8")
    python = f"{sys.version} {sys.base_prefix}"
    expected = fingerprint(pyproject, constraints, python, ROOT)
    if work_to_do(read_marker(), expected, extras) == "nothing":
        return
    VENV.mkdir(exist_ok=True)
    with locked(VENV / LOCK_NAME, lambda: say("another set-up runs in this checkout; waiting for it")):
        found = read_marker()
        work = work_to_do(found, expected, extras)
        kept = found.extras if found else ()
        unfinished = Marker(expected, tuple(sorted({*kept, *extras})), False)
        if work == "create":
            create(found, unfinished, pinned("torch", constraints))
        if work != "nothing":
            install_project(unfinished, pyproject)


def read_marker() -> Marker | None:
    path = VENV / MARKER_NAME
    return Marker.from_json(path.read_text("utf-8")) if path.exists() else None


def write_marker(marker: Marker) -> None:
    """In one step, so that a reader finds the old one or the new one."""
    part = VENV / f"{MARKER_NAME}.part"
    part.write_text(marker.to_json(), "utf-8")
    part.replace(VENV / MARKER_NAME)


def create(found: Marker | None, unfinished: Marker, torch_version: str) -> None:
    """An environment with pip and PyTorch in it, in place of whatever an earlier set-up left."""
    others = [child for child in VENV.iterdir() if not child.name.startswith(OWN_FILES)]
    if others and found is None:
        raise SetupError(
            f"found {VENV}, which this command did not make, and it expects that folder for itself; "
            "move it away or delete it, then run the same command again"
        )
    if found is not None:
        say("the environment is " + ("outdated" if found.complete else "unfinished") + "; making it anew")
    write_marker(unfinished)
    for child in others:
        shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    require_disk(torch_build.CPU)
    say(f"creating {VENV} with Python {sys.version.split()[0]}")
    create_with_pip()
    build = torch_build.choose(
        sys.platform,
        wheelhouse=lambda: torch_build.offered(pip_command(), ["--no-index"], torch_version),
        cpu_index=lambda: torch_build.offered(pip_command(), torch_build.CPU_INDEX_OPTIONS, torch_version),
    )
    say(f"installing PyTorch {torch_version}: {build.explanation}")
    require_disk(build.cost)
    pip("install", *build.options, "--constraint", str(CONSTRAINTS), f"torch=={torch_version}{build.label}")


def create_with_pip() -> None:
    """Some Linux distributions take ensurepip out of Python: there the pip at hand installs another one."""
    base = str(getattr(sys, "_base_executable", sys.executable))  # not .venv's own, which is being made anew
    if importlib.util.find_spec("ensurepip"):
        run([base, "-m", "venv", str(VENV)])
        return
    if not importlib.util.find_spec("pip"):
        raise SetupError(
            f"found neither ensurepip nor pip in {base}, and one of them is needed; install pip for this "
            "Python (Debian and Ubuntu: apt-get install python3-venv), then run the same command again"
        )
    run([base, "-m", "venv", "--without-pip", str(VENV)])
    run([base, "-m", "pip", "--python", str(program("python")), "install", "--no-input", "pip"])


def install_project(unfinished: Marker, pyproject: str) -> None:
    """Writes the marker as complete only after pip's last step."""
    write_marker(unfinished)
    say(
        f"installing the packages that pyproject.toml names, as {CONSTRAINTS.name} pins them "
        f"(about {PACKAGES_DOWNLOAD_MB} MB to download)"
    )
    # Without build isolation, so that the build backend is held to its pin as well.
    backend = [*tomllib.loads(pyproject)["build-system"]["requires"], "editables"]
    pip("install", "--constraint", str(CONSTRAINTS), *backend)
    project = f".[{','.join(unfinished.extras)}]" if unfinished.extras else "."
    pip("install", "--constraint", str(CONSTRAINTS), "--no-build-isolation", "--editable", project)
    write_marker(Marker(unfinished.fingerprint, unfinished.extras, True))
    say(f"{VENV} is ready")


def require_disk(torch: torch_build.Cost) -> None:
    """Stops a set-up that could not end, before it downloads anything."""
    download_gb = (torch.download_mb + PACKAGES_DOWNLOAD_MB) / 1000
    shortages = disk.shortages(
        [
            disk.place("the environment", ROOT, torch.disk_gb + PACKAGES_DISK_GB),
            disk.place("pip's temporary files", Path(tempfile.gettempdir()), download_gb),
            disk.place("pip's cache and the model", Path.home(), download_gb + MODEL_DISK_GB),
        ]
    )
    if shortages:
        raise SetupError("\n".join(shortages))


def pip_command() -> list[str]:
    return [str(program("python")), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def pip(*arguments: str) -> None:
    run([*pip_command(), *arguments])


def run(command: Sequence[str]) -> None:
    """Runs a step in the checkout; its output goes where this command's goes."""
    status = subprocess.run(command, cwd=ROOT, check=False, close_fds=False).returncode  # see lock.py
    if status:
        raise SetupError(
            f"found exit status {status}, expected 0, from: {' '.join(command)}\n"
            "The reason stands above. The same command takes the set-up up again."
        )
