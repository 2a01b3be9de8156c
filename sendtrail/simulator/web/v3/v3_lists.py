"""`/api/3`: campaigns, contacts, tags and lists."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.timestamps import CENTRAL, Stamps
from sendtrail.simulator.web.envelopes import answer
from sendtrail.simulator.web.v3.campaign_json import campaign_json, list_message_json, messages_json
from sendtrail.simulator.web.v3.contact_json import contact_json, lists_of, tags_of
from sendtrail.simulator.web.v3.list_pages import Rows, Window, number_in
from sendtrail.simulator.world.campaigns import Campaign

_CENTRAL = Stamps(CENTRAL)
_SIDE_LOADS = {"contactTags": tags_of, "contactLists": lists_of}


async def campaigns(request: Request) -> Response:
    """Answer `GET /api/3/campaigns`."""
    account = _account(request)
    window, found = Window.of(request), _sorted_campaigns(account, request.query_params)
    shown = [campaign_json(account, campaign) for campaign in found[window.rows]]
    return window.page({"campaigns": shown}, total=len(found))


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


async def messages(request: Request) -> Response:
    """Answer `GET /api/3/messages`: all of the account's, whichever campaign they belong to."""
    account, window = _account(request), Window.of(request)
    found = [message for campaign in account.campaigns for message in campaign.messages]
    shown = [list_message_json(account, message) for message in found[window.rows]]
    return window.page({"messages": shown}, total=len(found))


async def contacts(request: Request) -> Response:
    """Answer `GET /api/3/contacts`; unknown filters are ignored, as by the real API."""
    account, asked = _account(request), request.query_params
    ranks = account.contact_ranks(
        id_greater=number_in(asked.get("id_greater"), 0), updated_after=_instant(asked.get("filters[updated_after]"))
    )
    if asked.get("orders[id]", "").upper() == "DESC":
        ranks = ranks[::-1]
    window = Window.of(request)
    found = account.contacts_at(ranks[window.rows])
    content: dict[str, Rows] = {"contacts": [contact_json(account, contact) for contact in found]}
    for name in asked.get("include", "").split(","):
        if name in _SIDE_LOADS:
            content[name] = [row for contact in found for row in _SIDE_LOADS[name](account, contact)]
    return window.page(content, total=len(ranks), skipped=len(account.contacts) - len(ranks))


async def contact(request: Request) -> Response:
    """Answer `GET /api/3/contacts/{id}`."""
    account = _account(request)
    found = account.contacts.find(request.path_params["id"])
    how = account.quirks.hidden_by_id if found and account.is_hidden(found) else "shown"
    if how == "refused":
        return answer({"message": "You do not have permission to view this contact"}, 403)
    if found is None or how == "unknown":
        return _unknown("Subscriber", request)
    return answer({"contact": contact_json(account, found)})


async def tags(request: Request) -> Response:
    """Answer `GET /api/3/tags`."""
    account = _account(request)
    number = int if account.quirks.ints else str
    rows = [{"id": number(n), "tag": name, "tagType": "contact"} for n, name in account.tags.items()]
    window = Window.of(request)
    return window.page({"tags": rows[window.rows]}, total=len(rows))


async def lists(request: Request) -> Response:
    """Answer `GET /api/3/lists`."""
    account = _account(request)
    number = int if account.quirks.ints else str
    made = _CENTRAL.naive(account.contacts.people.since)
    rows = [
        {"id": number(n), "name": name, "stringid": f"list-{n}", "created_timestamp": made, "updated_timestamp": made}
        for n, name in account.lists.items()
    ]
    window = Window.of(request)
    return window.page({"lists": rows[window.rows]}, total=len(rows))


async def root(_: Request) -> Response:
    """Answer `GET /api/3/`, which clients ask for to check their key."""
    return answer({"links": {name: f"/api/3/{name}" for name in ("campaigns", "contacts", "tags", "lists", "users")}})


async def me(request: Request) -> Response:
    """Answer `GET /api/3/users/me`: the user of the key."""
    account = _account(request)
    number = int if account.quirks.ints else str
    user = {"username": "api", "firstName": "Api", "lastName": "User", "email": "api@account.example", "phone": ""}
    return answer({"user": {"id": number(1), **user, "lang": account.quirks.language, "links": {}}})


def _account(request: Request) -> Account:
    account: Account = request.app.state.account
    return account


def _unknown(what: str, request: Request) -> Response:
    return answer({"message": f"No Result found for {what} with id {request.path_params['id']}"}, 404)


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


_ORDERS: dict[str, Callable[[Campaign], int]] = {
    "id": lambda campaign: campaign.id,
    "cdate": lambda campaign: campaign.created_at,
    "sdate": lambda campaign: campaign.sent_at if campaign.send_amt else 0,
    "ldate": lambda campaign: campaign.last_sent_at if campaign.send_amt else 0,
}
