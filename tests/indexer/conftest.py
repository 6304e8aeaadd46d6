"""The twelve locales beside the checkout, read and indexed once for all tests that count their units."""

from __future__ import annotations

from pathlib import Path

import pytest
from rawunits import Files, read
from smallkb import Workshop, workshop


@pytest.fixture(scope="session")
def corpus_files(shared: Path) -> Files:
    archives = sorted((shared / "corpus" / "sxs").glob("*.tar.gz"))
    return {a.name.removesuffix(".tar.gz"): read(a) for a in archives}


@pytest.fixture(scope="session")
def corpus_shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    # patched while it is built only: whatever runs later in the session has an encoder of its own
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("corpus"), patch)
        made.index(*sorted((shared / "corpus" / "sxs").glob("*.tar.gz")))
    return made
