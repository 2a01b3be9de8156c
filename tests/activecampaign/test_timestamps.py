"""How the account writes an instant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.timestamps import instant, midnight
from tests.activecampaign.scripted_account import CENTRAL

ZONES = st.sampled_from(["America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "UTC"]).map(ZoneInfo)
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-07-04T09:00:00-05:00", datetime(2025, 7, 4, 14, tzinfo=UTC)),
        (" 2025-07-04T09:00:00-05:00\n", datetime(2025, 7, 4, 14, tzinfo=UTC)),
        ("2025-07-04T09:00:00Z", datetime(2025, 7, 4, 9, tzinfo=UTC)),
        ("2025-07-04 09:00:00", datetime(2025, 7, 4, 14, tzinfo=UTC)),
        ("2025-01-04 09:00:00", datetime(2025, 1, 4, 15, tzinfo=UTC)),
        ("2025-11-02 01:30:00", datetime(2025, 11, 2, 6, 30, tzinfo=UTC)),
        ("2025-03-09 02:30:00", datetime(2025, 3, 9, 8, 30, tzinfo=UTC)),
    ],
    ids=[
        "offset",
        "blanks",
        "Z",
        "naive in summer",
        "naive in winter",
        "an hour that is there twice",
        "an hour that never was",
    ],
)
def test_an_instant_is_read_as_utc(written: str, meant: datetime) -> None:
    """An offset counts; without one the account's zone does."""
    assert instant(written, CENTRAL) == meant


@pytest.mark.parametrize(
    "nothing", ["", None, "0000-00-00", "0000-00-00 00:00:00", "soon", 5, True, [], "0001-01-01T00:00:00+05:00"]
)
def test_what_says_nothing_is_none(nothing: object) -> None:
    """The API has many words for nothing."""
    assert instant(nothing, CENTRAL) is None
    assert midnight(nothing, ZoneInfo("Asia/Kolkata")) is None


def test_a_day_begins_at_its_midnight_in_the_zone() -> None:
    """A bare date is the instant with which the day began there."""
    assert midnight("2025-07-04", ZoneInfo("Asia/Kolkata")) == datetime(2025, 7, 3, 18, 30, tzinfo=UTC)


@given(moment=MOMENTS, zone=ZONES)
def test_an_offset_is_never_lost(moment: datetime, zone: ZoneInfo) -> None:
    """What was written with its offset is read as the same instant, whatever the account's zone."""
    assert instant(moment.astimezone(zone).isoformat(), CENTRAL) == moment


@given(moment=MOMENTS, zone=ZONES)
def test_a_bare_time_is_read_in_its_zone(moment: datetime, zone: ZoneInfo) -> None:
    """What was written without its offset is read as the same instant, but for an hour that is there twice."""
    local = moment.astimezone(zone)

    found = instant(local.replace(tzinfo=None).isoformat(" "), zone)

    assert found == local.replace(fold=0).astimezone(UTC)


@given(written=st.text() | st.from_regex(r"[0-9T: +-]{8,25}"))
def test_any_text_is_an_instant_or_nothing(written: str) -> None:
    """No text makes the reader fail."""
    assert getattr(instant(written, CENTRAL), "tzinfo", UTC) is UTC
    assert getattr(midnight(written, CENTRAL), "tzinfo", UTC) is UTC
