"""The commands over the articles in `data/`: their JSON is their route's body, and all they print."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.schemas import ArticleBody, Health

pytestmark = pytest.mark.suite
ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "De VPN geeft fout 809"
VPN = "vpn/error-809"


def without_time(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "took_ms"}


def test_search_prints_what_the_route_sends(sample: Any, service: httpx2.Client) -> None:
    printed = sample("search", QUESTION, "--locale", "nl", "--top-k", "3", "--json")
    assert (printed.returncode, printed.stderr) == (0, "")
    sent = service.get("/search", params={"q": QUESTION, "locale": "nl", "top_k": 3}).json()
    assert without_time(json.loads(printed.stdout)) == without_time(sent)
    assert len(sent["hits"]) == 3
    assert (sent["hits"][0]["article"], sent["hits"][0]["locale"]) == (VPN, "nl-NL")


def test_ask_prints_what_the_route_sends(sample: Any, service: httpx2.Client) -> None:
    printed = sample("ask", QUESTION, "--locale", "nl-NL", "--json")
    assert (printed.returncode, printed.stderr) == (0, "")
    sent = service.post("/ask", json={"question": QUESTION, "locale": "nl-NL"}).json()
    assert without_time(json.loads(printed.stdout)) == without_time(sent)
    cited = {citation["n"]: citation for citation in sent["citations"]}
    assert sent["outcome"] == "answered"
    assert all(cited[step["citation"]]["article"] == VPN for step in sent["steps"])
    assert any(step["number"] == "1" and step["source_text"] for step in sent["steps"])


def test_info_prints_what_health_sends(sample: Any, service: httpx2.Client) -> None:
    printed = json.loads(sample("info", "--json").stdout)
    assert printed == service.get("/health").json()
    Health.model_validate(printed)
    assert "generation" in sample("info").stdout


def test_the_articles_route_sends_what_parse_prints(sample: Any, service: httpx2.Client) -> None:
    file = ROOT / "data" / "articles" / "ja-JP" / f"{VPN}.md"
    parsed = json.loads(sample("parse", str(file), "--json").stdout)
    sent = service.get(f"/articles/{VPN}", params={"locale": "ja-JP"}).json()
    assert {name: sent[name] for name in parsed} == parsed
    ArticleBody.model_validate(sent)


def test_people_read_steps_citations_and_no_escapes_in_a_pipe(sample: Any) -> None:
    shown = sample("ask", QUESTION, "--locale", "nl").stdout
    assert "\n1. " in shown
    assert f"{VPN}@nl-NL, line" in shown
    assert "\x1b" not in shown + sample("search", QUESTION).stdout


def test_index_reports_in_json_alone_and_tells_its_progress_in_lines(sample: Any, tmp_path: Path) -> None:
    own = type(sample)(tmp_path / "home")
    folder = ROOT / "data" / "articles" / "fr-FR"
    done = own("index", str(folder), "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["files"] == report["indexed"] + report["excluded"] + len(report["skipped"])
    assert report["files"] == len(list(folder.rglob("*.md")))
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) >= 4


@pytest.mark.skipif(sys.platform != "linux", reason="makes a small disk in a namespace of Linux's")
def test_a_full_disk_is_told_and_leaves_the_home_as_it_was(sample: Any, tmp_path: Path) -> None:
    inside = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=600k none '{tmp_path}'"
    if subprocess.run([*inside, mount], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to make a mount namespace")
    own = type(sample)(tmp_path / "home")
    own.wrap = [*inside, f'{mount} && "$@"; status=$?; ls "$KB_HOME"; exit $status', "sh"]
    done = own("index", str(ROOT / "data" / "articles"))
    assert (done.returncode, done.stdout) == (1, "writer.lock\n")
    assert str(tmp_path / "home") in done.stderr
    assert "the previous index is untouched" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the modes of folders say nothing there")
def test_a_home_that_can_not_be_written_is_named(sample: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    file.chmod(stat.S_IRUSR)
    done = type(sample)(file / "home")("index", str(ROOT / "data" / "articles" / "fr-FR"))
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_deepening_prints_the_views_made_and_makes_none_twice(sample: Any, tmp_path: Path) -> None:
    own = type(sample)(tmp_path / "home")
    folder = ROOT / "data" / "articles" / "fr-FR" / "vpn"
    indexed = own("index", str(folder), "--locale", "fr-FR", "--deepen", "--wait", "--json")
    assert (indexed.returncode, json.loads(indexed.stdout)["indexed"]) == (0, len(list(folder.rglob("*.md"))))
    assert "published: default/fr-FR\n" in indexed.stderr
    assert not (tmp_path / "home" / "deepen.log").exists()
    asked = json.loads(own("search", "erreur du VPN", "--lang", "fr", "--json").stdout)
    assert asked["views"] == ["fr-FR", "source"]
    again = own("deepen", "--json")
    assert (again.returncode, json.loads(again.stdout)) == (0, {"views": []})
    assert own("deepen").stdout == "every view was there already\n"
    # nothing has changed, so that nothing is to be made again
    assert own("index", str(folder), "--locale", "fr-FR").returncode == 0
    assert own("deepen").stdout == "every view was there already\n"
