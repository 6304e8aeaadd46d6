"""A text without personal data, for what is kept on disk: feedback and the query log.

Masked, in this order, each by a word in angle brackets:

    <email>   e-mail addresses, sign-in names of that form among them
    <guid>    GUIDs, with or without braces
    <ip>      IPv4 and IPv6 addresses, with their prefix length or port
    <user>    the name in a path below Users or home, the account in DOMAIN\\account, and the name after a word for
              "user" in the languages below: quoted, after a colon or "=", with a capital, or like a sign-in name
    <phone>   telephone numbers: from +, 00 or 0 on, or three and more groups of nine digits and more together
    <number>  eight digits and more in a row, of any script

What stays: error codes of any base (0x80072EE7, 30015-25, 5.7.57), KB numbers, versions, product names. A person's name
anywhere else stays too: no pattern knows one.
"""

from __future__ import annotations

import regex

_GROUP = r"[ \u00A0.\-/]{0,2}"
_EMAIL = regex.compile(
    r"[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~\-]{1,64}+@(?:[\p{L}\p{N}\-]{1,63}+\.)*+[\p{L}\p{N}\-]{1,63}+",
    regex.VERSION1,
)
_GUID = regex.compile(
    r"\{?(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Fa-f])\}?"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = regex.compile(rf"(?<![\p{{N}}.]){_OCTET}(?:\.{_OCTET}){{3}}(?![.]?\p{{N}})(?:[/:][0-9]{{1,5}})?")
# eight groups, or fewer around one "::"; "::" alone between words is a PowerShell operator and stays
_IPV6 = regex.compile(
    r"(?<![\w:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}"
    r"|(?:[0-9A-Fa-f]{1,4}:){2,7}:|::(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})(?![\w:])(?:%\w+)?(?:/[0-9]{1,3})?"
)
_FOLDER = regex.compile(r"(?i)((?:\b[a-z]:|\\)\\users\\|(?<![\w/])/(?:home|users)/)[^\\/\s\"'<>|]+")
_ACCOUNT = regex.compile(
    r"(?<![\p{L}\p{N}\\:<>])(?!HK(?:LM|CU|CR|U|CC|EY)\b)[\p{Lu}][\p{L}\p{N}\-]{0,14}\\[\p{L}\p{N}._\-]+(?![\\\p{L}\p{N}])"
)
_USER_WORDS = (
    "user|username|user name|login|account name|gebruiker|gebruikersnaam|collega|benutzer|benutzername|kollege|usuario"
    "|usuaria|utilisateur|utilisatrice|usuário|usuária|utente|użytkownik|uživatel|användare|bruger|bruker|käyttäjä"
    "|felhasználó|utilizator|пользователь|пользователя|користувач|корисник|korisnik|χρήστης|kullanıcı|المستخدم|משתמש"
)
# what Microsoft calls things of a user's
_NO_NAME = (
    r"(?!(?:Account|Agent|Experience|Groups?|ID|Interface|Management|Mode|Principal|Profile|Settings)\b)"
)
_NAME = (
    _NO_NAME + r"\p{Lu}[\p{L}'’\-]+(?: (?:(?:van|de|der|den|von|da|di|el|al) ){0,2}\p{Lu}[\p{L}'’\-]+){0,2}"
)
_SIGN_IN = r"[\p{L}\p{N}]+(?:[._][\p{L}\p{N}]+)+|(?=\p{L}*\p{N})(?=\p{N}*\p{L})[\p{L}\p{N}]{3,}"
_USER = regex.compile(
    rf"(?i:\b(?:{_USER_WORDS}))\b(?P<between>\s*[:=]\s*|\s+)"
    rf"(?P<name>\"[^\"\n]{{1,80}}\"|'[^'\n]{{1,80}}'|«[^»\n]{{1,80}}»|„[^“”\n]{{1,80}}[“”]|“[^”\n]{{1,80}}”"
    rf"|{_SIGN_IN}|{_NAME})"
)
_ASSIGNED = regex.compile(rf"(?i:\b(?:{_USER_WORDS}))\b\s*[:=]\s*(?P<name>[^\s<>,;]+)")
_USER_CJK = regex.compile(
    r"(?:用户名?|使用者|ユーザー名?|사용자)\s*[:：=]?\s*(?P<name>[「『“\"][^」』”\"\n]{1,80}[」』”\"]|[A-Za-z][\w.\-]+)"
)
_PHONE = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}.,\-])(?:(?:\+|00)[1-9](?:{_GROUP}\(?\p{{N}}\)?){{6,14}}"
    rf"|\(?0[1-9](?:{_GROUP}\(?\p{{N}}\)?){{6,12}}"
    r"|(?!\p{N}{4}-\p{N}{2}-\p{N}{2}(?!\p{N}))"
    r"\(?\p{N}{2,4}\)?(?:[ \-]\(?\p{N}{2,5}\)?){2,4})(?![\p{L}\p{N}]|[.,\-]\p{N})"
)
_DIGITS = regex.compile(
    r"(?<![\p{L}\p{N}])\p{Nd}{8,}(?![\p{L}\p{N}])|(?<=\p{L})(?<!\b0[xX][0-9A-Fa-f]*)\p{Nd}{8,}"
)
_MIN_PHONE_DIGITS = 9


def mask(text: str) -> str:
    """The text with personal data masked; masking it again changes nothing."""
    text = _EMAIL.sub("<email>", text)
    text = _GUID.sub("<guid>", text)
    text = _IPV6.sub("<ip>", _IPV4.sub("<ip>", text))
    text = _FOLDER.sub(r"\1<user>", text)
    text = _ACCOUNT.sub("<user>", text)
    for pattern in (_USER, _ASSIGNED, _USER_CJK):
        text = pattern.sub(_without_name, text)
    return _DIGITS.sub("<number>", _PHONE.sub(_phone, text))


def _without_name(match: regex.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("name"))
    return f"{match[0][:start]}<user>{match[0][end:]}"


def _phone(match: regex.Match[str]) -> str:
    """What looks like groups of digits is a number to call only if they are enough."""
    called = match[0].lstrip("(").startswith(("+", "0"))
    digits = sum(c.isdecimal() for c in match[0])
    return "<phone>" if called or digits >= _MIN_PHONE_DIGITS else match[0]
