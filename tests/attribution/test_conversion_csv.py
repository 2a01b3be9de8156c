"""A CSV file of conversions: what is understood, and what is refused with its line."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.conversion_csv.fields import Defaults, read_conversion
from sendtrail.attribution.conversion_csv.file import ConversionFile, Reading, read_conversions
from sendtrail.domain.conversion import Conversion
from sendtrail.errors import SettingsError

HEADER = "conversion_id,user_id,email,converted_at,value,currency,kind\n"
BERLIN = ZoneInfo("Europe/Berlin")
ORDER = Conversion(
    conversion_id="1",
    user_id="u1",
    email="ann@example.com",
    converted_at=datetime(2025, 3, 30, 12, 5, tzinfo=UTC),
    value=Decimal("12.50"),
    currency="EUR",
    kind="purchase",
)


def read(tmp_path: Path, content: str | bytes, reading: Reading | None = None) -> ConversionFile:
    """Return what a file of this content holds."""
    file = tmp_path / "conversions.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_conversions(file, reading or Reading())


def problems(tmp_path: Path, content: str | bytes, reading: Reading | None = None) -> list[str]:
    """Return what is wrong with a file of this content, but for the sentence that says that nothing was loaded."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, content, reading)
    return [problem for problem in caught.value.problems if not problem.startswith("Nothing was loaded")]


def test_a_row_of_the_contract_is_a_conversion(tmp_path: Path) -> None:
    """Every column as it is; times in UTC, addresses in lower case."""
    found = read(tmp_path, HEADER + "1,u1,Ann@Example.com,2025-03-30T14:05:00+02:00,12.50,eur,purchase\n")

    assert found == ConversionFile(conversions=(ORDER,), ignored_columns=(), repeated=0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_shop_s_own_words_are_understood(tmp_path: Path, delimiter: str) -> None:
    """Column names, delimiters and line ends differ from shop to shop; unknown columns are listed."""
    lines = [
        "Order ID,Customer E-Mail,Created at,Colour,Total,Currency",
        "7,ann@example.com,2025-03-30 12:05Z,red,3,EUR",
    ]

    found = read(tmp_path, "\r\n".join(lines).replace(",", delimiter))

    [conversion] = found.conversions
    assert (conversion.conversion_id, conversion.email, conversion.value) == ("7", "ann@example.com", Decimal(3))
    assert (conversion.kind, found.ignored_columns) == ("conversion", ("Colour",))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    """Those with a mark are recognised, others are named."""
    reading = Reading(encoding="cp1252") if encoding == "cp1252" else Reading()

    found = read(tmp_path, (HEADER + "1,jürgen,,2025-03-30T12:05Z,,,\n").encode(encoding), reading)

    assert found.conversions[0].user_id == "jürgen"


def test_a_file_that_is_not_utf_8_says_where_and_what_to_do(tmp_path: Path) -> None:
    """Instead of a wrong letter in every name."""
    [problem] = problems(tmp_path, HEADER.encode() + b"1,j\xfcrgen,,2025-03-30T12:05Z,,,\n")

    assert problem.startswith("line 2: this is not utf-8")
    assert "--encoding cp1252" in problem


def test_every_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    """All at once, blank lines and quoted line breaks counted."""
    rows = [
        '1,"a\nb",,2025-03-30T12:05Z,1,EUR,',
        "",
        "2,u,,yesterday,1,EUR,",
        ",u,,2025-03-30T12:05Z,1,EUR,",
        "4,,,2025-03-30T12:05Z,1,EUR,",
        "5,u,no address,2025-02-30T12:05Z,1,Euro,",
        "6,u,,2025-03-30T12:05Z,1,,",
        "7,u",
    ]

    found = problems(tmp_path, HEADER + "\n".join(rows))

    assert [problem.split(":")[:2] for problem in found] == [
        ["line 5", " converted_at"],
        ["line 6", " conversion_id"],
        ["line 7", " the user is missing"],
        ["line 8", " email"],
        ["line 8", " converted_at"],
        ["line 8", " currency"],
        ["line 9", " currency"],
        ["line 10", " the row has 2 columns, the header has 7"],
    ]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ('"12,50"', "decimal comma"),
        ('"1.234,50"', "decimal comma"),
        ('"1,234.50"', "without a currency or thousands separators"),
        ("€12", "without a currency or thousands separators"),
        ("1e3", "without a currency or thousands separators"),
        ("NaN", "without a currency or thousands separators"),
        ("0.00001", "more than 14 digits before the point or 4 after it"),
        ("123456789012345", "more than 14 digits before the point or 4 after it"),
    ],
)
def test_a_value_that_could_be_misread_is_refused(tmp_path: Path, value: str, why: str) -> None:
    """Money is exact or not taken."""
    [problem] = problems(tmp_path, HEADER + f"1,u,,2025-03-30T12:05Z,{value},EUR,\n")

    assert problem.startswith("line 2: value: ")
    assert why in problem


def test_a_refund_names_its_conversion(tmp_path: Path) -> None:
    """In part, with or without a minus, or whole without a value."""
    rows = ["1,u,2025-03-30T12:05Z,12.50,", "2,u,2025-04-01T12:05Z,-2.50,1", "3,u,2025-04-02T12:05Z,,1"]

    found = read(tmp_path, "order_id,user,time,amount,Refund of\n" + "\n".join(rows), Reading(currency="EUR"))

    assert [(each.value, each.refund_of) for each in found.conversions] == [
        (Decimal("12.50"), ""),
        (Decimal("-2.50"), "1"),
        (None, "1"),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2,u,2025-04-01T12:05Z,-2.50,", "'-2.50' is below zero: name the conversion that it refunds"),
        ("2,u,2025-04-01T12:05Z,-2.50,2", "it cannot refund itself"),
    ],
)
def test_a_refund_of_nothing_is_refused(tmp_path: Path, row: str, why: str) -> None:
    """Or else a report would go on saying that an e-mail earned what was paid back."""
    [problem] = problems(tmp_path, "id,user,time,amount,refund_of\n" + row, Reading(currency="EUR"))

    assert why in problem


def test_values_below_zero_are_counted_apart_on_request(tmp_path: Path) -> None:
    """Of a shop that does not say what it refunds."""
    reading = Reading(currency="EUR", counted_apart=True)

    found = read(tmp_path, "id,user,time,amount\n2,u,2025-04-01T12:05Z,-2.50\n", reading)

    assert [(each.value, each.refund_of) for each in found.conversions] == [(Decimal("-2.50"), "")]


def test_a_time_without_a_zone_needs_one(tmp_path: Path) -> None:
    """A guess would move conversions by hours, and touches with them to the other side."""
    content = HEADER + "1,u1,ann@example.com,2025-03-30 14:05:00,12.50,EUR,purchase\n"

    [problem] = problems(tmp_path, content)

    assert "--time-zone" in problem
    assert read(tmp_path, content, Reading(time_zone=BERLIN)).conversions == (ORDER,)


def test_a_day_without_a_time_is_its_end(tmp_path: Path) -> None:
    """What was clicked on the day of the order may have earned it."""
    found = read(tmp_path, HEADER + "1,u,,2025-03-30,,,\n", Reading(time_zone=BERLIN))

    assert found.conversions[0].converted_at == datetime(2025, 3, 30, 21, 59, 59, 999_999, tzinfo=UTC)


def test_what_the_file_does_not_say_may_be_said_for_all_rows(tmp_path: Path) -> None:
    """Currency and kind; a conversion without a value has no currency."""
    content = "id,user,time,amount\n1,u,2025-03-30T12:05Z,5\n2,u,2025-03-30T12:05Z,\n"

    found = read(tmp_path, content, Reading(currency="USD", kind="sale"))

    assert [(each.currency, each.kind) for each in found.conversions] == [("USD", "sale"), ("", "sale")]


def test_a_row_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    """Two rows that say different things of one conversion are refused."""
    row = "1,u,,2025-03-30T12:05Z,5,EUR,\n"

    found = read(tmp_path, HEADER + row + row)
    [problem] = problems(tmp_path, HEADER + row + row.replace(",5,", ",6,"))

    assert (len(found.conversions), found.repeated) == (1, 1)
    assert problem == "line 3: conversion_id: '1' is already on line 2, and that row differs"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ["conversion_id", "converted_at", "user"]),
        ("email,time,value", ["conversion_id", "--currency"]),
        ("id,order_id,email,time", ["both mean conversion_id"]),
    ],
)
def test_a_header_that_does_not_do_is_explained(tmp_path: Path, header: str, expected: list[str]) -> None:
    """Every column that is missing or doubled."""
    found = problems(tmp_path, header + "\n")

    assert len(found) == len(expected)
    assert all(word in problem for word, problem in zip(expected, found, strict=True))


@given(cells=st.dictionaries(st.sampled_from(HEADER.strip().split(",")), st.text(max_size=30)))
def test_any_cells_are_a_conversion_or_a_sentence(cells: dict[str, str]) -> None:
    """Nothing else comes out of the parser."""
    found: tuple[str, ...] = ()
    try:
        conversion = read_conversion(cells, Defaults(time_zone=UTC, currency="EUR", kind="x"))
    except SettingsError as error:
        found = error.problems

    assert found or conversion.converted_at.tzinfo is UTC
