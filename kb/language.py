"""The language of a question: by its script where that tells, else by py3langid with a prior.

A short question says little about its language, so what is likely beforehand counts: first the installed
languages and English, then those that software is commonly translated into, then all others that the model
knows. Three times more or less in a weight changes the share of right answers by half a percent (98 of 100
on 448 questions in 27 languages, 96 where the language is not installed); only the reader's weight trades:
at 3, one in 100 is won where the reader's language is the question's, and one in 150 lost where it is not.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from kb.locales import language_of, normalise, script_of

UNKNOWN = "und"
MAX_TEXT = 2_000  # code points that are looked at; more does not change the answer

_INSTALLED_WEIGHT = 10.0
# Product names and error texts are English everywhere: "printer error" is no German for lack of evidence.
_ENGLISH_WEIGHT = 30.0
_COMMON_WEIGHT = 3.0
_READER_WEIGHT = 3.0
_COMMON = """
    bg bn ca cs da de el es et eu fa fi fil fr gl he hi hr hu hy id it ja ka kk ko lt lv mk ms nb nl nn pl pt
    ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi zh
"""

# Scripts that one language owns, as far as questions go; a single kana or Hangul letter decides over Han.
_OWNERS = {
    "Armenian": "hy",
    "Ethiopic": "am",
    "Georgian": "ka",
    "Greek": "el",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Han": "zh",
    "Hangul": "ko",
    "Hebrew": "he",
    "Kana": "ja",
    "Kannada": "kn",
    "Khmer": "km",
    "Lao": "lo",
    "Malayalam": "ml",
    "Myanmar": "my",
    "Oriya": "or",
    "Sinhala": "si",
    "Tamil": "ta",
    "Telugu": "te",
    "Thai": "th",
}
# Languages of the model in the scripts that several share; Latin is what is left.
_SHARED = {
    "Arabic": frozenset(["ar", "ary", "arz", "fa", "ps", "sdh", "ug", "ur"]),
    "Bengali": frozenset(["as", "bn"]),
    "Cyrillic": frozenset(["ba", "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk"]),
    "Devanagari": frozenset(["gom", "hi", "mr", "ne", "sa"]),
}
_NOT_LATIN = (
    frozenset(_OWNERS.values())
    | frozenset.union(*_SHARED.values()) - {"sr", "kk"}
    | frozenset(["dz", "grc", "hbo", "zxx"])
)
# Letters that give a language away among its neighbours, tried in this order; without any the model decides.
_LETTERS = {
    "Arabic": (("", "ێۆڕڵښځڼټېۇۈۋ"), ("ur", "ٹڈڑںےۓھہ"), ("fa", "پچژگکی")),
    "Cyrillic": (
        ("", "қғңәөүұһҗҳҷӣӯҙҫ"),
        ("be", "ў"),
        ("uk", "їєґ"),
        ("mk", "ѓќѕ"),
        ("sr", "ђћ"),
        ("ru", "ыэё"),
        ("uk", "і"),
    ),
}
_ALIASES = {
    "no": "nb",
    "tl": "fil",
    "arz": "ar",
    "ary": "ar",
    "hbo": "he",
    "uzs": "uz",
    "wuu": "zh",
    "yue": "zh",
}
_SCRIPT = regex.compile(
    "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in {
            "Kana": r"[\p{Hiragana}\p{Katakana}]",
            **{name: rf"\p{{{name}}}" for name in (*_OWNERS, *_SHARED, "Latin") if name != "Kana"},
        }.items()
    )
)
_LETTER = regex.compile(r"\p{L}")
_SCRIPT_CODES = {"Arabic": "Arab", "Cyrillic": "Cyrl", "Latin": "Latn"}
# Names of products come in Latin letters everywhere, so a fifth of another script decides; a character of
# these says as much as two letters.
_FOREIGN_LETTER = {"Han": 2, "Kana": 2, "Hangul": 2}
_FOREIGN_SHARE = 0.2
_LOADING = threading.Lock()


class Detected(NamedTuple):
    """A language subtag, "und" for a text without letters, and how sure that is, 0 to 1."""

    lang: str
    confidence: float


class LanguageDetector:
    """Detects languages with a preference for the installed ones, given as BCP 47 tags.

    A tag that names its script is preferred in that script only ("sr-Latn-RS"). The model is loaded by the
    first text that needs it, in about a second, for all detectors of the process: each generation has one of its
    own. After that a detection takes half a millisecond. Threads may share a detector.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        tags = [normalise(tag) for tag in languages]
        # the script counts where the tag spells it out
        self._installed = [
            (language_of(tag), script_of(tag) if script_of(tag) in tag else "") for tag in tags
        ]

    def detect(self, text: str, prior: str | None = None) -> Detected:
        """The most likely language; `prior`, the reader's tag say, makes its language likelier, no more."""
        text = unicodedata.normalize("NFKC", text[:MAX_TEXT])
        script = _script(text)
        if script is None:
            return Detected(UNKNOWN, 0.0)
        if script in _OWNERS:
            return Detected(_OWNERS[script], 1.0)
        folded = text.casefold()
        for language, letters in _LETTERS.get(script, ()):
            if any(letter in folded for letter in letters):
                if not language:
                    break
                return Detected(language, 1.0)
        reader = language_of(prior) if prior else None
        return _decide(_rank(text), script, _weights(self._installed, script, reader))


def _rank(text: str) -> Iterable[tuple[str, float]]:
    with _LOADING:
        model = _model()
    ranked: list[tuple[str, float]] = model.rank(text)
    return ranked


@lru_cache(1)
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _script(text: str) -> str | None:
    """The script that decides, None for a text without letters; Latin only where there is little else."""
    counts = Counter(match.lastgroup for match in _SCRIPT.finditer(text) if match.lastgroup)
    weights = {name: n * _FOREIGN_LETTER.get(name, 1) for name, n in counts.items() if name != "Latin"}
    foreign = sum(weights.values())
    if not foreign or foreign < _FOREIGN_SHARE * (foreign + counts["Latin"]):
        return "Latin" if _LETTER.search(text) else None
    name = max(sorted(weights), key=lambda script: weights[script])
    if name == "Han" and counts["Kana"]:
        return "Kana"
    return "Hangul" if name == "Han" and counts["Hangul"] else name


def _weights(installed: Iterable[tuple[str, str]], script: str, reader: str | None) -> dict[str, float]:
    """Prior weights of the languages that are likelier than any other (1.0), for a text in the script."""
    code = _SCRIPT_CODES.get(script, "")
    weights = dict.fromkeys(_COMMON.split(), _COMMON_WEIGHT)
    weights |= {language: _INSTALLED_WEIGHT for language, own in installed if own in ("", code)}
    weights["en"] = _ENGLISH_WEIGHT
    if reader:
        weights[reader] = weights.get(reader, 1.0) * _READER_WEIGHT
    return weights


def _decide(ranked: Iterable[tuple[str, float]], script: str, weights: Mapping[str, float]) -> Detected:
    """The likeliest of the languages written in the script."""
    posterior: dict[str, float] = {}
    for label, probability in ranked:
        if label in _SHARED[script] if script in _SHARED else label not in _NOT_LATIN:
            language = _ALIASES.get(label, label)
            posterior[language] = posterior.get(language, 0.0) + probability * weights.get(language, 1.0)
    total = sum(posterior.values())
    if not total:
        return Detected(UNKNOWN, 0.0)
    best = min(posterior, key=lambda language: (-posterior[language], language))
    return Detected(best, posterior[best] / total)
