"""Settings come from options, then from KB_… variables; unknown ones are refused."""

from pathlib import Path

import pytest

from api.settings import SettingsError, read_settings, refuse_unknown


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KB_HOME", "KB_CACHE", "KB_MODEL", "KB_HOST", "KB_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_by_default_the_service_listens_on_loopback_alone() -> None:
    assert read_settings().host == "127.0.0.1"


def test_an_option_comes_before_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "variable"))
    assert read_settings(home=None).home == tmp_path / "variable"
    assert read_settings(home=tmp_path / "option").home == tmp_path / "option"


def test_folders_become_absolute_and_know_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOME", "~/knowledge")
    assert read_settings().home == Path.home() / "knowledge"
    assert read_settings(cache=Path("here")).cache == Path.cwd() / "here"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PORT", "")
    assert read_settings().port == read_settings(port=None).port


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["KB_HOEM"], "did you mean KB_HOME?"),
        (["PATH", "KB_SOMETHING_ELSE"], "the settings are KB_CACHE, KB_CONVERSATION_EXPIRE_S"),
        (["kb_hots"], "unknown setting kb_hots"),
    ],
)
def test_an_unknown_variable_is_refused(names: list[str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        refuse_unknown(names)
    assert says in str(refused.value)


def test_other_programs_variables_are_none_of_its_business() -> None:
    refuse_unknown(["PATH", "KBD", "OKB_HOME", "KB_HOME", "KB_LONG_FRACTION"])


def test_a_value_that_does_not_fit_names_the_variable_or_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"--port is 70000: .*65535"):
        read_settings(port=70_000)
    monkeypatch.setenv("KB_PORT", "http")
    with pytest.raises(SettingsError, match=r"KB_PORT is 'http'"):
        read_settings()
