"""verify, rollback, backup, restore and --keep as people type them."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb.generation import current_id, generations, read_manifest
from kb.retention import read_keep

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Two builds in the home that `here` runs with."""
    with monkeypatch.context() as patched:
        made = workshop(tmp_path, patched)
        source = write_locale(tmp_path, "nl-NL", DUTCH)
        made.index(source)
        (source / "mouse.md").write_text("# Muis\n\nLaad de muis op.\n", encoding="utf-8")
        made.index(source)
    return made


def test_verify_tells_what_it_looked_at(here: Callable[..., Any], shop: Workshop) -> None:
    done = here("verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"generation {current_id(shop.home)} is whole: ")
    told = json.loads(here("verify", "--json").stdout)
    assert told["findings"] == [] and told["checked"]["articles"] == 7


def test_verify_fails_with_a_line_for_each_finding(here: Callable[..., Any], shop: Workshop) -> None:
    folder = read_manifest(shop.home)[0] / "default"
    for name in ("means.npz", "source.view"):
        (folder / name).write_bytes(b"")
    done = here("verify")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        str(folder / "means.npz"),
        str(folder / "source.view"),
    ]
    assert all("`kb restore FILE`" in line and "`kb rollback`" in line for line in lines)
    failed = here("verify", "--json")
    assert failed.returncode == 1
    assert {*json.loads(failed.stdout)["findings"][0]} == {"file", "problem", "run"}


def test_rollback_goes_back_and_there_again(here: Callable[..., Any], shop: Workshop) -> None:
    second, first = generations(shop.home)
    done = here("rollback", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["generation"], told["before"]) == (first, second)
    assert told["articles"] == {"default": {"en-US": 3, "nl-NL": 3}}
    assert "default: en-US 3, nl-NL 4\n" in here("rollback", "--to", second).stdout
    wrong = here("rollback", "--to", "g0")
    assert (wrong.returncode, wrong.stdout) == (1, "") and f"there are {second}, {first}" in wrong.stderr


def test_a_backup_is_put_back_into_a_new_home(here: Callable[..., Any], shop: Workshop) -> None:
    file, home = str(shop.root / "b.tar.gz"), shop.root / "new"
    told = json.loads(here("backup", file, "--json").stdout)
    assert told["generation"] == current_id(shop.home)
    again = here("backup", file)
    assert again.returncode == 1 and "is there already" in again.stderr
    put = json.loads(here("restore", file, "--home", str(home), "--json").stdout)
    assert put["generation"] == told["generation"] == current_id(home)
    assert here("verify", "--home", str(home)).returncode == 0
    assert "serving " in here("restore", file, "--home", str(home)).stdout
    (shop.root / "c.tar").write_bytes(b"nonsense")
    refused = here("restore", str(shop.root / "c.tar"))
    assert refused.returncode == 1 and "expected a backup that `kb backup` wrote" in refused.stderr


@pytest.mark.parametrize("command", [["verify"], ["rollback"], ["backup", "b.tar"]])
def test_without_an_index_they_say_what_to_run(
    here: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = here(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing is indexed in" in done.stderr and "kb index" in done.stderr


def test_keep_says_how_many_stay_from_now_on(here: Callable[..., Any], tmp_path: Path) -> None:
    assert here("index", str(tmp_path / "nowhere"), "--keep", "5").returncode == 1
    assert read_keep(tmp_path / "home") == 5
    assert here("index", str(tmp_path / "nowhere"), "--keep", "-1").returncode == 2


@pytest.mark.suite
def test_a_service_follows_a_rollback_and_a_restore(kb: Any, start_service: Any, tmp_path: Path) -> None:
    french, german = (str(ROOT / "data" / "articles" / locale) for locale in ("fr-FR", "de-DE"))
    made = [json.loads(kb("index", source, "--json").stdout)["generation"] for source in (french, german)]
    assert kb("verify").returncode == 0
    assert kb("backup", str(tmp_path / "b.tar.gz")).returncode == 0
    with start_service(kb) as (_, address), httpx2.Client(base_url=address) as client:

        def followed(generation: str) -> dict[str, Any]:
            for _ in range(200):
                health: dict[str, Any] = client.get("/health").json()
                if health["generation"] == generation:
                    return health
                time.sleep(0.05)
            raise AssertionError(health)

        assert followed(made[1])["earlier"] == [made[0]]
        assert kb("rollback").returncode == 0
        assert "de-DE" not in followed(made[0])["collections"]["default"]["locales"]
        put = json.loads(kb("restore", str(tmp_path / "b.tar.gz"), "--json").stdout)
        assert "de-DE" in followed(put["generation"])["collections"]["default"]["locales"]
    assert json.loads(kb("info", "--json").stdout)["earlier"] == [made[0], made[1]]
    assert kb("verify").returncode == 0
