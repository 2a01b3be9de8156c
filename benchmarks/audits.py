"""What audits ask of an account, in a month after the first: before and since the warehouse is asked first.

An account of 500,000 activities a day, with 20,000 openers per campaign: of every tenth campaign the counters exceed
the rows for good, as contacts were deleted. The requests are those of the dispatcher's own forecast.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from benchmarks.campaigns import sent_campaign
from benchmarks.figures import Figure
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason
from sendtrail.domain.stored_counts import AUDITED_REPORTS, CountsOfReports, StoredCounts
from sendtrail.pricing.bigquery_bytes import COUNT_BYTES, TEBIBYTE
from sendtrail.pricing.unit_prices import PRICES, Unit
from sendtrail.state.documents import to_document
from sendtrail.sync.due import Policy, Request, due_campaign
from sendtrail.sync.evidence.audits import (
    Audits,
    Comparison,
    compared,
    is_due,
    needs_comparison,
    sampled_looks,
    spared_audits,
)
from sendtrail.sync.sync_record import SyncRecord

NOW, DAY, DAYS = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1), 30
DELETED_EVERY, DELETED = 10, 5
COUNTERS = {
    "send_amt": 50_000, "opens": 32_000, "uniqueopens": 20_000, "linkclicks": 2_500, "uniquelinkclicks": 2_200,
    "subscriberclicks": 2_000, "hardbounces": 50, "softbounces": 50, "unsubscribes": 40, "forwards": 0,
    "uniqueforwards": 0,
}  # fmt: skip
ROWS_OF_A_YEAR = 365 * 500_000


@dataclass(slots=True)
class Month:
    """What a month of daily runs asked for."""

    requests: int = 0
    questions: int = 0


def measure() -> list[Figure]:
    """Return the requests of a day at 1,000 and 10,000 campaigns, and what the questions cost."""
    found = []
    for number in (1_000, 10_000):
        before, first = months(number, asks=False, skipped=0), months(number, asks=True, skipped=0)
        later = months(number, asks=True, skipped=2 * DAYS)
        name = f"requests a day, {number:,} campaigns"
        found += [
            Figure(scenario="audits", name=f"{name}, every campaign read", value=before.requests / DAYS),
            Figure(scenario="audits", name=f"{name}, first month", value=first.requests / DAYS),
            Figure(scenario="audits", name=name, value=later.requests / DAYS, target=0.01 * before.requests / DAYS),
            Figure(scenario="audits", name=f"questions a month, {number:,} campaigns", value=later.questions, target=5),
        ]
    dollars = found[-1].value * ROWS_OF_A_YEAR * COUNT_BYTES / TEBIBYTE * PRICES[Unit.STATEMENTS].dollars
    return [*found, Figure(scenario="audits", name="price a month, a year of history", value=dollars, unit=" $")]


def months(campaigns: int, *, asks: bool, skipped: int) -> Month:
    """Return what the month of daily runs asks for that comes after so many days."""
    records = {number: _record(number) for number in range(1, campaigns + 1)}
    listed = {number: _campaign(number) for number in records}
    stored = {key: counts for number in records for key, counts in _stored(number).items()}
    known: Comparison | None = None
    month = Month()
    for day in range(skipped + DAYS):
        now, audits = NOW + day * DAY, Audits()
        pairs = [(listed[number], record) for number, record in records.items()]
        is_counted = day >= skipped
        if asks:
            looks: Mapping[int, tuple[Report, ...]] = {}
            if needs_comparison(pairs, known, audit=DAYS * DAY, now=now):
                known = compared(pairs, stored, before=known, audit=DAYS * DAY, now=now)
                looks = sampled_looks(pairs, known)
                month.questions += is_counted
            audits = Audits(spared=spared_audits(pairs, known, audit=DAYS * DAY, now=now), looks=looks)
        for campaign, record in pairs:
            number = campaign.campaign_id
            reason = Reason.AUDIT if is_due(record, audit=DAYS * DAY, now=now) and number not in audits.spared else None
            reason = reason or (Reason.CONFIRM if number in audits.looks else None)
            if reason is not None:
                month.requests += is_counted * _requests(campaign, record, reason, audits=audits, now=now)
            if reason is Reason.AUDIT:
                records[number] = replace(record, audited_at=now + timedelta(hours=1))
    return month


def _requests(campaign: Campaign, record: SyncRecord, reason: Reason, *, audits: Audits, now: datetime) -> int:
    looks = dict(audits.looks)
    checkpoint = Checkpoint(
        run_id="run", sequence=1, status=Status.DONE, updated_at=record.synced_at, synced=to_document(record)
    )
    found = due_campaign(
        campaign,
        checkpoint,
        reason=reason,
        request=Request(organization_id="acme", run_id="run"),
        policy=Policy(audits=audits, complete=looks),
        now=now,
    )
    return found.forecast.requests


def _stored(number: int) -> CountsOfReports:
    missing = DELETED if number % DELETED_EVERY == 0 else 0
    counts = {
        Report.OPENS: StoredCounts(rows=20_000 - missing, times=32_000 - missing),
        Report.CLICKS: StoredCounts(rows=2_200, times=2_500),
        Report.BOUNCES: StoredCounts(rows=100, times=100),
        Report.UNSUBSCRIBES: StoredCounts(rows=40, times=40),
    }
    return {(number, AUDITED_REPORTS[report]): each for report, each in counts.items()}


def _record(number: int) -> SyncRecord:
    sent_at, read_at = _sent_at(number), NOW - DAY
    return SyncRecord(
        since=sent_at - DAY,
        watermarks=dict.fromkeys(Report, read_at),
        deep_watermarks=dict.fromkeys(Report, read_at),
        counters=COUNTERS,
        synced_at=read_at,
        audited_at=NOW - (number % DAYS) * DAY,
        confirmed=True,
        settling={},
        latest=dict.fromkeys((Report.OPENS, Report.CLICKS), sent_at + 7 * DAY),
    )


def _campaign(number: int) -> Campaign:
    return sent_campaign(number, name=f"News {number}", sent_at=_sent_at(number), counters=COUNTERS)


def _sent_at(number: int) -> datetime:
    return NOW - 40 * DAY - timedelta(hours=8 * (number % 2_000))
