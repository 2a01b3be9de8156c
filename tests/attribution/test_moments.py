"""Times of a file: with a zone, in one way of writing, or refused."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.csv_file.moments import DateFormat, Writing, instant, zone_named
from sendtrail.attribution.csv_file.problems import BadCell
from tests.attribution.csv_files import Files

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2025, 3, 30, 12, 5, tzinfo=UTC)
LATE = time(23, 59, 59, 999_999)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-30T14:05:00+02:00",
        "2025-03-30 14:05:00 +0200",
        "2025-03-30 14:05:00+02",
        "2025-03-30T12:05:00.000Z",
        "2025-03-30 12:05:00 UTC",
        "2025-03-30 12:05 GMT",
        "2025-03-30 14:05",
    ],
)
def test_years_come_first(text: str) -> None:
    """As shops, databases and programs write it; a time without a zone takes that of the file."""
    assert instant(text, Writing(zone=BERLIN)) == NOON


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is none"),
        ("yesterday", "is not a time"),
        ("2025-02-30", "not an existing time"),
        ("2025-02-28 25:00", "not an existing time"),
        ("0001-01-01", "cannot be the time"),
        ("9999-12-31 23:59:59", "cannot be the time"),
        ("30.03.2025 14:05", "which is the day and which the month: say it with --date-format"),
        ("03/04/2025", "which is the day and which the month: say it with --date-format"),
        ("3/4/25 2:05 PM", "which is the day and which the month: say it with --date-format"),
        ("45384.34789351852", "a spreadsheet's number for a day"),
        ("45384", "a spreadsheet's number for a day"),
        ("1743336300", "is not a time"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, why: str) -> None:
    """A guess would move conversions by hours or months."""
    with pytest.raises(BadCell, match=why):
        instant(text, Writing(zone=BERLIN))


def test_a_time_without_a_zone_needs_one() -> None:
    """Touches would move to the other side of it."""
    with pytest.raises(BadCell, match="--time-zone"):
        instant("2025-03-30 14:05:00", Writing(zone=None))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("DD.MM.YYYY HH:mm", "30.03.2025 14:05"),
        ("D.M.YYYY H:mm", "30.3.2025 14:05"),
        ("MM/DD/YYYY hh:mm A", "03/30/2025 02:05 PM"),
        ("MMM D, YYYY h:mm:ss A", "Mar 30, 2025 2:05:00 PM"),
        ("DD/MM/YY HH:mm:ss", "30/03/25 14:05:00"),
        ("YYYY/MM/DD HH:mm", "2025/03/30 14:05"),
        ("DD MMMM YYYY  HH:mm", "30 March 2025 14:05"),
        ("%d.%m.%Y %H:%M", "30.03.2025 14:05"),
        ("%Y%m%dT%H%M%S%z", "20250330T140500+0200"),
    ],
)
def test_other_ways_of_writing_are_named(written: str, text: str) -> None:
    """Spaces aside, all times of a file are written so."""
    assert instant(text, Writing(zone=BERLIN, date_format=DateFormat(written))) == NOON

    with pytest.raises(BadCell, match="not written like the --date-format"):
        instant("30-03-2025 14:05", Writing(zone=BERLIN, date_format=DateFormat(written)))


@pytest.mark.parametrize("written", ["", "dd.mm.yyyy", "MM/DD", "HH:mm", "%d.%m", "DD.MM.YYYY %Q", "%"])
def test_a_format_without_a_day_is_none(written: str) -> None:
    """Excel's small letters mean something else here."""
    with pytest.raises(ValueError):  # noqa: PT011  (some are Python's own)
        DateFormat(written)


@pytest.mark.parametrize(
    ("written", "sentence"), [("DD.MM.YYYY HH:MM", "minutes are mm"), ("DD.MM.YYYY hh:mm", "without AM or PM")]
)
def test_a_format_that_says_a_part_twice_or_half_is_none(written: str, sentence: str) -> None:
    """Noon would be midnight by the second."""
    with pytest.raises(ValueError, match=sentence):
        DateFormat(written)


@pytest.mark.parametrize(("text", "written"), [("2025-03-30", None), ("30.03.2025", DateFormat("DD.MM.YYYY"))])
def test_a_day_without_a_time_is_its_end(text: str, written: DateFormat | None) -> None:
    """What was clicked on the day of the order may have earned it."""
    writing = Writing(zone=BERLIN, date_format=written)

    assert instant(text, writing) == datetime.combine(datetime(2025, 3, 30), LATE, tzinfo=BERLIN)  # noqa: DTZ001
    assert instant(text, writing, of_day=time.min) == datetime(2025, 3, 30, tzinfo=BERLIN)


@pytest.mark.parametrize("of_day", ["14:05", "14:05:00", "2:05 PM", "02:05:00 pm"])
def test_the_time_may_have_a_column_of_its_own(of_day: str) -> None:
    """A format is that of the day then."""
    writing = Writing(zone=BERLIN, date_format=DateFormat("MM/DD/YYYY"))

    assert instant("03/30/2025", writing, of_day=of_day) == NOON
    with pytest.raises(BadCell, match="not followed by a time of day"):
        instant("03/30/2025", writing, of_day="noon")


def test_an_hour_that_clocks_skip_does_not_exist() -> None:
    """No shop in this zone has written it, so the zone is another one."""
    with pytest.raises(BadCell, match="is --time-zone the one of this file"):
        instant("2025-03-30 02:30:00", Writing(zone=BERLIN))


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    """Nothing says which."""
    assert instant("2025-10-26 02:30:00", Writing(zone=BERLIN)) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("PDT", "2025-03-30T21:05"), ("MESZ", "2025-03-30T12:05"), ("America/New_York", "2025-03-30T18:05")],
)
def test_each_row_may_name_its_zone(files: Files, zone: str, expected: str) -> None:
    """As PayPal does; before that of the file."""
    content = f"id,user,date,time zone\n1,u,2025-03-30 14:05,{zone}\n"

    [found] = files.read(content, Reading(mapping={"value": ""}, time_zone=ZoneInfo("Asia/Tokyo"))).conversions

    assert found.converted_at == datetime.fromisoformat(f"{expected}+00:00")


@pytest.mark.parametrize("zone", ["CST", "IST", "Mars/Base", "Eastern Time (US & Canada)", "../etc/passwd"])
def test_a_zone_that_is_not_known_is_asked_for(files: Files, zone: str) -> None:
    """Or has several meanings; what the user says counts then."""
    content = f"id,user,date,time zone\n1,u,2025-03-30 14:05,{zone}\n"

    [problem] = files.problems(content, Reading(mapping={"value": ""}))
    [found] = files.read(content, Reading(mapping={"value": ""}, time_zone=BERLIN)).conversions

    assert problem.startswith(f"line 2: time_zone: {zone!r} is followed by") or "--time-zone" in problem
    assert found.converted_at == NOON
    assert zone_named(zone) is None


@given(moment=st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_every_moment_comes_back(moment: datetime) -> None:
    """In the zone that it was written in, unless clocks skipped it."""
    aware = moment.replace(tzinfo=BERLIN)
    exists = aware.astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None) == moment

    if exists:
        assert instant(moment.isoformat(), Writing(zone=BERLIN)) == aware
    else:
        with pytest.raises(BadCell):
            instant(moment.isoformat(), Writing(zone=BERLIN))
