"""Rows of the v1 reports, as the account writes them, and the activities that they are."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.fields import MAX_COUNT
from sendtrail.activecampaign.unreadable_rows import UnreadableField
from sendtrail.activecampaign.v1.rows import READERS, Link, Origin, activities, click_activity
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign_report import Report
from tests.activecampaign.scripted_account import CENTRAL

DATA = Path(__file__).parent / "data"
ORIGIN = Origin(campaign_id=7, message_id="", zone=CENTRAL)
EVENTS = {
    Report.OPENS: EventType.OPEN,
    Report.BOUNCES: EventType.BOUNCE,
    Report.UNSUBSCRIBES: EventType.UNSUBSCRIBE,
    Report.FORWARDS: EventType.FORWARD,
}
ROW = {"subscriberid": "1", "email": "ann@example.com", "tstamp": "2025-07-04 09:00:00"}
NOTHING = ("", None, "0000-00-00", "0000-00-00 00:00:00")

junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=1)
NAMES = """
    subscriberid email tstamp tstamp_iso udate times a_times messageid id reason unsubreason listid
    email_to email_from brief_message type
"""
names = st.sampled_from(NAMES.split())


def read(report: Report, *rows: dict[str, Any], origin: Origin = ORIGIN) -> list[Activity]:
    """Read rows of a report; raise the first problem."""
    found, unreadable = activities(rows, partial(READERS[report], origin=origin))
    for _, problem in unreadable:
        raise problem
    return found


@pytest.mark.parametrize("report", EVENTS)
def test_rows_become_activities(report: Report) -> None:
    """Each report's rows are read as the file beside this test says."""
    data = json.loads((DATA / f"{report}.json").read_text(encoding="utf-8"))

    found = read(report, *data["rows"])

    assert found == [expected_activity(report, values) for values in data["expected"]]


def expected_activity(report: Report, values: dict[str, Any]) -> Activity:
    """Return the activity that a data file describes."""
    moment = datetime.fromisoformat(values["activity_timestamp"])
    common = {"campaign_id": 7, "message_id": "", "event_type": EVENTS[report]}
    return Activity(**{**common, **values, "activity_timestamp": moment})


def test_a_click_knows_its_link() -> None:
    """A click row lies within its link, whose id and address it takes along."""
    link = Link(link_id="88", url="https://shop.example.com/")

    click = click_activity({**ROW, "times": "4"}, ORIGIN, link)

    assert (click.event_type, click.link_id, click.link_url, click.times) == (
        EventType.CLICK,
        "88",
        "https://shop.example.com/",
        4,
    )


def test_a_row_belongs_to_the_message_that_was_asked_for() -> None:
    """Of a split campaign one message at a time is read, and its rows do not name it."""
    (found,) = read(Report.OPENS, ROW, origin=Origin(campaign_id=7, message_id="21", zone=CENTRAL))

    assert found.message_id == "21"


def test_a_row_that_names_its_message_is_believed() -> None:
    """The row's own message comes before the one that was asked for."""
    (found,) = read(
        Report.OPENS, {**ROW, "messageid": "22"}, origin=Origin(campaign_id=7, message_id="21", zone=CENTRAL)
    )

    assert found.message_id == "22"


UNREADABLE = {
    "nobody": ({**ROW, "subscriberid": "0", "email": ""}, "neither subscriberid nor email"),
    "no time": ({**ROW, "tstamp": ""}, "tstamp"),
    "a time that is none": ({**ROW, "tstamp": "yesterday"}, "tstamp"),
    "times that is no number": ({**ROW, "times": "many"}, "times"),
    "times below zero": ({**ROW, "times": "-1"}, "times"),
    "times beyond any column": ({**ROW, "times": "9" * 30}, "times"),
    "times beyond belief": ({**ROW, "times": "1000000001"}, "times"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_row_that_cannot_be_understood_is_named_by_its_field(name: str) -> None:
    """The sentence keeps the value to itself."""
    row, words = UNREADABLE[name]

    with pytest.raises(UnreadableField, match=words) as caught:
        read(Report.OPENS, row)

    assert "many" not in str(caught.value)


@pytest.mark.parametrize("report", EVENTS)
@given(row=st.dictionaries(names, junk))
def test_any_row_is_read_or_unreadable(report: Report, row: dict[str, Any]) -> None:
    """Whatever a row holds, nothing but UnreadableField comes of it, and what is read is sound."""
    try:
        (found,) = read(report, row)
    except UnreadableField:
        return

    assert found.activity_timestamp.tzinfo is UTC
    assert found.contact_id or found.contact_email
    assert 0 <= found.times <= MAX_COUNT
