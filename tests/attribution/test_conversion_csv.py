"""A CSV file of conversions: what is understood, and what is refused with its line."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.conversion_csv.fields import Defaults, read_conversion
from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.csv_file.problems import BadRow, Problem
from sendtrail.domain.conversion import Conversion
from tests.attribution.csv_files import Files

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


def test_a_row_of_the_contract_is_a_conversion(files: Files) -> None:
    """Every column as it is; times in UTC, addresses in lower case."""
    found = files.read(HEADER + "1,u1,Ann@Example.com,2025-03-30T14:05:00+02:00,12.50,eur,purchase\n")

    assert found.conversions == [ORDER]
    assert (found.ignored, found.repeated, found.left_out) == ((), 0, {})


def test_a_shop_s_own_words_are_understood(files: Files) -> None:
    """Column names differ from shop to shop; unknown columns are listed."""
    found = files.read(
        "Order ID,Customer E-Mail,Created at,Colour,Total,Currency\n7,ann@example.com,2025-03-30 12:05Z,red,3,EUR\n"
    )

    [conversion] = found.conversions
    assert (conversion.conversion_id, conversion.email, conversion.value) == ("7", "ann@example.com", Decimal(3))
    assert (conversion.kind, found.ignored) == ("conversion", ("Colour",))


def test_every_kind_of_problem_is_named_with_its_lines(files: Files) -> None:
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

    found = files.problems(HEADER + "\n".join(rows))

    assert [problem.split(":")[:2] for problem in found] == [
        ["line 5", " converted_at"],
        ["line 6", " conversion_id"],
        ["line 7", " the user is missing"],
        ["line 8", " email"],
        ["line 8", " converted_at"],
        ["line 8", " currency"],
        ["line 9", " currency"],
        ["line 10", " the row has 2 columns, the first row has 7"],
    ]


def test_a_thousand_rows_with_one_fault_are_one_sentence(files: Files) -> None:
    """The first lines, how many more there are, and an example."""
    rows = [f"{number},u,,2025-03-30T12:05Z,{number}.50 €,EUR," for number in range(1000)]

    [problem] = files.problems(HEADER + "\n".join(rows))

    assert problem.startswith("lines 2, 3, 4, 5, 6 and 995 more: value: '0.50 €' is not a plain number")


def test_bad_rows_are_skipped_on_request(files: Files) -> None:
    """The others are read, and what is wrong is said all the same."""
    rows = "1,u,,2025-03-30T12:05Z,1,EUR,\n2,u,,yesterday,1,EUR,\n"

    found = files.read(HEADER + rows, Reading(skips_bad=True))

    assert [each.conversion_id for each in found.conversions] == ["1"]
    assert [problem.split(":")[0] for problem in found.problems] == ["line 3"]


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("1.00E+05", "is what a spreadsheet made of a long number"),
        ('"1,00E+05"', "is what a spreadsheet made of a long number"),
        ("1e+17", "is what a spreadsheet made of a long number"),
        ("#REF!", "is a spreadsheet's error"),
        ("x" * 257, "is longer than 256 characters"),
    ],
)
def test_an_id_that_a_spreadsheet_has_damaged_is_refused(files: Files, identifier: str, why: str) -> None:
    """Many orders would have it, and a later export another one."""
    for row in (f"{identifier},u,,2025-03-30T12:05Z,,,", f"1,{identifier},,2025-03-30T12:05Z,,,"):
        [problem] = files.problems(HEADER + row)

        assert why in problem


@pytest.mark.parametrize("identifier", ["12E34", "1001", "#1001", "A-1.5", "1E"])
def test_other_ids_are_taken_as_they_are(files: Files, identifier: str) -> None:
    """Also those that contain an E."""
    [conversion] = files.read(HEADER + f"{identifier},u,,2025-03-30T12:05Z,,,").conversions

    assert conversion.conversion_id == identifier


def test_a_refund_names_its_conversion(files: Files) -> None:
    """In part, with or without a minus, or whole without a value; it is its conversion's user's."""
    rows = ["1,u,2025-03-30T12:05Z,12.50,", "2,u,2025-04-01T12:05Z,-2.50,1", "3,,2025-04-02T12:05Z,,1"]

    found = files.read("order_id,user,time,amount,Refund of\n" + "\n".join(rows), Reading(currency="EUR"))

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
def test_a_refund_of_nothing_is_refused(files: Files, row: str, why: str) -> None:
    """Or else a report would go on saying that an e-mail earned what was paid back."""
    [problem] = files.problems("id,user,time,amount,refund_of\n" + row, Reading(currency="EUR"))

    assert why in problem


def test_values_below_zero_are_counted_apart_on_request(files: Files) -> None:
    """Of a shop that does not say what it refunds."""
    reading = Reading(currency="EUR", counted_apart=True)

    found = files.read("id,user,time,amount\n2,u,2025-04-01T12:05Z,-2.50\n", reading)

    assert [(each.value, each.refund_of) for each in found.conversions] == [(Decimal("-2.50"), "")]


def test_what_the_file_does_not_say_may_be_said_for_all_rows(files: Files) -> None:
    """Currency and kind; a conversion without a value has no currency."""
    content = "id,user,time,amount\n1,u,2025-03-30T12:05Z,5\n2,u,2025-03-30T12:05Z,\n"

    found = files.read(content, Reading(currency="USD", kind="sale"))

    assert [(each.currency, each.kind) for each in found.conversions] == [("USD", "sale"), ("", "sale")]


def test_currencies_may_be_mixed(files: Files) -> None:
    """Each row has its own; only one without takes the one for all."""
    rows = "1,u,,2025-03-30T12:05Z,5,EUR,\n2,u,,2025-03-30T12:05Z,5,usd,\n3,u,,2025-03-30T12:05Z,5,,\n"

    found = files.read(HEADER + rows, Reading(currency="GBP"))

    assert [each.currency for each in found.conversions] == ["EUR", "USD", "GBP"]


def test_a_row_that_comes_twice_is_taken_once(files: Files) -> None:
    """Rows that say different things of one conversion are refused, or skipped: none is known to be right."""
    row = "1,u,,2025-03-30T12:05Z,5,EUR,\n"

    found = files.read(HEADER + row + row)
    differing = HEADER + row + row.replace(",5,", ",6,")
    [problem] = files.problems(differing)
    skipped = files.read(differing, Reading(skips_bad=True))

    otherwise = files.read(HEADER + row + row.replace(",5,", ",5.00,").replace("12:05Z", "13:05+01:00"))

    assert (len(found.conversions), found.repeated) == (1, 1)
    assert (len(otherwise.conversions), otherwise.repeated) == (1, 1)
    assert problem.startswith("lines 2, 3: conversion_id: '1' is on several lines that differ")
    assert skipped.conversions == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ["conversion_id", "converted_at", "--no-value", "user", "empty"]),
        ("email,time,value", ["conversion_id", "--currency", "The first row has email, time, value."]),
        ("id,order_id,email,time,value,currency", ["'id' and 'order_id' both mean conversion_id"]),
        ("id,email,date,time,total,currency", ["--map time_of_day=COLUMN"]),
        ("id,email,time,total,total,currency", ["'total' and 'total' both mean value"]),
        ("id,customer,time,value,currency", ["--map user_id=COLUMN", "customer"]),
        ("id,email,time,price,currency", ["--map value=COLUMN", "price"]),
        ("id,email,time", ["--no-value", "The first row has id, email, time."]),
    ],
)
def test_a_header_that_does_not_do_is_explained(files: Files, header: str, expected: list[str]) -> None:
    """Every column that is missing or doubled; a name is no user, and a price no total."""
    found = files.problems(header + "\n")

    assert len(found) == len(expected)
    assert all(word in problem for word, problem in zip(expected, found, strict=True))


def test_columns_are_those_that_the_user_names(files: Files) -> None:
    """Whatever they are called in any script, even where another would be known by its name."""
    mapping = {"value": "N. Revenue", "conversion_id": "注文番号", "email": "mail"}
    content = "注文番号,id,MAIL,date,total,N. Revenue\n9,1,ann@example.com,2025-03-30T12:05Z,1,2.50\n"

    [conversion] = files.read(content, Reading(currency="JPY", mapping=mapping)).conversions

    assert (conversion.conversion_id, conversion.value) == ("9", Decimal("2.50"))


def test_a_column_that_is_not_there_cannot_be_named(files: Files) -> None:
    """Nor one of two with the same title."""
    found = files.problems("id,email,date,a,a\n", Reading(mapping={"value": "b", "currency": "a"}))

    assert [problem.partition(";")[0] for problem in found] == [
        "line 1: --map value=b: no column is called that",
        "line 1: --map currency=a: 2 columns are called that",
    ]


def test_conversions_need_no_value_if_one_says_so(files: Files) -> None:
    """Then a column that has one is not read."""
    reading = Reading(mapping={"value": "", "refunded": ""})

    [conversion] = files.read("id,email,time,amount\n1,ann@example.com,2025-03-30T12:05Z,5\n", reading).conversions

    assert (conversion.value, conversion.currency) == (None, "")


def test_rows_are_chosen_by_their_status(files: Files) -> None:
    """Whichever way it is written; the others are counted."""
    rows = [f"{n},u,2025-03-30T12:05Z,5,{status}" for n, status in enumerate(["Paid", "wc-paid", "PENDING", ""])]
    content = "id,user,time,amount,Financial Status\n" + "\n".join(rows)

    found = files.read(content, Reading(currency="EUR", statuses=frozenset({"paid"})))

    assert [each.conversion_id for each in found.conversions] == ["0", "1"]
    assert found.left_out == {"status PENDING": 1, "status none": 1}


def test_a_status_that_no_row_has_is_refused(files: Files) -> None:
    """It is spelt otherwise; and one cannot choose by a column that is not there."""
    reading = Reading(currency="EUR", statuses=frozenset({"payed"}))

    [problem] = files.problems("id,user,time,amount,status\n1,u,2025-03-30T12:05Z,5,paid\n", reading)
    missing = files.problems("id,user,time,amount\n1,u,2025-03-30T12:05Z,5\n", reading)

    assert problem.startswith("no row of the file counts: status paid (1).")
    assert missing[0].startswith("line 1: no column is known as status")


def test_without_a_status_to_choose_by_it_is_a_column_like_others(files: Files) -> None:
    """All rows count, and it is listed among those not used."""
    found = files.read("id,user,time,amount,status\n1,u,2025-03-30T12:05Z,5,open\n", Reading(currency="EUR"))

    assert (len(found.conversions), found.ignored) == (1, ("status",))


@given(
    cells=st.dictionaries(
        st.sampled_from([*HEADER.strip().split(","), "time_zone", "time_of_day", "refund_of"]), st.text(max_size=30)
    ),
    decimal=st.sampled_from([None, "point", "comma"]),
)
def test_any_cells_are_a_conversion_or_a_sentence(cells: dict[str, str], decimal: str | None) -> None:
    """Nothing else comes out of the parser."""
    found: tuple[Problem, ...] = ()
    defaults = Defaults(time_zone=UTC, currency="EUR", kind="x", decimal=decimal)  # type: ignore[arg-type]
    try:
        conversion = read_conversion(cells, defaults)
    except BadRow as error:
        found = error.problems

    assert all(problem.sentence for problem in found)
    assert found or conversion.converted_at.tzinfo is UTC
