"""`kb serve` as a process: how it starts, stops and fails, and how it takes up another index."""

import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.server import address, bind
from kb.errors import InputError

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_port_of_zero_takes_a_free_one_and_nobody_is_let_in_before_it_listens() -> None:
    with closing(bind("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
        assert address(listener) == f"http://127.0.0.1:{place[1]}"
        with pytest.raises(ConnectionRefusedError), socket.create_connection(place, timeout=5):
            pass


def test_an_ipv6_address_is_written_as_in_a_url() -> None:
    try:
        listener = bind("::1", 0)
    except InputError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with closing(listener):
        assert re.fullmatch(r"http://\[::1\]:\d+", address(listener))


def test_a_busy_port_and_an_unknown_host_say_what_to_do() -> None:
    with closing(bind("127.0.0.1", 0)) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"port {port} of 127\.0\.0\.1 is taken .* --port"):
            bind("127.0.0.1", port)
    with pytest.raises(InputError, match=r"can't listen on no\.such\.host\.invalid"):
        bind("no.such.host.invalid", 0)


@pytest.mark.suite
def test_without_an_index_it_says_what_to_run(kb: Any) -> None:
    done = kb("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "kb index" in done.stderr


@pytest.mark.suite
def test_a_busy_port_fails_with_status_1(sample: Any) -> None:
    with closing(bind("127.0.0.1", 0)) as taken:
        taken.listen()
        done = sample("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "is taken by another program" in done.stderr


@pytest.mark.suite
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process can catch")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_that_was_asked_for_ends_well(sample: Any, start_service: Any, number: signal.Signals) -> None:
    with start_service(sample) as (process, url):
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(httpx2.post, f"{url}/ask", json={"question": "VPN 809"}, timeout=60)
            time.sleep(0.2)  # until a busy service has taken the request
            process.send_signal(number)
            with suppress(httpx2.ConnectError):  # it came after the stop
                assert asked.result().status_code == 200  # it was under way
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err


@pytest.mark.suite
def test_a_new_generation_is_served_without_a_restart(
    sample: Any, start_service: Any, tmp_path: Path
) -> None:
    own = type(sample)(tmp_path / "home")
    articles = ROOT / "data" / "articles"
    assert own("index", str(articles / "nl-NL")).returncode == 0
    with start_service(own) as (_process, url), httpx2.Client(base_url=url, timeout=60) as client:
        first = client.get("/health").json()
        assert "de-DE" not in first["collections"]["default"]["locales"]
        failed = own("index", str(tmp_path / "nothing"))
        assert failed.returncode == 1
        assert client.get("/health").json()["generation"] == first["generation"]
        assert own("index", str(articles / "de-DE")).returncode == 0
        until = time.monotonic() + 60
        while (now := client.get("/health").json())["generation"] == first["generation"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert set(now["collections"]["default"]["locales"]) >= {"de-DE", "nl-NL"}
        hit = client.get("/search", params={"q": "VPN 809", "locale": "de"}).json()["hits"][0]
        assert hit["locale"] == "de-DE"


@pytest.mark.suite
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C goes to a whole console there")
def test_an_interrupted_run_leaves_the_previous_index(sample: Any) -> None:
    before = sample("info", "--json").stdout
    process = sample.start("index", str(ROOT / "data" / "articles"))
    assert process.stderr is not None
    assert process.stderr.readline()  # it has begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "the previous index is untouched" in err
    assert sample("info", "--json").stdout == before


@pytest.mark.suite
@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_everything_works_with_the_network_taken_away(sample: Any, tmp_path: Path) -> None:
    inside = ["unshare", "-n", "--map-root-user", "sh", "-c"]
    up = "ip link set lo up && exec"
    if subprocess.run([*inside, f"{up} true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to make a network namespace, and the program ip")
    own = type(sample)(tmp_path / "home")
    own.wrap = [*inside, f'{up} "$@"', "sh"]
    assert own("index", str(ROOT / "data" / "articles" / "nl-NL")).returncode == 0
    answer = own("ask", "VPN 809", "--json")
    assert '"outcome": "answered"' in answer.stdout
