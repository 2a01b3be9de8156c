"""What an account says when it refuses a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.http.account_words import MAX_CHARACTERS, Mask, error_message

SHAPES = {
    b'{"message":"No Result found"}': "No Result found",
    b'{"errors":[{"title":"Invalid","detail":"id","code":"x"}]}': "Invalid: id",
    b'{"errors":[{"title":"Invalid","detail":"","code":"x"}]}': "Invalid",
    b'{"errors":["a","b"]}': "a; b",
    b'{"message":"No Result found"}{"errors":[{"title":"Not Found"}]}': "No Result found",
    b'{"errors":null,"message":null}': "",
    b'{"errors":[null,5,{}]}': "",
    b"<html>": "",
    b"[1]": "",
    b"": "",
    b"\xff\xfe": "",
    b"[" * 100_000: "",
}


@pytest.mark.parametrize("body", SHAPES, ids=lambda body: repr(body[:40]))
def test_an_error_message_has_many_shapes(body: bytes) -> None:
    """The message is found in each of them, and nothing in what has none."""
    assert error_message(body) == SHAPES[body]


@given(body=st.binary() | st.text().map(str.encode))
def test_any_body_has_a_message_or_none(body: bytes) -> None:
    """No body makes the reader fail."""
    assert isinstance(error_message(body), str)


@given(address=st.emails(domains=st.just("example.com")), before=st.text(), after=st.text())
def test_no_address_is_masked(address: str, before: str, after: str) -> None:
    """Wherever an address stands, it stays out."""
    assert "@example.com" not in Mask("key")(f"{before} {address} {after}")


def test_what_is_shown_is_short() -> None:
    """A page of text is cut."""
    assert len(Mask("key")("word " * 1_000)) == MAX_CHARACTERS
