"""Settings come from options, then from KB_… variables; unknown ones are refused."""

from pathlib import Path

import pytest

from api.settings import SettingsError, read_settings, refuse_unknown

PAGES = ("KB_CORS_ORIGINS", "KB_ARTICLE_URL", "KB_CONTACT_URL")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KB_HOME", "KB_CACHE", "KB_MODEL", "KB_HOST", "KB_PORT", *PAGES):
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
        (["PATH", "KB_SOMETHING_ELSE"], "the settings are KB_ADMIN_TOKEN, KB_ARTICLE_URL, KB_CACHE"),
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


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().cors_origins == ()
    monkeypatch.setenv("KB_CORS_ORIGINS", "https://A.example.com, http://localhost:8080 https://[::1]:3")
    assert read_settings().cors_origins == (
        "https://a.example.com",
        "http://localhost:8080",
        "https://[::1]:3",
    )
    monkeypatch.setenv("KB_CORS_ORIGINS", "*")
    assert read_settings().cors_origins == ("*",)


@pytest.mark.parametrize("origin", ["example.com", "https://example.com/", "https://*.example.com", "null"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("KB_CORS_ORIGINS", origin)
    with pytest.raises(SettingsError, match=r"KB_CORS_ORIGINS is .*expected"):
        read_settings()


def test_templates_make_the_addresses_that_people_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_ARTICLE_URL", "https://help.example.com/{language}/{path}")
    monkeypatch.setenv("KB_CONTACT_URL", "mailto:help@example.com?subject={question}")
    pages = read_settings().pages
    assert pages.url("vpn/809", "nl-NL", "default") == "https://help.example.com/nl/vpn/809"
    assert pages.contact_for("VPN?", "nl-NL") == "mailto:help@example.com?subject=VPN%3F"


@pytest.mark.parametrize(
    ("name", "template"), [("KB_ARTICLE_URL", "https://x.org/"), ("KB_CONTACT_URL", "javascript:{question}")]
)
def test_a_template_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, template: str
) -> None:
    monkeypatch.setenv(name, template)
    with pytest.raises(SettingsError, match=rf"{name} is .*expected"):
        read_settings()
