"""Addresses are compared in one spelling, and found wherever they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.erasure.addresses import addresses_in, normalised, without_addresses


@pytest.mark.parametrize(
    "spelling",
    [
        "jane.doe@example.com",
        " Jane.Doe@EXAMPLE.com\n",
        "ｊane.doe@example.com",  # noqa: RUF001  (a full-width letter)
    ],
)
def test_spellings_of_one_address_are_one(spelling: str) -> None:
    """Neither case, blanks nor the form of a character make another person."""
    assert normalised(spelling) == "jane.doe@example.com"


def test_a_domain_is_one_in_either_alphabet() -> None:
    """DNS has one spelling of a domain, people have two; an accent may be a character of its own."""
    assert normalised("a@bücher.example") == normalised("A@BU\u0308CHER.example") == "a@xn--bcher-kva.example"


@pytest.mark.parametrize("domain", ["", ".", "..", "a" * 70, "-", "xn--", "\udcff"])
def test_a_bad_domain_stays_as_it_is(domain: str) -> None:
    """An address that nobody can have is compared as it is."""
    assert normalised(f"A@{domain}") == f"a@{domain}"


@pytest.mark.parametrize(
    "text",
    [
        '{"email": "Jane@example.com"}',
        "<jane@example.com>, 550 no such user",
        "https://example.com/?email=jane%40example.com&utm=1",
        "mailto:jane@example.com.",
        "%2Cjane@example.com",
        "to=%3cjane@example.com%3E",
        "https://example.com/?next=https%3A%2F%2Fshop.example%2F%3Femail%3Djane%40example.com",
        "https://example.com/?next=%252Cjane@example.com",
        '{"raw": "{\\"email\\":\\"jane@example.com\\"}"}',
    ],
)
def test_an_address_is_found_in_a_text(text: str) -> None:
    """It may be in JSON, in a bounce, in a link or at the end of a sentence."""
    assert "jane@example.com" in set(addresses_in(text))


def test_only_erased_addresses_are_replaced() -> None:
    """The rest of a sentence stays, with everybody else in it."""
    text = without_addresses("no list of Jane@example.com, ask joe@example.com.", {"jane@example.com"}.__contains__)

    assert text == "no list of [erased], ask joe@example.com."


@pytest.mark.parametrize("before", ["%2C", "%3c", "email%3D", "%252C", "joe@example.com%2C", "a%20b%22"])
@pytest.mark.parametrize("after", ["", "%3E", "%26x"])
def test_an_address_is_replaced_behind_what_a_url_encodes(before: str, after: str) -> None:
    """It is no part of the address, and stays."""
    text = without_addresses(f"{before}jane@example.com{after}", {"jane@example.com"}.__contains__)

    assert text == f"{before}[erased]{after}"


@pytest.mark.parametrize("part", ["a", "%41", "%25"])
def test_a_long_text_without_an_address_is_gone_through_once(part: str) -> None:
    """A token in a link may be of any length: tried from each character, this one takes hours."""
    assert not list(addresses_in(part * 200_000))


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    """Whatever an account sends, a spelling is one for good."""
    assert all(normalised(each) == each for each in map(normalised, addresses_in(text)))
    assert without_addresses(text, lambda _: False) == text
