"""`/api/3`: campaigns, contacts, tags and lists."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.timestamps import CENTRAL
from sendtrail.simulator.web.campaign_json import campaign_json, messages_json
from sendtrail.simulator.web.contact_json import contact_json, lists_of, tags_of
from sendtrail.simulator.web.envelopes import answer
from sendtrail.simulator.world.campaigns import Campaign

_SIDE_LOADS = {"contactTags": tags_of, "contactLists": lists_of}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which rows of a list a request asks for."""

    offset: int
    limit: int

    def of(self, total: int) -> range:
        """Return the ranks of the rows in a list of so many."""
        return range(total)[self.offset : self.offset + self.limit]


async def campaigns(request: Request) -> Response:
    """Answer `GET /api/3/campaigns`."""
    account = _account(request)
    found = _sorted_campaigns(account, request.query_params)
    shown = [found[n] for n in _window(request).of(len(found))]
    return _page(account, {"campaigns": [campaign_json(account, campaign) for campaign in shown]}, len(found))


async def campaign(request: Request) -> Response:
    """Answer `GET /api/3/campaigns/{id}`."""
    account = _account(request)
    found = account.campaign(request.path_params["id"])
    return answer({"campaign": campaign_json(account, found)}) if found else _unknown("Campaign", request)


async def campaign_messages(request: Request) -> Response:
    """Answer `GET /api/3/campaigns/{id}/campaignMessages`."""
    account = _account(request)
    found = account.campaign(request.path_params["id"])
    return answer({"campaignMessages": messages_json(account, found)}) if found else _unknown("Campaign", request)


async def contacts(request: Request) -> Response:
    """Answer `GET /api/3/contacts`; unknown filters are ignored, as by the real API."""
    account, asked = _account(request), request.query_params
    ranks = account.contact_ranks(
        id_greater=_number(asked.get("id_greater"), 0), updated_after=_instant(asked.get("filters[updated_after]"))
    )
    if asked.get("orders[id]", "").upper() == "DESC":
        ranks = ranks[::-1]
    window = _window(request)
    found = account.contacts_at(ranks[window.offset : window.offset + window.limit])
    content: dict[str, object] = {"contacts": [contact_json(account, contact) for contact in found]}
    for name in asked.get("include", "").split(","):
        if name in _SIDE_LOADS:
            content[name] = [row for contact in found for row in _SIDE_LOADS[name](account, contact)]
    return _page(account, content, len(ranks))


async def contact(request: Request) -> Response:
    """Answer `GET /api/3/contacts/{id}`."""
    account = _account(request)
    found = account.contacts.find(request.path_params["id"])
    return answer({"contact": contact_json(account, found)}) if found else _unknown("Subscriber", request)


async def tags(request: Request) -> Response:
    """Answer `GET /api/3/tags`."""
    account = _account(request)
    number = int if account.quirks.ints else str
    rows = [{"id": number(n), "tag": name, "tagType": "contact"} for n, name in account.tags.items()]
    return _page(account, {"tags": [rows[n] for n in _window(request).of(len(rows))]}, len(rows))


async def lists(request: Request) -> Response:
    """Answer `GET /api/3/lists`."""
    account = _account(request)
    number = int if account.quirks.ints else str
    rows = [{"id": number(n), "name": name, "stringid": f"list-{n}"} for n, name in account.lists.items()]
    return _page(account, {"lists": [rows[n] for n in _window(request).of(len(rows))]}, len(rows))


def _account(request: Request) -> Account:
    account: Account = request.app.state.account
    return account


def _page(account: Account, content: dict[str, object], total: int) -> Response:
    return answer(content | {"meta": {"total": total if account.quirks.ints else str(total)}})


def _unknown(what: str, request: Request) -> Response:
    return answer({"message": f"No Result found for {what} with id {request.path_params['id']}"}, 404)


def _window(request: Request) -> Window:
    asked, most = request.query_params, _account(request).quirks.max_limit
    limit = min(most, max(1, _number(asked.get("limit"), 20)))
    return Window(offset=_number(asked.get("offset"), 0), limit=limit)


def _sorted_campaigns(account: Account, asked: Mapping[str, str]) -> list[Campaign]:
    found = list(account.campaigns)
    for field, key in _ORDERS.items():
        direction = asked.get(f"orders[{field}]", "").upper()
        if direction in ("ASC", "DESC"):
            found.sort(key=key, reverse=direction == "DESC")
    return found


def _instant(text: str | None) -> datetime | None:
    with suppress(ValueError):
        instant = datetime.fromisoformat(text or "")
        return instant if instant.tzinfo else instant.replace(tzinfo=CENTRAL)
    return None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


_ORDERS: dict[str, Callable[[Campaign], int]] = {
    "id": lambda campaign: campaign.id,
    "cdate": lambda campaign: campaign.created_at,
    "sdate": lambda campaign: campaign.sent_at if campaign.send_amt else 0,
    "ldate": lambda campaign: campaign.last_sent_at if campaign.send_amt else 0,
}
