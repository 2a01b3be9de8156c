"""What reading history takes, by what is stored."""

from datetime import timedelta

import pytest

from sendtrail.domain.wants import Ask
from sendtrail.sync.overview.history_plan import HistoryPlan, history_plan
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

COUNTERS = {"uniqueopens": 45, "subscriberclicks": 7, "hardbounces": 1, "softbounces": 1, "unsubscribes": 0}


def a_record(days: int) -> SyncRecord:
    """Return the record of a campaign that was read back so many days."""
    since = NOON - timedelta(days=days)
    return SyncRecord(since=since, watermarks={}, counters=COUNTERS, synced_at=NOON, audited_at=NOON, confirmed=True)


RECORDS = {1: a_record(7), 2: a_record(400), 3: None}


@pytest.mark.parametrize(
    ("ask", "campaigns", "unknown"),
    [
        (Ask(run_id="a", since=NOON - timedelta(days=30)), 1, 1),
        (Ask(run_id="a", since=NOON - timedelta(days=900)), 2, 1),
        (Ask(run_id="a", since=NOON - timedelta(days=3)), 0, 1),
        (Ask(run_id="a", force=True), 2, 1),
        (Ask(run_id="a", force=True, campaign_ids=frozenset({2})), 1, 0),
        (Ask(run_id="a", since=NOON - timedelta(days=30), campaign_ids=frozenset({2, 3})), 0, 1),
    ],
)
def test_which_campaigns_have_something_to_read(ask: Ask, campaigns: int, unknown: int) -> None:
    """Those that were not read so far back, or all of them where it is to be read again."""
    found = history_plan(RECORDS, ask)

    assert (found.campaigns, found.unknown) == (campaigns, unknown)


def test_the_requests_of_a_campaign_are_those_of_its_pages() -> None:
    """Three of opens, and one of each other report."""
    found = history_plan({1: a_record(7)}, Ask(run_id="a", force=True))

    assert found == HistoryPlan(campaigns=1, requests=7, rows=47, unknown=0)
