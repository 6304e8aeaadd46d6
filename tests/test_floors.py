"""The floors: kb imports neither indexer nor api, indexer not api; heavy libraries have one file each."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = [file for floor in ("kb", "indexer", "api") for file in sorted((ROOT / floor).rglob("*.py"))]
ABOVE = {"kb": {"indexer", "api"}, "indexer": {"api"}, "api": set()}
ONLY = {
    "openvino": {"kb/bert.py"},
    "torch": {"kb/foreign.py"},
    "sentence_transformers": {"kb/foreign.py"},
    "transformers": {"kb/foreign.py"},
    "faiss": {"kb/vectors.py"},
    "tantivy": {"kb/proposals.py"},
}


def imported(source: str) -> Iterator[str]:
    """Names of the modules that a file imports anywhere, importlib.import_module("…") included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            yield str(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )


def packages(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(file.read_text(encoding="utf-8"))}


def test_every_way_to_import_is_seen() -> None:
    source = "import a.b, c\nfrom d.e import f\ndef g():\n    from h import i\n    import_module('j.k')\n"
    assert set(imported(source)) == {"a.b", "c", "d.e", "h", "j.k"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_import_runs_back_up_and_heavy_ones_stay_in_their_file(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    found = packages(file)
    assert not found & ABOVE[name.partition("/")[0]]
    assert not {library for library, allowed in ONLY.items() if library in found and name not in allowed}


@pytest.mark.parametrize("library", ONLY)
def test_each_heavy_library_is_imported_where_it_is_allowed(library: str) -> None:
    assert any(library in packages(ROOT / name) for name in ONLY[library])


@pytest.mark.parametrize("module", ["kb.knowledge", "indexer.build", "api.cli"])
def test_importing_loads_no_encoder(module: str) -> None:
    heavy = {"openvino", "torch", "transformers", "sentence_transformers"}
    code = f"import sys, {module}; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "set()\n"
