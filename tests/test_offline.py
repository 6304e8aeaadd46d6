"""With the network taken away: index, serve, ask."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT, Kb
from smallkb import DUTCH, write_locale

from kb import modelstore

# Runs a command in a network of its own that has nothing but loopback.
ISOLATED = ("unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
# `kb serve` and its question must share the network that nobody else has.
SERVE_AND_ASK = """
import json, sys
from pathlib import Path
sys.path.insert(0, "tests/support")
from processes import Kb, ask
with Kb(Path(sys.argv[1])).serving() as address:
    print(json.dumps(ask(address, sys.argv[2], "nl-NL")))
"""


@pytest.fixture(scope="module")
def isolated() -> tuple[str, ...]:
    try:
        done = subprocess.run([*ISOLATED, "true"], capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        pytest.skip("needs the command unshare, to take the network away")
    if done.returncode:
        pytest.skip(f"needs the right to take the network away: {done.stderr.strip()}")
    return ISOLATED


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, isolated: tuple[str, ...]) -> Kb:
    """A home built without a network, with a cache that has the model and no embedding yet."""
    root = tmp_path_factory.mktemp("offline")
    model = modelstore.default_folder(modelstore.default_cache())
    kb = Kb(root / "home", isolated, {"KB_CACHE": str(root / "cache"), "KB_MODEL": str(model)})
    done = kb.run("index", str(write_locale(root, "nl-NL", DUTCH)), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["indexed"] == 3 and report["embedded"] > 0
    return kb


def run(kb: Kb, code: str, *arguments: str) -> str:
    done = subprocess.run(
        [*kb.wrap, sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=kb.environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.suite
def test_there_is_no_network_where_these_tests_run(indexed: Kb) -> None:
    assert run(indexed, "import socket; print(socket.if_nameindex())") == "[(1, 'lo')]\n"


@pytest.mark.suite
def test_a_question_is_answered_without_a_network(indexed: Kb) -> None:
    done = indexed.run(
        "ask", "the paper jams in the printer, how do I pull it out?", "--locale", "nl-NL", "--json"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["outcome"] in ("answered", "related")
    best = answer["citations"] or answer["related"]
    assert best[0]["article"] == "printing/paper-jam" and best[0]["locale"] == "nl-NL"


@pytest.mark.suite
def test_the_service_answers_without_a_network(indexed: Kb) -> None:
    answer = json.loads(run(indexed, SERVE_AND_ASK, str(indexed.home), "The mailbox is full"))
    best = answer["citations"] or answer["related"]
    assert best[0]["article"] == "mail/mailbox-full"


@pytest.mark.suite
def test_a_model_that_is_not_there_is_told_not_fetched(indexed: Kb, tmp_path: Path) -> None:
    empty = Kb(indexed.home, indexed.wrap, {"KB_CACHE": str(tmp_path / "cache")})
    done = empty.run("ask", "paper")
    assert done.returncode == 1 and "kb model install" in done.stderr and "Traceback" not in done.stderr
