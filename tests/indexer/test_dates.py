import pytest

from indexer.dates import article_date


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("07/04/2021", "2021-07-04"),
        ("7/4/2021", "2021-07-04"),
        ("12/9/2020", "2020-12-09"),
        ("31/12/2020", "2020-12-31"),
        ("9/5/17", "2017-09-05"),
        ("03-15-2021", "2021-03-15"),
        ("15.03.2021", "2021-03-15"),
        ("2021-03-15", "2021-03-15"),
        ("2021/3/5", "2021-03-05"),
        ("2021-03-15T10:20:30+00:00", "2021-03-15"),
        (" 2021-03-15 ", "2021-03-15"),
        ("March 15, 2021", "2021-03-15"),
        ("15 Mar 2021", "2021-03-15"),
        ("Sept. 1st, 2019", "2019-09-01"),
    ],
)
def test_spellings(written: str, date: str) -> None:
    assert article_date({"ms.date": written}) == date


@pytest.mark.parametrize(
    "written", ["", "soon", "13/13/2021", "2021-02-30", "12/2021", "5 Mrz 2021", "00/00/0000"]
)
def test_what_is_no_date(written: str) -> None:
    assert article_date({"ms.date": written}) is None


def test_the_authors_date_comes_before_that_of_the_translation() -> None:
    metadata = {"ms.lasthandoff": "07/13/2021", "ms.date": "04/21/2020", "title": "x"}
    assert article_date(metadata) == "2020-04-21"
    assert article_date({**metadata, "ms.date": ""}) == "2021-07-13"
    assert article_date({"date": "2020-01-01", "lastmod": "2022-02-02T00:00:00"}) == "2022-02-02"


def test_values_of_other_types_are_no_dates() -> None:
    assert article_date({"ms.date": 20210304, "date": None, "lastmod": ["2020-01-01"]}) is None
    assert article_date({}) is None
