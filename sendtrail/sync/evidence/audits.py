"""Whether an audit has to read a campaign again: what is stored of it against its counters. Pure.

Some counters never agree with what is stored, as those of contacts that were deleted. A gap that was there before a
campaign was read again, and is there after it, is the account's: it is no reason to read until it changes.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sendtrail.domain.campaign import Campaign, Counters
from sendtrail.domain.campaign_report import Report, expected_event_count, expected_row_count, is_empty
from sendtrail.domain.stored_counts import AUDITED_REPORTS, REPEATED, CountsOfReports, StoredCounts
from sendtrail.sync.sync_record import NEVER, SyncRecord

# By how much the counters of a report exceed what is stored of its rows, at least and at most, and of their events.
Gap = tuple[int, int, int, int]
Gaps = Mapping[str, Gap]
# A warehouse that was asked this lately is not asked again for campaigns that have become due meanwhile.
COMPARED_EVERY = timedelta(days=7)
# Where it cannot be asked for so long after an audit was due, that audit reads the campaign.
MAX_DELAY = timedelta(days=7)
# So many of the liveliest campaigns that agree are looked at all the same: a counter may stand still beside its rows.
SAMPLE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A campaign that did not agree when its audit was due, at `found_at`, and by how much."""

    found_at: datetime
    gaps: Gaps


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What is stored against the counters, at `compared_at`: the campaigns that `agreed`, and those that did not.

    `explained` are those of which a gap stays whatever is read.
    """

    compared_at: datetime
    agreed: AbstractSet[int] = frozenset()
    explained: AbstractSet[int] = frozenset()
    doubts: Mapping[int, Doubt] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Audits:
    """The campaigns whose audit reads nothing, and the reports of a sample that are looked at all the same."""

    spared: AbstractSet[int] = frozenset()
    looks: Mapping[int, tuple[Report, ...]] = field(default_factory=dict)


# A campaign that was synced, and what is known of it.
Synced = tuple[Campaign, SyncRecord]


def is_due(record: SyncRecord, *, audit: timedelta, now: datetime) -> bool:
    """Return whether a campaign was not read as a whole for so long that it is audited."""
    return now - record.audited_at >= audit


def is_expired(campaign: Campaign, record: SyncRecord, *, floor: datetime | None) -> bool:
    """Return whether the warehouse keeps none of a campaign's rows any more, as all are older than it keeps them."""
    if floor is None or not _begins_before(campaign, floor) or not record.latest:
        return False
    reports = [report for report in Report if not is_empty(report, record.counters)]
    return all(report in record.latest and record.latest[report] < floor for report in reports)


def is_comparable(
    campaign: Campaign, record: SyncRecord, *, floor: datetime | None, stale: Iterable[Report] = ()
) -> bool:
    """Return whether its counters can say how much of a campaign has to be stored.

    Not where they are unknown or do not follow, nor where rows have expired, nor where rows were lost: those are read.
    """
    if record.audited_at <= NEVER or (floor is not None and _begins_before(campaign, floor)):
        return False
    if any(not is_empty(report, campaign.counters) for report in stale):
        return False
    return gaps_of(campaign.campaign_id, {}, before=record.counters, now=campaign.counters) is not None


def gaps_of(campaign_id: int, stored: CountsOfReports, *, before: Counters, now: Counters) -> Gaps | None:
    """Return by how much each report of a campaign is short of its counters; None where one of them is unknown.

    Between its counters and its rows a sync may have read some that came meanwhile: those of the last sync say what is
    stored at least, those of today at most.
    """
    found: dict[str, Gap] = {}
    for report, event_type in AUDITED_REPORTS.items():
        counts = stored.get((campaign_id, event_type), StoredCounts())
        rows = _between(expected_row_count(report, before), expected_row_count(report, now), counts.rows)
        times = _between(expected_event_count(report, before), expected_event_count(report, now), counts.times)
        if rows is None or times is None:
            return None
        found[report.value] = (*rows, *(times if report in REPEATED or report is Report.FORWARDS else (0, 0)))
    return found


def is_nothing(gaps: Gaps) -> bool:
    """Return whether all is stored that is counted."""
    return all(least <= 0 <= most and fewest <= 0 <= highest for least, most, fewest, highest in gaps.values())


def is_same(gaps: Gaps, other: Gaps) -> bool:
    """Return whether two gaps of a campaign may be the same one, as far as its counters tell."""
    nothing = (0, 0, 0, 0)
    pairs = [(gaps.get(name, nothing), other.get(name, nothing)) for name in {*gaps, *other}]
    return all(a[0] <= b[1] and b[0] <= a[1] and a[2] <= b[3] and b[2] <= a[3] for a, b in pairs)


def compared(
    campaigns: Iterable[Synced],
    stored: CountsOfReports,
    *,
    before: Comparison | None,
    audit: timedelta,
    now: datetime,
) -> Comparison:
    """Return the comparison of all campaigns; one that does not agree is doubted once its audit is due."""
    agreed, explained, doubts = set[int](), set[int](), dict[int, Doubt]()
    for campaign, record in campaigns:
        number = campaign.campaign_id
        gaps = gaps_of(number, stored, before=record.counters, now=campaign.counters)
        doubt = None if before is None else before.doubts.get(number)
        if gaps is None:
            continue
        if is_nothing(gaps):
            agreed.add(number)
            continue
        is_read_again = doubt is not None and record.audited_at > doubt.found_at
        if doubt is not None and is_read_again and is_same(gaps, doubt.gaps):
            explained.add(number)
            doubts[number] = doubt
        elif doubt is not None and not is_read_again:
            doubts[number] = doubt
        elif is_due(record, audit=audit, now=now):
            doubts[number] = Doubt(found_at=now, gaps=gaps)
        elif doubt is not None:
            doubts[number] = doubt
    return Comparison(compared_at=now, agreed=agreed, explained=explained, doubts=doubts)


def needs_comparison(campaigns: Iterable[Synced], known: Comparison | None, *, audit: timedelta, now: datetime) -> bool:
    """Return whether the warehouse is to be asked: an audit is due, and what is known does not decide it."""
    undecided = any(
        is_due(record, audit=audit, now=now) and not _is_decided(campaign, record, known, audit=audit, now=now)
        for campaign, record in campaigns
    )
    return undecided and (known is None or not timedelta() <= now - known.compared_at < min(COMPARED_EVERY, audit))


def spared_audits(
    campaigns: Iterable[Synced], known: Comparison | None, *, audit: timedelta, now: datetime
) -> AbstractSet[int]:
    """Return the campaigns whose audit reads nothing: they agree, or are compared soon."""
    return {
        campaign.campaign_id
        for campaign, record in campaigns
        if not _is_doubted(campaign, record, known)
        and (_agrees(campaign, known, audit=audit, now=now) or now - record.audited_at < audit + MAX_DELAY)
    }


def sampled_looks(campaigns: Iterable[Synced], known: Comparison) -> Mapping[int, tuple[Report, ...]]:
    """Return the reports of the liveliest campaigns that agree: their newest rows show whether counters follow."""
    exact = [(campaign, record) for campaign, record in campaigns if campaign.campaign_id in known.agreed]
    lively = sorted((each for each in exact if each[1].latest), key=lambda each: max(each[1].latest.values()))
    return {
        campaign.campaign_id: tuple(each for each in AUDITED_REPORTS if not is_empty(each, campaign.counters))
        for campaign, _ in lively[-SAMPLE:]
    }


def _is_decided(
    campaign: Campaign, record: SyncRecord, known: Comparison | None, *, audit: timedelta, now: datetime
) -> bool:
    return _is_doubted(campaign, record, known) or _agrees(campaign, known, audit=audit, now=now)


def _is_doubted(campaign: Campaign, record: SyncRecord, known: Comparison | None) -> bool:
    """Return whether a campaign did not agree, and was not read again since."""
    doubt = None if known is None else known.doubts.get(campaign.campaign_id)
    return doubt is not None and record.audited_at <= doubt.found_at


def _agrees(campaign: Campaign, known: Comparison | None, *, audit: timedelta, now: datetime) -> bool:
    if known is None or not timedelta() <= now - known.compared_at < audit:
        return False
    return campaign.campaign_id in known.agreed or campaign.campaign_id in known.explained


def _begins_before(campaign: Campaign, moment: datetime) -> bool:
    begin = campaign.sent_at or campaign.created_at
    return begin is None or begin < moment


def _between(before: int | None, now: int | None, stored: int) -> tuple[int, int] | None:
    if before is None or now is None:
        return None
    return min(before, now) - stored, max(before, now) - stored
