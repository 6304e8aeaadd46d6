"""Which step of a procedure a question speaks of, in the languages of its readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.stepwords import step_reference


@pytest.mark.parametrize(
    ("question", "number"),
    [
        *[
            (q, "3")
            for q in ("step 3?", "and step 3?", "3rd step", "the third step", "Step #3", "3?", "and 3?")
        ],
        *[(q, "3") for q in ("en stap 3?", "de derde stap", "Schritt 3?", "3. Schritt", "dritter Schritt")],
        *[(q, "3") for q in ("paso 3", "el tercer paso", "étape 3 ?", "la troisième étape", "passo 3")],
        *[(q, "3") for q in ("шаг 3", "третий шаг", "3. adım", "üçüncü adım", "korak 3", "treći korak")],
        *[(q, "3") for q in ("第三步", "第3步", "步骤3", "手順 3", "3番目の手順", "3단계", "세 번째 단계")],
        *[(q, "3") for q in ("ขั้นตอนที่ 3", "ขั้นตอนที่สาม", "الخطوة ٣", "الخطوة الثالثة", "krok 3", "3. lépés")],
        ("stap 2b", "2.b"),
        ("step 12", "12"),
    ],
)
def test_a_step_is_named(question: str, number: str) -> None:
    found = step_reference(question)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "question",
    [
        *(
            "error 809",
            "Windows 10",
            "step by step",
            "two-step verification",
            "step 3.5",
            "E3 licence",
            "in stappen",
        ),
        *("point de vente 3", "第一", "stepping 3", "", "?!", "100"),
    ],
)
def test_no_step_is_named(question: str) -> None:
    assert step_reference(question) is None


def test_words_besides_the_step_are_counted() -> None:
    assert [
        step_reference(q).other_words
        for q in ("step 3", "what does step 3 mean")  # type: ignore[union-attr]
    ] == [0, 3]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = step_reference(text)
    assert found is None or 1 <= len(found.number.split(".")[0]) <= 2
