"""A CSV file of users: which user is which contact."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sendtrail.attribution.csv_file.moments import Writing
from sendtrail.attribution.user_csv.user_file import UserReading, read_users
from sendtrail.domain.user import User
from sendtrail.errors import SettingsError

READING = UserReading(writing=Writing(zone=ZoneInfo("Europe/Berlin")))


def read(tmp_path: Path, content: str, reading: UserReading = READING) -> list[User]:
    """Return what a file of this content holds, in the order of the ids."""
    (tmp_path / "users.csv").write_text(content, encoding="utf-8")
    with read_users(tmp_path / "users.csv", reading) as file:
        return sorted(file.users(), key=lambda user: (user.user_id, user.email))


def test_a_row_says_which_user_is_which_contact(tmp_path: Path) -> None:
    """By address, by the contact's id, or both, always or since a day; a row that comes again is one."""
    found = read(
        tmp_path, "User ID;E-Mail;contact id;since\n7;Ann@x.example;;2025-03-30\n8;;12;\n8;b@x.example;12;\n8;;12;\n"
    )

    assert found == [
        User(
            user_id="7",
            contact_id="",
            email="ann@x.example",
            valid_from=datetime(2025, 3, 29, 23, tzinfo=UTC),
        ),
        User(user_id="8", contact_id="12", email="", valid_from=None),
        User(user_id="8", contact_id="12", email="b@x.example", valid_from=None),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",ann@x.example,,", "line 2: user_id: there is none"),
        ("1.00E+05,ann@x.example,,", "line 2: user_id: '1.00E+05' is what a spreadsheet made of a long number"),
        ("7,,,", "line 2: the contact is missing"),
        ("7,ann,,", "line 2: email: 'ann' is not an e-mail address"),
        ("7,,12.0,", "line 2: contact_id: '12.0' is no contact's id"),
        ("7,ann@x.example,,30.03.2025", "line 2: valid_from: '30.03.2025' does not say which is the day"),
        ("7,ann@x.example", "line 2: the row has 2 columns"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(tmp_path: Path, row: str, problem: str) -> None:
    """Or skipped on request."""
    content = f"user_id,email,contact_id,valid_from\n{row}\n"

    with pytest.raises(SettingsError) as caught:
        read(tmp_path, content)

    assert caught.value.problems[0].startswith(problem)
    assert read(tmp_path, content, UserReading(writing=READING.writing, skips_bad=True)) == []


def test_columns_are_those_that_the_user_names(tmp_path: Path) -> None:
    """Or those that are known; what is missing is asked for."""
    content = "Kundennummer,Mail\n7,ann@x.example\n"
    mapping = {"user_id": "Kundennummer", "email": "Mail"}

    with pytest.raises(SettingsError) as caught:
        read(tmp_path, content)

    assert [problem.partition(": ")[2] for problem in caught.value.problems[:2]] == [
        "no column is known as user_id: say --map user_id=COLUMN",
        "no column names the contact: say --map email=COLUMN or --map contact_id=COLUMN",
    ]
    assert [
        user.user_id for user in read(tmp_path, content, UserReading(writing=READING.writing, mapping=mapping))
    ] == ["7"]
