"""The portal's documents and files: addresses, caching, what they name."""

import re
from xml.etree import ElementTree

import httpx2
import pytest

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def links(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]*)"', page.replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("path", "root"), [("/", ""), ("/a/coffee/descale", "../../"), ("/a/coffee%2Fdescale?locale=nl", "../")]
)
def test_a_page_names_everything_relative_to_the_root(client: httpx2.Client, path: str, root: str) -> None:
    response = client.get(path)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert f'data-root="{root}"' in response.text
    found = links(response.text)
    assert len(found) >= 5
    for link in found:
        assert link.startswith(root) and not re.match(r"[a-z]+:|/", link)
        assert client.get(httpx2.URL(str(response.url)).join(link)).status_code == 200
    assert (
        "<script>" not in response.text
        and "style=" not in response.text
        and " on" not in response.text.lower()
    )


def test_an_articles_page_has_its_title_and_language(client: httpx2.Client) -> None:
    page = client.get("/a/coffee/descale", params={"locale": "nl"}).text
    assert "<title>Ontkalk het koffieapparaat – Support</title>" in page
    assert '<html lang="nl-NL" dir="ltr"' in page


@pytest.mark.parametrize("path", ["/a/tea/descale", "/a/%3Cscript%3E", "/a/coffee/descale?collection=none"])
def test_the_page_of_an_article_that_is_not_there_says_so_by_its_status(
    client: httpx2.Client, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<kb-portal>" in response.text


@pytest.mark.parametrize("locale", ["%3Cscript%3E", "x", "nl%00", "👍", "tlh"])
def test_a_locale_that_is_none_shows_the_source(client: httpx2.Client, locale: str) -> None:
    assert "<title>Descale the coffee machine" in client.get(f"/a/coffee/descale?locale={locale}").text


def test_the_interface_keeps_its_routes(client: httpx2.Client) -> None:
    assert client.get("/articles/coffee/descale").json()["path"] == "coffee/descale"
    assert client.get("/search?q=coffee").headers["content-type"] == "application/json"


def test_a_file_with_its_hash_is_kept_for_ever(client: httpx2.Client) -> None:
    address = next(link for link in links(client.get("/").text) if ".js?v=" in link)
    response = client.get(f"/{address}")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/static/portal/portal.css", "/static/portal/portal.css?v=old", "/"])
def test_what_has_no_hash_is_asked_for_each_time_and_sent_once(client: httpx2.Client, path: str) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert again.status_code == 304 and again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [("gzip, br", True), ("gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)],
)
def test_a_file_is_compressed_for_whom_takes_it(client: httpx2.Client, accepts: str, packed: bool) -> None:
    response = client.get("/static/portal/portal.js", headers={"Accept-Encoding": accepts})
    assert response.headers.get("content-encoding") == ("gzip" if packed else None)
    assert "Accept-Encoding" in response.headers["vary"]
    assert (
        response.text == client.get("/static/portal/portal.js", headers={"Accept-Encoding": "identity"}).text
    )


@pytest.mark.parametrize(
    "path", ["/static/", "/static/docs/docs.html", "/static/..%2f..%2fapp.py", "/static/portal"]
)
def test_nothing_else_is_a_file(client: httpx2.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_each_locale_has_a_description_as_a_search_engine(client: httpx2.Client) -> None:
    page = client.get("/").text
    engines = re.findall(
        r'<link rel="search" type="(\S+)" href="([^"]+)" title="([^"]+)" hreflang="(\S+)">', page
    )
    assert [engine[3] for engine in engines] == ["en-US", "nl-NL"]
    for media_type, address, title, locale in engines:
        assert media_type == "application/opensearchdescription+xml"
        response = client.get(f"/{address}")
        assert response.headers["content-type"] == media_type
        document = ElementTree.fromstring(response.content)
        assert document.tag == f"{OPENSEARCH}OpenSearchDescription"
        short = document.findtext(f"{OPENSEARCH}ShortName")
        assert short and len(short) <= 16 and title == f"{short} {locale}"
        assert document.findtext(f"{OPENSEARCH}Language") == locale
        assert document.findtext(f"{OPENSEARCH}Description")
        for url in document.iter(f"{OPENSEARCH}Url"):
            template = url.attrib["template"].replace("{searchTerms}", "coffee").replace("{count?}", "3")
            assert template.startswith(str(client.base_url))
            found = client.get(template)
            assert found.status_code == 200
            media = url.attrib["type"].removeprefix("application/x-suggestions+").removeprefix("application/")
            assert media.removeprefix("text/") in found.headers["content-type"]


def test_a_description_names_the_host_that_was_asked_and_stays_well_formed(client: httpx2.Client) -> None:
    response = client.get("/opensearch.xml?locale=nl", headers={"Host": 'kb.example.com"><x>&'})
    ElementTree.fromstring(response.content)


def test_a_locale_that_is_not_installed_has_none(client: httpx2.Client) -> None:
    assert client.get("/opensearch.xml?locale=ja").status_code == 404
    assert client.get("/opensearch.xml?locale=nonsense!").status_code == 422


def test_a_browsers_address_bar_gets_completions(client: httpx2.Client) -> None:
    assert client.get("/opensearch-suggest?q=coffee").json() == [
        "coffee",
        ["Descale the coffee machine", "The coffee machine gives no milk"],
    ]
