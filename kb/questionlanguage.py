"""The language of a question: as given, else as it looks, else as the installed locales' own words say."""

from __future__ import annotations

from collections.abc import Sequence

from kb.embedded import Collection
from kb.folding import without_accents
from kb.hit import SearchRequest
from kb.language import LanguageDetector
from kb.locales import language_of, normalise
from kb.localestore import LocaleStore
from kb.spelling import spelled_words

# The share of a question's words by which a locale must know more than the detected language's own.
_MORE_WORDS = 0.2
# Nats by which the words must be likelier in another installed language. The first five words of 2,651 titles in seven
# languages, without accents: French .87 told right before, .97 after, Portuguese .87 and .91, Turkish .90 and .93,
# English .984 and .982.
_LIKELIER = 8.0


def question_language(
    request: SearchRequest, detector: LanguageDetector, collections: Sequence[Collection]
) -> str:
    """The question's language: as given, else detected, the reader's locale being a prior only.

    A short question of product names, or one typed without accents, looks like English or like the wrong one of two
    related languages. It is another installed language where that one's articles know clearly more of its words, or
    have them far more often.
    """
    if request.lang:
        return language_of(normalise(request.lang))
    prior = language_of(normalise(request.locale)) if request.locale else None
    detected = detector.detect(request.query, prior)
    stores: dict[str, list[LocaleStore]] = {}
    for collection in collections:
        for locale, store in sorted(collection.locales.items()):
            stores.setdefault(language_of(locale), []).append(store)
    knowing = _that_knows_more(request.query, detected.lang, stores)
    # what the script tells is certain, however many names there are in Latin letters
    return knowing if detected.confidence == 1.0 else _that_says_so(request.query, knowing, stores)


def _that_knows_more(query: str, detected: str, stores: dict[str, list[LocaleStore]]) -> str:
    if detected not in stores:
        return detected
    known = max(store.lexical.known_share(query) for store in stores[detected])
    if known + _MORE_WORDS > 1.0:
        return detected
    shares = {
        language: max(store.lexical.known_share(query) for store in found)
        for language, found in stores.items()
        if language != detected
    }
    best = max(shares, key=lambda language: shares[language], default=detected)
    return best if shares.get(best, 0.0) >= known + _MORE_WORDS else detected


def _that_says_so(query: str, detected: str, stores: dict[str, list[LocaleStore]]) -> str:
    """Naive Bayes over the words: each as likely as the share of the language's articles that have it."""
    words = [without_accents(word) for word in spelled_words(query)]
    if detected not in stores or not words:
        return detected
    likely = {
        language: max(store.browse.speller.likelihood(words) for store in found)
        for language, found in stores.items()
    }
    best = max(likely, key=lambda language: likely[language])
    return best if likely[best] > likely[detected] + _LIKELIER else detected
