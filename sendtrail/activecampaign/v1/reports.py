"""The five v1 reports of a campaign."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v1.click_report import ClickReport
from sendtrail.activecampaign.v1.forward_report import ForwardReport
from sendtrail.activecampaign.v1.open_report import OpenReport
from sendtrail.activecampaign.v1.report_end import ReportEnds
from sendtrail.activecampaign.v1.row_pages import RowPages
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery


class V1Reports:
    """Reads the reports of a campaign; `messages_of` returns the ids of a campaign's messages."""

    def __init__(self, client: Client, zone: ZoneInfo, *, messages_of: Callable[[int], list[str]]) -> None:
        ends = ReportEnds(client)
        pages = RowPages(client, ends, zone)
        self._readers: dict[Report, Callable[[ReportQuery], Iterator[ReportPage]]] = {
            Report.OPENS: OpenReport(pages).read,
            Report.CLICKS: ClickReport(client, ends, zone, messages_of=messages_of).read,
            Report.BOUNCES: pages.read,
            Report.UNSUBSCRIBES: pages.read,
            Report.FORWARDS: ForwardReport(pages, messages_of=messages_of).read,
        }

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield a report from a position on, a page at a time (of clicks, a part of a page), to its proven end."""
        return self._readers[query.report](query)
