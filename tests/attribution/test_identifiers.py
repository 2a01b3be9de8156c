"""Addresses in a file: one person is one address, however a spreadsheet shows it."""

import pytest

from sendtrail.attribution.csv_file.identifiers import email_address
from sendtrail.attribution.csv_file.problems import BadCell


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        ("Ann@Shop.example", "ann@shop.example"),
        ("mailto:Ann@shop.example", "ann@shop.example"),
        ("MAILTO: ann@shop.example", "ann@shop.example"),
        ("mailto:ann@shop.example?subject=Your order", "ann@shop.example"),
        ("mailto:ann%2Bnews@shop.example%20", "ann+news@shop.example"),
        ("ann%2bnews@shop.example", "ann%2bnews@shop.example"),
        ("o'neil+news@shop.example", "o'neil+news@shop.example"),
    ],
)
def test_an_address_is_read(text: str, address: str) -> None:
    """Also from the link that a spreadsheet made of it: who has it as a contact must be found."""
    assert email_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["ann", "mailto:", "mailto:ann", "smtp:ann@shop.example", "Ann <ann@shop.example>", "a@b.example,c@d.example"],
)
def test_what_is_more_or_less_than_an_address_is_refused(text: str) -> None:
    """With what to write."""
    with pytest.raises(BadCell, match="write nothing but the address"):
        email_address(text)
