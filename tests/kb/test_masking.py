"""Personal data in questions and comments, masked before anything is kept."""

import ipaddress
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.masking import mask

around = st.text(st.sampled_from("abc éд漢,.!? \n"), max_size=12)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail jan.de-vries+x@contoso.co.uk now", "mail <email> now"),
        ("Müller@bücher.de", "<email>"),
        ("call +31 6 12345678 or 020-1234567 or (555) 123-4567", "call <phone> or <phone> or <phone>"),
        ("bel 06 12 34 56 78", "bel <phone>"),
        ("id {0f8fad5b-d9cb-469f-a165-70867728950e}!", "id <guid>!"),
        ("from 10.0.0.1:8080 and fe80::1ff:fe23:4567:890a", "from <ip> and <ip>"),
        ("user Jan de Vries can't sign in", "user <user> can't sign in"),
        ("gebruiker: piet", "gebruiker: <user>"),
        ("пользователь Иван Петров не входит", "пользователь <user> не входит"),
        ("用户 zhang.san 无法登录", "用户 <user> 无法登录"),
        ("CONTOSO\\jdoe has no access", "<user> has no access"),
        (r"C:\Users\jan\AppData and /home/jan/x", r"C:\Users\<user>\AppData and /home/<user>/x"),
        ("number 123456789", "number <number>"),
        ("٠١٢٣٤٥٦٧٨٩", "<number>"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "error 0x80072EE7, 30015-25, 30125-1011 and 5.7.57",
        "KB5001330, version 16.0.14326.20404 of 2021-03-31 10:22",
        "the user can't sign in; user accounts are locked; User Account Control",
        "Get-MgUser | select [Type]::Name in HKLM\\Software\\Microsoft",
        "the 3 steps for 250 users on Windows 10 or 11",
    ],
)
def test_what_a_question_is_about_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=300))
def test_masking_again_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(around, st.emails(), around)
def test_no_address_with_an_at_sign_is_left(before: str, address: str, after: str) -> None:
    assert address not in mask(f"{before} {address} {after}")


@given(around, st.uuids(), around)
def test_no_guid_is_left(before: str, number: uuid.UUID, after: str) -> None:
    assert str(number) not in mask(f"{before} {number} {after}")


@given(around, st.ip_addresses(), around)
def test_no_ip_address_is_left(
    before: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, after: str
) -> None:
    masked = mask(f"{before} {address} {after}")
    assert "<ip>" in masked or str(address) in ("::",)


@given(around, st.integers(10**7, 10**15), around)
def test_no_long_run_of_digits_is_left(before: str, number: int, after: str) -> None:
    assert str(number) not in mask(f"{before} {number} {after}")
