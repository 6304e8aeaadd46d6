"""Which build of PyTorch to install, and from where.

On Linux the build on PyPI is the CUDA one: 2.7 GB to download with what it depends on, on x86-64 and on ARM
alike (the metadata of 2.13.0 asks for CUDA wherever `platform_system == "Linux"`). A CPU build is marked by
the local version `+cpu`, and is found in a wheelhouse (pip's find-links) or on PyTorch's own index. On macOS
and Windows the build on PyPI is the CPU one.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_OPTIONS = ["--index-url", CPU_INDEX]


@dataclass(frozen=True)
class Cost:
    download_mb: int
    disk_gb: float


CPU = Cost(download_mb=190, disk_gb=0.8)
CUDA = Cost(download_mb=2_700, disk_gb=4.8)


@dataclass(frozen=True)
class Build:
    """Options for `pip install`, the local version label, the cost, and what to tell the user."""

    options: tuple[str, ...]
    label: str
    cost: Cost
    explanation: str


def choose(platform: str, wheelhouse: Callable[[], bool], cpu_index: Callable[[], bool]) -> Build:
    """The smallest build that pip can get; `platform` as in `sys.platform`.

    `wheelhouse` and `cpu_index` tell whether a CPU build is there, and are asked only when it matters. A CPU
    build is installed without its dependencies: they come with the project's, from the usual index.
    """
    if platform != "linux":
        return Build((), "", CPU, "the CPU build, from pip's own index (about 190 MB)")
    if wheelhouse():
        told = "the CPU build, from the wheelhouse that pip is configured with (about 190 MB)"
        return Build(("--no-index", "--no-deps"), "+cpu", CPU, told)
    if cpu_index():
        told = f"the CPU build, from {CPU_INDEX} (about 190 MB)"
        return Build((*CPU_INDEX_OPTIONS, "--no-deps"), "+cpu", CPU, told)
    told = (
        f"no wheelhouse has the CPU build and {CPU_INDEX} does not answer, so this takes what pip's own "
        "index has: the CUDA build, about 2,700 MB to download and 5 GB on disk (it works without a graphics "
        "card). To get the small one, stop this and point PIP_FIND_LINKS at a folder with PyTorch's CPU wheel"
    )
    return Build((), "", CUDA, told)


def offered(pip: Sequence[str], options: Sequence[str], version: str) -> bool:
    """Whether pip finds the CPU build of this version with these options, within seconds."""
    command = [*pip, "index", "versions", "torch", "--timeout", "5", "--retries", "0", *options]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return is_listed(f"{version}+cpu", found.stdout)


def is_listed(version: str, listing: str) -> bool:
    """Whether the output of `pip index versions` names this version among the available ones."""
    for line in listing.splitlines():
        if line.startswith("Available versions:"):
            return version in line.removeprefix("Available versions:").replace(",", " ").split()
    return False
