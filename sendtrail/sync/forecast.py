"""What a sync will cost: requests and rows by the campaigns' counters, jobs and bytes on BigQuery. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sendtrail.domain.campaign import LIST_LIMIT, Campaign
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, expected_row_count
from sendtrail.domain.messages import SyncCampaign
from sendtrail.pricing.bigquery_bytes import MIN_A_TABLE
from sendtrail.sync.read_window import Overlap, coverage_start, read_window, reports_to_read
from sendtrail.sync.sync_record import SyncRecord

MESSAGES_OF_A_SPLIT = 2
# What it takes to see whether a report heeds the message that is asked for: of each of two messages, which are read at
# once, the other's first page, and the list of them.
REQUESTS_OF_A_FIRST_LOOK = 3
# Of a campaign that was sent to all at once, this is how long half of its opens take.
HALF_OF_THE_OPENS = timedelta(hours=6)
TABLES_IN_A_MERGE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """Requests to the API, rows that they bring, and batches in which those are merged."""

    requests: int = 0
    rows: int = 0
    batches: int = 0

    def __add__(self, other: "Forecast") -> "Forecast":
        """Return both together."""
        return Forecast(
            requests=self.requests + other.requests, rows=self.rows + other.rows, batches=self.batches + other.batches
        )

    @property
    def bytes_billed(self) -> int:
        """Return what BigQuery bills at least for the MERGEs; loading costs nothing."""
        return self.batches * TABLES_IN_A_MERGE * MIN_A_TABLE


NOTHING = Forecast()


def total(forecasts: Iterable[Forecast]) -> Forecast:
    """Return the sum of forecasts."""
    return sum(forecasts, NOTHING)


def list_requests(campaigns: int) -> int:
    """Return the requests that list so many campaigns."""
    return ceil(campaigns / LIST_LIMIT)


def campaign_forecast(
    campaign: Campaign,
    message: SyncCampaign,
    synced: SyncRecord | None,
    *,
    now: datetime,
    overlap: Overlap,
    flush_rows: int,
) -> Forecast:
    """Return what it takes to do as a message says."""
    since = coverage_start(message, synced)
    reports = reports_to_read(message, synced, since=since)
    found = [
        _report_forecast(report, campaign, message, synced, since=since, now=now, overlap=overlap) for report in reports
    ]
    together = total(found)
    messages = len(found) * (MESSAGES_OF_A_SPLIT - 1) + 1 if message.split else 0  # each report of each message
    return Forecast(
        requests=together.requests + messages,
        rows=together.rows,
        batches=ceil(together.rows / flush_rows),
    )


def contacts_forecast(contacts: int, *, flush_rows: int) -> Forecast:
    """Return what a full pass takes: its pages, the empty one that ends it, the last contact once more, tags, lists."""
    return Forecast(requests=ceil(contacts / LIST_LIMIT) + 4, rows=contacts, batches=2 * ceil(contacts / flush_rows))


def first_look_forecast(reports: int) -> Forecast:
    """Return what the first split campaigns of an account take beyond their reports, of which so many are not known."""
    return Forecast(requests=reports * REQUESTS_OF_A_FIRST_LOOK)


def share_since(campaign: Campaign, since: datetime, *, now: datetime) -> float:
    """Return which share of a campaign's opens lies after `since`, by what is usual: 0 to 1.

    An automation is sent all the time; of any other campaign most opens come soon after it was sent.
    """
    sent = campaign.sent_at or campaign.created_at
    if sent is None or since <= sent or now <= sent:
        return 1.0
    if campaign.automation_id:
        return (now - since) / (now - sent)
    return HALF_OF_THE_OPENS / (HALF_OF_THE_OPENS + (since - sent))


def _report_forecast(
    report: Report,
    campaign: Campaign,
    message: SyncCampaign,
    synced: SyncRecord | None,
    *,
    since: datetime,
    now: datetime,
    overlap: Overlap,
) -> Forecast:
    expected_rows = expected_row_count(report, message.counters) or 0
    if report in (Report.CLICKS, Report.FORWARDS):  # a page of links holds all of their clicks
        return Forecast(requests=1, rows=expected_rows)
    if report is not Report.OPENS:
        return Forecast(requests=_pages(expected_rows), rows=expected_rows)
    read_to = read_window(report, message, synced, since=since, now=now, overlap=overlap)
    changed_rows = read_to.changed_rows
    rows = (
        round(expected_rows * share_since(campaign, read_to.since, now=now))
        if changed_rows is None
        else min(changed_rows, expected_rows)
    )
    return Forecast(requests=_pages(rows), rows=rows)


def _pages(rows: int) -> int:
    """Return the requests that read so many rows: the last page is not full, or holds none, or an older row."""
    return rows // PAGE_SIZE + 1
