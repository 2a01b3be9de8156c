"""`/admin/api.php`: the v1 campaign reports."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.randomness import Permutation
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.page_counts import PAGE_SIZE
from sendtrail.simulator.report_lists.row_changes import View
from sendtrail.simulator.web.envelopes import numbered, refusal
from sendtrail.simulator.web.link_list import link_page
from sendtrail.simulator.web.report_rows import RowWriter
from sendtrail.simulator.world.campaigns import Campaign, Message, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a report request asks for."""

    account: Account
    campaign: Campaign
    message: Message
    page: int
    newest_first: bool

    @property
    def rows(self) -> slice:
        """Return which rows (or links) of a list the page holds."""
        return slice((self.page - 1) * PAGE_SIZE, self.page * PAGE_SIZE)

    def list(self, event: EventType) -> Report:
        """Return the list that the request is about."""
        return Report(campaign=self.campaign, message=self.message, event=event)


async def report(request: Request) -> Response:
    """Answer a v1 request."""
    account: Account = request.app.state.account
    asked = request.query_params
    action = _ACTIONS.get(asked.get("api_action", ""))
    if action is None or asked.get("api_output") != "json":
        return refusal("Failed: Unknown api_action, or api_output is not json")
    campaign = account.campaign(_number(asked.get("campaignid"), 0))
    if campaign is None:
        return refusal("Failed: Campaign does not exist")
    message = campaign.message(asked.get("messageid", ""))
    if message is None:
        return numbered([])
    page = 1 if _ignores_page(account, action) else max(1, _number(asked.get("page"), 1))
    newest_first = asked.get("sort_direction", "").upper() == "DESC"
    return action(Query(account=account, campaign=campaign, message=message, page=page, newest_first=newest_first))


def _ignores_page(account: Account, action: Callable[[Query], Response]) -> bool:
    return account.quirks.repeated_page in (("links", "all") if action is _links else ("all",))


def _opens(query: Query) -> Response:
    quirks = query.account.quirks
    shown = query.list("open")
    view = query.account.view(shown)
    if quirks.unsorted_opens:
        states = _shuffled(view, query.campaign.key, query.rows)
    else:
        states = _ordered(view, query.rows, newest_first=query.newest_first and not quirks.ascending_opens)
    return _answer(query, shown, states)


def _bounces(query: Query) -> Response:
    return _oldest_first(query, "bounce")


def _unsubscriptions(query: Query) -> Response:
    return _oldest_first(query, "unsubscribe")


def _oldest_first(query: Query, event: EventType) -> Response:
    shown = query.list(event)
    return _answer(query, shown, _ordered(query.account.view(shown), query.rows, newest_first=False))


def _forwards(query: Query) -> Response:
    shown = query.list("forward")
    return _answer(query, shown, list(query.account.view(shown)))


def _answer(query: Query, shown: Report, states: list[State]) -> Response:
    response = numbered(RowWriter(query.account, shown).rows(states))
    query.account.after_report([shown])
    return response


def _links(query: Query) -> Response:
    links = query.message.links[query.rows]
    lists = [Report(campaign=query.campaign, message=query.message, event="click", link=link) for link in links]
    if not query.campaign.send_amt:
        lists = []
    response = link_page(query.account, lists)
    query.account.after_report(lists)
    return response


def _ordered(view: View, rows: slice, *, newest_first: bool) -> list[State]:
    if newest_first:
        return view.slice(rows.start, rows.stop)
    return view.slice(len(view) - rows.stop, len(view) - rows.start)[::-1]


def _shuffled(view: View, key: int, rows: slice) -> list[State]:
    order = Permutation(max(1, len(view)), key=key)
    return [view[order[n]] for n in range(len(view))[rows]]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


_ACTIONS: dict[str, Callable[[Query], Response]] = {
    "campaign_report_open_list": _opens,
    "campaign_report_link_list": _links,
    "campaign_report_bounce_list": _bounces,
    "campaign_report_unsubscription_list": _unsubscriptions,
    "campaign_report_forward_list": _forwards,
}
