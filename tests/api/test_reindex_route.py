"""POST /admin/reindex against a real server process: who may ask, what is told, and that nothing harms the service."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from processes import ROOT, Kb
from smallkb import DUTCH, write_locale

from api.buildprocess import BuildProcess, Job
from api.reindex import Reindexing
from api.settings import SettingsError, read_settings
from api.state import State
from kb.errors import WriterBusy
from kb.writerlock import writer_lock

TOKEN = "a-key-of-the-operators"
KEY = {"Authorization": f"Bearer {TOKEN}"}
Event = tuple[str, dict[str, Any]]


def events(lines: Iterator[str]) -> Iterator[Event]:
    """Names and data of server-sent events; comments are left out."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


# --- who may ask


@pytest.fixture
def guarded(small: Any, serve_state: Any, tmp_path: Path) -> Iterator[tuple[httpx2.Client, Path]]:
    """A client of a service that may reindex a source that isn't there, and its home."""
    job = Job((tmp_path / "nothing",), tmp_path / "home", tmp_path / "cache")
    state = State(small, reindexing=Reindexing(job, TOKEN))
    with serve_state(state) as url, httpx2.Client(base_url=url, timeout=60) as client:
        yield client, job.home


def test_it_is_off_unless_the_operator_switches_it_on(client: httpx2.Client) -> None:
    refused = client.post("/admin/reindex", headers=KEY)
    assert refused.status_code == 404 and "KB_SOURCES" in refused.json()["detail"]


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ü", TOKEN]
)
def test_without_the_key_nothing_is_started(guarded: tuple[httpx2.Client, Path], given: str | None) -> None:
    client, home = guarded
    headers = {} if given is None else {"Authorization": given.encode()}
    refused = client.post("/admin/reindex", headers=headers)
    assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.headers["content-type"] == "application/problem+json"
    assert TOKEN not in refused.text and not home.exists()


def test_another_writer_is_named_with_its_age(guarded: tuple[httpx2.Client, Path]) -> None:
    client, home = guarded
    with writer_lock(home):
        refused = client.post("/admin/reindex", headers=KEY)
    assert refused.status_code == 409
    assert re.search(rf"process {os.getpid()}, for \d+ s\)", refused.json()["detail"])


@pytest.mark.suite
def test_a_build_that_fails_is_told_as_a_problem_and_another_one_may_follow(
    guarded: tuple[httpx2.Client, Path],
) -> None:
    client, _home = guarded
    for _ in range(2):
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            assert response.status_code == 200
            *_, (name, told) = events(response.iter_lines())
        assert name == "error" and told["status"] == 500
        assert "nothing" in told["detail"] or "model" in told["detail"]


def test_a_key_that_is_too_short_is_refused_and_no_message_repeats_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KB_ADMIN_TOKEN", "hunter2")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "KB_ADMIN_TOKEN" in str(refused.value) and "16" in str(refused.value)
    assert "hunter2" not in str(refused.value) and refused.value.__cause__ is None
    monkeypatch.setenv("KB_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("KB_SOURCES", os.pathsep.join(["/a/b", "c"]))
    settings = read_settings()
    assert TOKEN not in repr(settings)
    assert settings.sources == (Path("/a/b"), Path("c").absolute())


# --- a real service and real builds


@contextmanager
def reindexing(tmp_path: Path) -> Iterator[tuple[Kb, httpx2.Client, Path]]:
    """`kb serve` over a few articles that it may index again, a client of it, and the folder of the articles."""
    source = write_locale(tmp_path / "articles", "nl-NL", DUTCH).parent
    settings = {"KB_SOURCES": str(source), "KB_ADMIN_TOKEN": TOKEN}
    kb = Kb(tmp_path / "home", settings=settings)
    assert kb.run("index", str(source)).returncode == 0
    with kb.serving() as address, httpx2.Client(base_url=address, timeout=500) as client:
        yield kb, client, source


def title(client: httpx2.Client) -> str:
    found: str = client.get("/articles/mail/mailbox-full", params={"locale": "nl-NL"}).json()["title"]
    return found


@pytest.mark.suite
def test_a_changed_article_is_served_after_the_last_event_also_when_the_client_has_gone(
    tmp_path: Path,
) -> None:
    with reindexing(tmp_path) as (kb, client, source):
        before = client.get("/health").json()["generation"]
        write_locale(source, "nl-NL", DUTCH | {"The mailbox is full": "Het postvak zit vol"})
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            told = list(events(response.iter_lines()))
        names = [name for name, _ in told]
        assert names[0] == "stage" and set(names) <= {"stage", "progress", "note", "report"}
        assert names.count("report") == 1 and names[-1] == "report"
        report = told[-1][1]
        assert report["indexed"] == 3 and report["generation"] != before
        wait_for(lambda: client.get("/health").json()["generation"] == report["generation"])
        assert title(client) == "Het postvak zit vol"

        write_locale(source, "nl-NL", DUTCH | {"The mailbox is full": "Het postvak puilt uit"})
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            assert next(events(response.iter_lines()))[0] == "stage"  # and hangs up
        wait_for(lambda: title(client) == "Het postvak puilt uit")
    assert kb.run("verify").returncode == 0


@pytest.mark.suite
def test_a_build_that_is_killed_harms_nobody_and_a_second_one_is_refused_meanwhile(tmp_path: Path) -> None:
    with reindexing(tmp_path) as (kb, client, source):
        before = client.get("/health").json()["generation"]
        tree = kb.tree()
        add_articles(source)
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            told = events(response.iter_lines())
            next(told)
            (build,) = builds()
            build.suspend()
            refused = client.post("/admin/reindex", headers=KEY)
            assert refused.status_code == 409
            assert re.search(rf"process {build.pid}, for \d+ s\)", refused.json()["detail"])
            build.kill()
            *_, (name, problem) = told
        assert name == "error" and "was killed by signal 9" in problem["detail"]
        assert client.get("/health").json()["generation"] == before
        assert {name: digest for name, digest in kb.tree().items() if name in tree} == tree
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            assert list(events(response.iter_lines()))[-1][0] == "report"
        assert not list(kb.home.glob("building-*"))


@pytest.mark.suite
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_build_ends_with_the_service_that_started_it(tmp_path: Path, how: signal.Signals) -> None:
    with reindexing(tmp_path) as (kb, client, source):
        add_articles(source)
        with client.stream("POST", "/admin/reindex", headers=KEY) as response:
            next(events(response.iter_lines()))
            (build,) = builds()
            service = build.parent()
            assert service is not None and "serve" in service.cmdline()
            service.send_signal(how)
        build_gone = psutil.wait_procs([build], timeout=60)
        assert build_gone[1] == []
        wait_for(lambda: not list(kb.home.glob("building-*")))
        assert kb.run("verify").returncode == 0


def add_articles(source: Path) -> None:
    """So many that a build is still at it when something happens to it after its first event."""
    for n in range(150):
        (source / "nl-NL" / f"more-{n}.md").write_text(f"# More {n}\n\nText number {n}.\n", encoding="utf-8")


def builds() -> list[psutil.Process]:
    """Processes below this one that build for a service."""
    return [p for p in psutil.Process().children(recursive=True) if "api.buildprocess" in p.cmdline()]


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 400
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


# --- the process of a build


@pytest.mark.suite
def test_a_build_process_knows_no_key_and_tells_a_busy_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_ADMIN_TOKEN", TOKEN)
    source = write_locale(tmp_path / "articles", "nl-NL", DUTCH)
    job = Job((source,), tmp_path / "home", read_settings().cache)
    with writer_lock(job.home):
        process = BuildProcess(job)
        assert "KB_ADMIN_TOKEN" not in psutil.Process(process.pid).environ()
        *_, last = process.events()
    assert last["event"] == "error" and last["busy"] is True and f"process {os.getpid()}" in last["message"]
    with pytest.raises(WriterBusy), writer_lock(job.home):
        Reindexing(job, TOKEN).start()
    assert Job.from_json(job.to_json()) == job
    assert ROOT.is_dir()
