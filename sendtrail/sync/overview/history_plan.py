"""What reading an account's history takes, by what its last syncs have stored: no request is sent for it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.domain.campaign import Counters
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, expected_row_count
from sendtrail.domain.wants import Ask
from sendtrail.sync.sync_record import SyncRecord

# A page of links holds all of their rows.
ONE_PAGE = (Report.CLICKS, Report.FORWARDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPlan:
    """How many campaigns have something to read, and the most requests and rows that it takes.

    `unknown` campaigns were never synced to their end, so nobody knows their counters yet.
    """

    campaigns: int
    requests: int
    rows: int
    unknown: int


def history_plan(records: Mapping[int, SyncRecord | None], ask: Ask) -> HistoryPlan:
    """Return what fulfilling an ask takes; `records` are those of all campaigns, None where there is none."""
    asked = {number: each for number, each in records.items() if ask.campaign_ids is None or number in ask.campaign_ids}
    due = [record for record in asked.values() if record is not None and _is_to_be_read(record, ask)]
    return HistoryPlan(
        campaigns=len(due),
        requests=sum(_requests(record.counters) for record in due),
        rows=sum(_rows(report, record.counters) for record in due for report in Report),
        unknown=sum(record is None for record in asked.values()),
    )


def _is_to_be_read(record: SyncRecord, ask: Ask) -> bool:
    return ask.force or (ask.since is not None and ask.since < record.since)


def _requests(counters: Counters) -> int:
    return sum(1 if report in ONE_PAGE else _rows(report, counters) // PAGE_SIZE + 1 for report in Report)


def _rows(report: Report, counters: Counters) -> int:
    return expected_row_count(report, counters) or 0
