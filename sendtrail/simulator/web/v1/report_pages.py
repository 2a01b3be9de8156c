"""`/admin/api.php`: pages of the v1 campaign reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.quirks.events import ACTIONS
from sendtrail.simulator.quirks.rows import BadRow
from sendtrail.simulator.report_lists.bad_rows import bad_links_in
from sendtrail.simulator.report_lists.readable import ignores_page, shows_all_messages
from sendtrail.simulator.web.envelopes import Envelopes
from sendtrail.simulator.web.v1.bad_row_values import page_with
from sendtrail.simulator.web.v1.link_list import LinkPage
from sendtrail.simulator.web.v1.row_lists import RowList
from sendtrail.simulator.world.campaigns import Campaign, Message, Report

T = TypeVar("T")

_EVENTS = {action: event for event, action in ACTIONS.items()}
_WHOLE = slice(0, 10_000_000)  # more rows than any list has


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a report request asks for; `message_id` is what it names, which may be nothing."""

    account: Account
    campaign: Campaign
    message: Message
    message_id: str
    event: EventType
    page: int
    newest_first: bool

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return the lists that the request is about."""
        shows_all = shows_all_messages(self.event, self.message_id, self.account.quirks)
        messages = self.campaign.messages if shows_all else (self.message,)
        return tuple(Report(campaign=self.campaign, message=message, event=self.event) for message in messages)

    def page_of(self, fetch: Callable[[slice], list[T]]) -> list[T]:
        """Return the page of a list, of which `fetch` returns a range: forwards are all on one page."""
        if self.event == "forward":
            return fetch(_WHOLE)
        quirks = self.account.quirks
        size = quirks.report_page_size
        found = fetch(slice((self.page - 1) * size, self.page * size))
        if found or quirks.past_the_end != "last_page":
            return found
        everything = fetch(_WHOLE)
        return everything[(len(everything) - 1) // size * size :] if everything else []

    def ends_early(self) -> bool:
        """Say whether the page passes for the end of the data although it has rows."""
        account = self.account
        if self.page != account.quirks.false_end_page:
            return False
        return account.false_ends.strikes((self.event, self.message.id), now=int(account.now.timestamp()))


async def report(request: Request) -> Response:
    """Answer a v1 request."""
    account: Account = request.app.state.account
    asked, envelopes = request.query_params, Envelopes.of(account.quirks)
    event = _EVENTS.get(asked.get("api_action", ""))
    if event is None or asked.get("api_output") != "json":
        return envelopes.refusal(envelopes.phrases.unknown_action)
    query = _query(account, event, asked)
    if query is None:
        return envelopes.end()
    return _links(query, envelopes) if event == "click" else _rows(query, envelopes)


def _query(account: Account, event: EventType, asked: Mapping[str, str]) -> Query | None:
    campaign, message_id = account.campaign(_number(asked.get("campaignid"), 0)), asked.get("messageid", "")
    message = campaign.message(message_id) if campaign else None
    needed = event in account.quirks.messageid_needed
    if campaign is None or message is None or (needed and not message_id):
        return None
    return Query(
        account=account,
        campaign=campaign,
        message=message,
        message_id=message_id,
        event=event,
        page=1 if ignores_page(event, account.quirks) else max(1, _number(asked.get("page"), 1)),
        newest_first=asked.get("sort_direction", "").upper() == "DESC",
    )


def _rows(query: Query, envelopes: Envelopes) -> Response:
    rows = RowList(account=query.account, reports=query.reports, newest_first=query.newest_first)
    bad = rows.bad_rows()
    page = query.page_of(lambda place: page_with(bad, place, rows.rows))
    if page and query.ends_early():
        return envelopes.end()
    response = envelopes.numbered(row for row, _ in page)
    query.account.after_report(query.reports, [number for _, number in page if number >= 0])
    return response


def _links(query: Query, envelopes: Envelopes) -> Response:
    account = query.account
    lists: list[Report | BadRow] = [
        Report(campaign=query.campaign, message=report.message, event="click", link=link)
        for report in query.reports
        for link in report.message.links
    ]
    if not query.campaign.send_amt:
        return envelopes.end()
    bad = list[Report | BadRow](bad_links_in(query.reports[0].message, account.quirks))
    items = query.page_of(lambda place: page_with(bad, place, lambda start, stop: lists[start:stop]))
    if not items or query.ends_early():
        return envelopes.end()
    page = LinkPage(account=account, items=items, envelopes=envelopes)
    response = page.response()
    account.after_report(page.lists, page.clickers())
    return response


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
