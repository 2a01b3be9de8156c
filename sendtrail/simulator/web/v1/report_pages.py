"""`/admin/api.php`: pages of the v1 campaign reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.quirks.events import ACTIONS
from sendtrail.simulator.quirks.rows import BadRow
from sendtrail.simulator.randomness import Permutation
from sendtrail.simulator.report_lists.bad_rows import bad_links_in
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.page_counts import PAGE_SIZE
from sendtrail.simulator.report_lists.readable import ignores_page
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.web.envelopes import Envelopes
from sendtrail.simulator.web.v1.bad_row_values import page_with
from sendtrail.simulator.web.v1.link_list import LinkPage
from sendtrail.simulator.web.v1.report_rows import RowWriter
from sendtrail.simulator.world.campaigns import Campaign, Message, Report

_EVENTS = {action: event for event, action in ACTIONS.items()}
States = Callable[[int, int], list[State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a report request asks for."""

    account: Account
    campaign: Campaign
    message: Message
    event: EventType
    page: int
    newest_first: bool

    @property
    def rows(self) -> slice:
        """Return which rows (or links) of a list the page holds."""
        return slice((self.page - 1) * PAGE_SIZE, self.page * PAGE_SIZE)

    @property
    def report(self) -> Report:
        """Return the list that the request is about."""
        return Report(campaign=self.campaign, message=self.message, event=self.event)

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
        event=event,
        page=1 if ignores_page(event, account.quirks) else max(1, _number(asked.get("page"), 1)),
        newest_first=asked.get("sort_direction", "").upper() == "DESC",
    )


def _rows(query: Query, envelopes: Envelopes) -> Response:
    writer, states, shown = RowWriter(query.account, query.report), _ordered(query), list[State]()

    def fetch(start: int, stop: int) -> list[object]:
        found = states(0, stop) if writer.is_per_list else states(start, stop)
        shown.extend(found)
        rows = list(writer.rows(found))
        return rows[start:stop] if writer.is_per_list else rows

    page = page_with(writer.bad_rows(), _window(query), fetch)
    if page and query.ends_early():
        return envelopes.end()
    response = envelopes.numbered(page)
    query.account.after_report([query.report], [writer.number(state.member) for state in shown])
    return response


def _links(query: Query, envelopes: Envelopes) -> Response:
    account, message = query.account, query.message
    lists: list[Report | BadRow] = [replace(query.report, link=link) for link in message.links]
    if not query.campaign.send_amt:
        return envelopes.end()
    bad = list[Report | BadRow](bad_links_in(message, account.quirks))
    items = page_with(bad, query.rows, lambda start, stop: lists[start:stop])
    if not items or query.ends_early():
        return envelopes.end()
    page = LinkPage(account=account, items=items, envelopes=envelopes)
    response = page.response()
    account.after_report(page.lists, page.clickers())
    return response


def _window(query: Query) -> slice:
    """Return which rows the page holds: forwards are all on one page."""
    return slice(0, query.message.recipients + PAGE_SIZE) if query.event == "forward" else query.rows


def _ordered(query: Query) -> States:
    """Return what returns the states from one place up to another, in the order of the report."""
    quirks, view = query.account.quirks, query.account.view(query.report)
    if query.event == "open":
        if quirks.unsorted_opens:
            return lambda start, stop: _shuffled(view, query.campaign.key, slice(start, stop))
        is_newest_first = query.newest_first and not quirks.ascending_opens
    else:
        is_newest_first = query.event == "forward"
    if is_newest_first:
        return view.slice
    return lambda start, stop: view.slice(len(view) - stop, len(view) - start)[::-1]


def _shuffled(view: View, key: int, rows: slice) -> list[State]:
    order = Permutation(max(1, len(view)), key=key)
    return [view[order[n]] for n in range(len(view))[rows]]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
