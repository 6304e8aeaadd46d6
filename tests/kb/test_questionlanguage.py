"""The language of a question whose letters tell little: the words of the installed locales' articles decide."""

from collections.abc import Iterator

import pytest
from smallkb import workshop

from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase

SENTENCES = {
    "en-US": "How to move a message to another folder, and what to do if the mail does not arrive ({}).",
    "fr-FR": "Comment déplacer un message vers un autre dossier, et que faire si le mail n'arrive pas ({}).",
    "pt-BR": "Como mover uma mensagem para outra pasta, e o que fazer se o email não chegar ({}).",
}
# a few articles of every language have the words as names
NAMES = "Email nao Outlook pasta, deplacer dossier mail."


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("languages"), patch)
        for locale, sentence in SENTENCES.items():
            folder = made.root / locale
            folder.mkdir(parents=True)
            for n in range(250):
                text = f"# {sentence.format(n)}\n\n{NAMES if n < 4 else ''}\n"
                (folder / f"{n}.md").write_text(text, encoding="utf-8")
        made.index(*(made.root / locale for locale in SENTENCES))
        kb = made.open()
        yield kb
        kb.close()


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("email nao outlook pasta", "pt"),
        ("deplacer mail outlook dossier", "fr"),
        ("move mail outlook folder", "en"),
        ("email outlook", "en"),
    ],
)
def test_a_question_without_accents_is_in_the_language_that_has_its_words(
    kb: KnowledgeBase, query: str, language: str
) -> None:
    assert kb.search(SearchRequest(query)).detected_lang == language


def test_what_is_given_and_what_the_script_tells_is_certain(kb: KnowledgeBase) -> None:
    assert kb.search(SearchRequest("comment deplacer un mail", lang="en")).detected_lang == "en"
    assert kb.search(SearchRequest("ย้าย mail message folder to another folder ไปยัง")).detected_lang == "th"


def test_a_language_that_is_not_installed_is_left_as_it_looks(kb: KnowledgeBase) -> None:
    found = kb.search(SearchRequest("jak przenieść wiadomość do innego folderu i co zrobić"))
    assert found.detected_lang == "pl"
