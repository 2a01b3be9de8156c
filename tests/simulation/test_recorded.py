"""Rows that were read, as a record says, and are not stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.simulation.recorded import recorded_and_missing
from sendtrail.simulator import Account, TruthRow
from sendtrail.sync.settling import Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON
from tests.sync.checkpoints import a_sync

OPENED = next(row for row in Account(seed=1, now=NOON).truth() if row.event_type == "open")
OLD = replace(OPENED, activity_timestamp=NOON - timedelta(hours=6))
READ = a_sync(since=NOON - timedelta(days=30), watermarks={Report.OPENS: NOON}, synced_at=NOON)
STORED = {"campaign_id": OLD.campaign_id, "event_type": "open", "contact_id": OLD.contact_id}


def missing(
    row: TruthRow,
    record: SyncRecord | None,
    *,
    stored: bool = False,
    erased: bool = False,
    without_trouble: bool = False,
) -> bool:
    """Return whether a row is found to be missing."""
    found = recorded_and_missing(
        [row],
        [STORED] if stored else [],
        {row.campaign_id: record},
        is_erased=lambda *_: erased,
        without_trouble=without_trouble,
    )
    return list(found) == [row]


def test_a_row_that_was_read_is_to_be_stored() -> None:
    """Unless somebody erased whose it is."""
    assert missing(OLD, READ)
    assert not missing(OLD, READ, stored=True)
    assert not missing(OLD, READ, erased=True)


@pytest.mark.parametrize(
    "record",
    [
        None,
        replace(READ, watermarks={}),
        replace(READ, watermarks={Report.OPENS: NOON - timedelta(hours=7)}),
        replace(READ, since=NOON - timedelta(hours=1)),
        replace(READ, settling={Report.OPENS: Settling(changed_at=NOON, read_at=NOON, short=3)}),
        replace(READ, settling={Report.OPENS: Settling(changed_at=NOON, read_at=NOON, failed="refused")}),
        replace(READ, counters={"opens": 5}, settling=None, audited_at=NOON + timedelta(hours=1)),
    ],
    ids=[
        "never read",
        "the report never",
        "read before",
        "not read so far back",
        "short",
        "failed",
        "left unread",
    ],
)
def test_what_no_record_says_is_not_missing(record: SyncRecord | None) -> None:
    """It is read yet."""
    assert not missing(OLD, record)


def test_a_row_may_be_listed_a_little_late() -> None:
    """A bounce has only its day."""
    young = NOON - timedelta(hours=1)
    bounces = replace(READ, watermarks={Report.BOUNCES: NOON})

    assert not missing(replace(OLD, activity_timestamp=young), READ)
    assert not missing(replace(OLD, event_type="bounce"), bounces)
    assert missing(replace(OLD, event_type="bounce", activity_timestamp=NOON - timedelta(days=2)), bounces)


def test_a_run_without_trouble_has_read_all_reports() -> None:
    """Also one that no record names."""
    assert missing(OLD, replace(READ, watermarks={}), without_trouble=True)


@pytest.mark.parametrize(("short", "short_before", "has_a_day"), [(3, 0, False), (3, 2, True), (3, 3, False)])
def test_what_falls_short_in_another_way_than_before_has_a_day(
    *, short: int, short_before: int, has_a_day: bool
) -> None:
    """What does so for the first time is looked at within the hour, and what does so for good is not missing."""
    settling = Settling(changed_at=NOON, read_at=NOON, short=short, short_before=short_before)

    assert missing(OLD, replace(READ, settling={Report.OPENS: settling}), without_trouble=True) is not has_a_day
