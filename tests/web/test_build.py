"""The committed modules are what their sources build, and light enough."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest
from processes import ROOT

pytestmark = pytest.mark.suite
WEB, STATIC = ROOT / "api" / "web", ROOT / "api" / "static"
BUILT = ("box/kb-search.js", "portal/portal.js")


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sources_pass_the_type_check(node_modules: Path) -> None:
    run(str(node_modules / ".bin" / "tsc"), "--noEmit")


def test_a_build_gives_the_committed_files_byte_for_byte(node_modules: Path, tmp_path: Path) -> None:
    assert node_modules.is_dir()
    run("node", "build.mjs", "--out", str(tmp_path))
    for name in BUILT:
        told = (
            f"api/static/{name} is not what api/web builds; run npm ci && npm run build there and commit it"
        )
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), told


def test_the_packages_types_are_what_the_sources_say(node_modules: Path, tmp_path: Path) -> None:
    run(str(node_modules / ".bin" / "tsc"), "-p", "tsconfig.types.json", "--outDir", str(tmp_path))
    built = {file.relative_to(tmp_path): file.read_text("utf-8") for file in tmp_path.rglob("*.d.ts")}
    types = STATIC / "box" / "types"
    assert built == {file.relative_to(types): file.read_text("utf-8") for file in types.rglob("*.d.ts")}


def test_whoever_installs_the_package_has_types(node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "kb-search").symlink_to(STATIC / "box")
    (tmp_path / "use.ts").write_text(
        """import { KbSearch } from "kb-search";
        document.querySelector("kb-search")?.search("vpn");
        document.addEventListener("kb-open", ({ detail }) => detail.url.length + new KbSearch().value.length);
        // @ts-expect-error: there is no such member
        new KbSearch().nothing();""",
        "utf-8",
    )
    strict = ("--ignoreConfig", "--strict", "--noEmit", "--module", "esnext", "--moduleResolution", "bundler")
    run(str(node_modules / ".bin" / "tsc"), *strict, "--lib", "es2022,dom", str(tmp_path / "use.ts"))


def test_the_search_box_weighs_at_most_30_kb() -> None:
    assert len(gzip.compress((STATIC / BUILT[0]).read_bytes(), 9, mtime=0)) <= 30_000


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text("utf-8")
