"""Amounts of money: read in one way, or refused."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.csv_file.amounts import DecimalMark, amount, is_zero, with_cents
from sendtrail.attribution.csv_file.problems import BadCell


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("", "EUR", None),
        ("0", "EUR", "0"),
        ("12.5", "EUR", "12.5"),
        ("-12.50", "EUR", "-12.50"),
        ("\u221212.50", "EUR", "-12.50"),
        ("1234.50", "EUR", "1234.50"),
        ("219.4000", "EUR", "219.4000"),
        ("1.234", "KWD", "1.234"),
        ("1200", "JPY", "1200"),
        ("99999999999999.9999", "EUR", "99999999999999.9999"),
    ],
)
def test_a_plain_number_is_an_amount(text: str, currency: str, value: str | None) -> None:
    """Exactly as it is."""
    assert amount(text, currency=currency, mark=None) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("texts", "same"),
    [
        (("5", "5.0", "5.00", "+5", "005.0000"), "5.00"),
        (("0", "-0", "0.00"), "0.00"),
        (("1200", "1200.00"), "1200.00"),
        (("12.3450", "12.345"), "12.345"),
        (("99999999999999.9999",), "99999999999999.9999"),
    ],
)
def test_equal_amounts_are_the_same_however_they_are_written(texts: tuple[str, ...], same: str) -> None:
    """So that an order whose value a later export writes otherwise has not changed."""
    assert {str(with_cents(Decimal(text))) for text in texts} == {same}


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1.234", "EUR", "three decimals, which its currency has not"),
        ("12.000", "EUR", "three decimals, which its currency has not"),
        ("-1.234", "USD", "three decimals, which its currency has not"),
        ("1.234", "JPY", "three decimals, which its currency has not"),
        ("1.234", "", "three decimals, which its currency has not"),
        ("12,50", "EUR", "a decimal comma: say --decimal comma"),
        ("1.234,50", "EUR", "a decimal comma: say --decimal comma"),
        ("1,234.50", "EUR", "with --decimal point or --decimal comma"),
        ("1,234", "EUR", "with --decimal point or --decimal comma"),
        ("€12", "EUR", "with --decimal point or --decimal comma"),
        ("12 500,00 Ft", "HUF", "a word beside the number: leave the number alone"),
        ("1e3", "EUR", "not a plain number"),
        ("free", "EUR", "not a plain number"),
        ("NaN", "EUR", "not a plain number"),
        ("١٢", "EUR", "not a plain number"),
        ("0.00001", "EUR", "more than 14 digits before the decimals or 4 of them"),
        ("123456789012345", "EUR", "more than 14 digits before the decimals or 4 of them"),
    ],
)
def test_an_amount_that_could_be_misread_is_refused(text: str, currency: str, why: str) -> None:
    """With the option that makes it clear."""
    with pytest.raises(BadCell, match=why):
        amount(text, currency=currency, mark=None)


@pytest.mark.parametrize(
    ("text", "mark", "currency", "value"),
    [
        ("1.234", "comma", "EUR", "1234"),
        ("1.234", "point", "EUR", "1.234"),
        ("12,50", "comma", "EUR", "12.50"),
        ("1.234.567,50", "comma", "EUR", "1234567.50"),
        ("1\u202f234,50 €", "comma", "EUR", "1234.50"),
        ("1 234,5", "comma", "PLN", "1234.5"),
        ("1,234.50", "point", "USD", "1234.50"),
        ("1,234", "point", "USD", "1234"),
        ("1'234.50", "point", "CHF", "1234.50"),
        ("1\u2019234.50", "point", "CHF", "1234.50"),
        ("$99.00", "point", "AUD", "99.00"),
        ("-$45.00", "point", "USD", "-45.00"),
        ("$-45.00", "point", "USD", "-45.00"),
        ("(20.00)", "point", "USD", "-20.00"),
        ("20,00-", "comma", "EUR", "-20.00"),
        ("EUR 12.50", "point", "EUR", "12.50"),
        ("12.50eur", "point", "EUR", "12.50"),
        ("12 500,00 HUF", "comma", "HUF", "12500"),
        ("৳2,999", "point", "BDT", "2999"),
        ("+5", "point", "EUR", "5"),
    ],
)
def test_the_way_of_a_country_is_read_if_it_is_named(text: str, mark: DecimalMark, currency: str, value: str) -> None:
    """Separators of thousands, and the signs of the currency."""
    assert amount(text, currency=currency, mark=mark) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "mark", "currency", "why"),
    [
        ("12,50", "point", "EUR", "separated by a point"),
        ("1.234.50", "point", "EUR", "separated by a point"),
        ("1,234.50", "comma", "EUR", "separated by a comma"),
        ("12.50", "comma", "EUR", "separated by a comma"),
        ("1,23,456.00", "point", "INR", "separated by a point"),
        ("1,234 567", "point", "EUR", "separated by a point"),
        ("--5", "point", "EUR", "separated by a point"),
        ("€", "point", "EUR", "separated by a point"),
        ("12 500,00 Ft", "comma", "HUF", "a word beside the number"),
        ("12,50 zł", "comma", "PLN", "a word beside the number"),
        ("Kč 1\u00a0234,50", "comma", "CZK", "a word beside the number"),
        ("-R$ 12.50", "point", "BRL", "a word beside the number"),
        ("(12.50 kr.)", "point", "SEK", "a word beside the number"),
        ("€12.50", "point", "USD", "not in the currency of its row"),
        ("12.50 GBP", "point", "EUR", "not in the currency of its row"),
        ("1,234.56789", "point", "EUR", "more than 14 digits"),
    ],
)
def test_what_does_not_fit_it_is_refused(text: str, mark: DecimalMark, currency: str, why: str) -> None:
    """A file with both ways was joined from two, or is another one."""
    with pytest.raises(BadCell, match=why):
        amount(text, currency=currency, mark=mark)


@given(
    text=st.text(alphabet="0123456789.,-+ ()'€$EUR\u202f", max_size=14), mark=st.sampled_from([None, "point", "comma"])
)
def test_nothing_else_comes_out(text: str, mark: DecimalMark | None) -> None:
    """An amount within bounds, with the digits of the text in their order; or a reason."""
    try:
        found = amount(text, currency="EUR", mark=mark)
    except BadCell:
        return

    assert found is None or abs(found) < Decimal(10) ** 14
    assert found is None or _digits(text) == _digits(f"{found:f}")


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text)).lstrip("0")


@given(value=st.decimals(min_value=-(10**9), max_value=10**9, places=2), mark=st.sampled_from(get_args(DecimalMark)))
def test_what_a_spreadsheet_writes_is_read_back(value: Decimal, mark: DecimalMark) -> None:
    """With thousands, in the way of either country."""
    written = f"{value:,.2f}"
    swapped = written.translate(str.maketrans(",.", ".,")) if mark == "comma" else written

    assert amount(swapped, currency="EUR", mark=mark) == value


@pytest.mark.parametrize(
    ("text", "zero"), [("", True), ("0.00", True), ("0,00 €", True), ("0.01", False), ("-1", False)]
)
def test_zero_is_known_in_any_way_of_writing(text: str, zero: bool) -> None:
    """Nothing was refunded then."""
    assert is_zero(text) is zero
