"""Tiers of tests, and the material that lies beside the checkout.

pytest                       quick: no model, no server process (the default)
pytest --tier suite          and the tests marked `suite`
pytest --tier long           and the tests marked `long`
KB_LONG_FRACTION=0.1 pytest --tier suite     and a tenth of the long tests, always the same ones, but none of those
                             marked `hours`
"""

import hashlib
import os
from pathlib import Path

import pytest

TIERS = ("quick", "suite", "long")
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=TIERS, default="quick", help="which tests to run (default: quick)")


def pytest_report_header(config: pytest.Config) -> str:
    return f"tier: {config.option.tier} of {', '.join(TIERS)}; long tests: {long_fraction(config):.0%}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    fraction = long_fraction(config)
    left_out = [item for item in items if not in_tier(item, config.option.tier, fraction)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def long_fraction(config: pytest.Config) -> float:
    """Which share of the long tests runs: all of them in the long tier, none elsewhere unless asked for."""
    if config.option.tier == "long":
        return 1.0
    asked = os.environ.get("KB_LONG_FRACTION", "0")
    try:
        fraction = float(asked)
    except ValueError:
        fraction = -1.0
    if not 0 <= fraction <= 1:
        raise pytest.UsageError(f"found KB_LONG_FRACTION={asked!r}, expected a number from 0 to 1")
    return fraction


def in_tier(item: pytest.Item, tier: str, fraction: float) -> bool:
    if item.get_closest_marker("hours"):
        return tier == "long"
    if item.get_closest_marker("long"):
        return place_in_sample(item.nodeid) < fraction
    return tier != "quick" or not item.get_closest_marker("suite")


def place_in_sample(nodeid: str) -> float:
    """A number from 0 to 1 that depends on the test's name alone; a larger share contains the smaller one."""
    return int.from_bytes(hashlib.sha256(nodeid.encode()).digest()[:8], "big") / 2**64


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout: real articles and queries that are no part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the articles and queries in {SHARED}, which are no part of the project")
    return SHARED
