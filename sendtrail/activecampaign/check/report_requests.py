"""The requests for the v1 reports: the first page of each, a second one, and one that cannot exist."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sendtrail.activecampaign.check.answers import Answer, ask
from sendtrail.activecampaign.check.observations import Page, PagingObservation, ReportObservation, rows_of
from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v1.envelope import page_rows
from sendtrail.activecampaign.v1.report_end import FAR_PAGE
from sendtrail.activecampaign.v1.report_request import report_request
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import (
    COUNTED_BY,
    PAGE_SIZE,
    Report,
    ReportCursor,
    ReportQuery,
    expected_row_count,
    is_unknown,
)

# Where no campaign is known: the account answers that it has nothing, or that it is not to be asked.
SOME_CAMPAIGN = 1
MAX_BYTES = 50_000_000
PAGED = (Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES)


def example(campaigns: Iterable[Campaign], report: Report) -> Campaign | None:
    """Return the campaign to look at a report of: the most opens, but few of anything else, whose pages may be huge."""
    sent = [each for each in campaigns if each.was_sent]
    known = [(count, each) for each in sent if (count := _events(each, report))]
    if not known:
        return next(iter(sent), None)
    sign = -1 if report is Report.OPENS else 1
    return min(known, key=lambda pair: (pair[1].split, sign * pair[0], pair[1].campaign_id))[1]


def observe_report(
    client: Client, campaigns: Sequence[Campaign], report: Report, *, messages_of: Callable[[int], list[str]]
) -> ReportObservation:
    """Ask for the first page of a report; where its rows are missing, ask for those of a message."""
    campaign = example(campaigns, report)
    campaign_id = campaign.campaign_id if campaign else SOME_CAMPAIGN
    seen = ReportObservation(
        report=report,
        campaign_id=campaign_id,
        counted=_counted(campaign, report),
        first=_ask(client, _query(report, campaign_id)),
    )
    if campaign is None or seen.counted == 0 or seen.first.value is None or seen.rows:
        return seen
    message = next(iter(messages_of(campaign_id)), None)
    return replace(seen, by_message=_ask(client, _query(report, campaign_id, message))) if message else seen


def observe_paging(client: Client, reports: Iterable[ReportObservation]) -> PagingObservation | None:
    """Ask for a second page and one that cannot exist, of the first report whose rows were seen."""
    found = next((each for each in reports if each.report in PAGED and rows_of(each.first)), None)
    if found is None:
        return None
    query, first = _query(found.report, found.campaign_id), rows_of(found.first)
    may_go_on = len(first) >= PAGE_SIZE or (found.counted or 0) > len(first)
    return PagingObservation(
        report=found.report,
        first=first,
        second=_ask(client, query, 2) if may_go_on else None,
        far=_ask(client, query, FAR_PAGE),
        counted=found.counted,
    )


def _counted(campaign: Campaign | None, report: Report) -> int | None:
    if campaign is None or is_unknown(report, campaign.counters):
        return None
    rows = expected_row_count(report, campaign.counters)
    return _events(campaign, report) if rows is None else rows


def _events(campaign: Campaign, report: Report) -> int:
    return sum(campaign.counters.get(name, 0) for name in COUNTED_BY[report])


def _query(report: Report, campaign_id: int, message_id: str = "") -> ReportQuery:
    since = datetime(1970, 1, 1, tzinfo=UTC)
    return ReportQuery(
        campaign_id=campaign_id, report=report, message_id=message_id, since=since, position=ReportCursor()
    )


def _ask(client: Client, query: ReportQuery, page: int = 1) -> Answer[Page]:
    return ask(client, replace(report_request(query, page), max_bytes=MAX_BYTES), page_rows)
