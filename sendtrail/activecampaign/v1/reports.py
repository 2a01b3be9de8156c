"""The five v1 reports of a campaign."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v1.by_message import ByMessage
from sendtrail.activecampaign.v1.click_report import ClickReport
from sendtrail.activecampaign.v1.oddities.event_rows import EventRows
from sendtrail.activecampaign.v1.oddities.named_messages import MessagesOf, Read
from sendtrail.activecampaign.v1.open_report import OpenReport
from sendtrail.activecampaign.v1.report_end import ReportEnds
from sendtrail.activecampaign.v1.row_pages import RowPages
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery


class V1Reports:
    """Reads the reports of a campaign; `messages_of` returns a campaign's messages."""

    def __init__(self, client: Client, zone: ZoneInfo, *, messages_of: MessagesOf) -> None:
        ends = ReportEnds(client, messages_of=messages_of)
        pages = RowPages(client, ends, zone)
        readers: dict[Report, Read] = {
            Report.OPENS: EventRows(OpenReport(pages).read, habits=client.memory.habits).read,
            Report.CLICKS: ClickReport(client, ends, zone).read,
            Report.BOUNCES: pages.read,
            Report.UNSUBSCRIBES: pages.read,
            Report.FORWARDS: pages.read_only_page,
        }
        self._readers = {
            report: ByMessage(read, memory=client.memory, messages_of=messages_of, now=client.now)
            for report, read in readers.items()
        }

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield a report from a position on, a page at a time (of clicks, a part of a page), to its proven end."""
        return self._readers[query.report].read(query)
