"""The requests for the v3 lists: campaigns, contacts, tags, lists, messages and link data."""

from sendtrail.activecampaign.check.answers import Answer, Content, ask_list
from sendtrail.activecampaign.check.observations import ListObservation
from sendtrail.activecampaign.fields import identifier
from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v3.campaigns import campaign
from sendtrail.activecampaign.v3.items import item_id
from sendtrail.domain.campaign import LIST_LIMIT, Campaign

MAX_CAMPAIGN_PAGES = 6
_INCLUDED = "contactTags,contactLists"


def observe_campaigns(client: Client) -> ListObservation:
    """Read the campaigns' list to its end, or as far as a check goes."""
    pages: list[Answer[Content]] = []
    while len(pages) < MAX_CAMPAIGN_PAGES:
        seen = ListObservation(name="campaigns", pages=pages)
        if pages and (pages[-1].value is None or (seen.is_whole and not seen.is_doubtful)):
            break
        pages.append(ask_list(client, "/api/3/campaigns", {"limit": LIST_LIMIT, "offset": len(seen.rows)}))
    return ListObservation(name="campaigns", pages=pages)


def read_campaigns(seen: ListObservation) -> list[Campaign]:
    """Return the campaigns of a list, once each."""
    found = {row_id: campaign(row_id, row) for row in seen.rows if (row_id := item_id(row)) is not None}
    return list(found.values())


def observe_contacts(client: Client) -> ListObservation:
    """Read two pages of the contacts, the second from behind the last id of the first, and again where it is empty."""
    first = _contacts(client, after=0)
    seen = ListObservation(name="contacts", pages=[first])
    last = max((row_id for row in seen.rows if (row_id := item_id(row)) is not None), default=None)
    if last is None:
        return seen
    pages = [first, _contacts(client, after=last)]
    if ListObservation(name="contacts", pages=pages).is_doubtful:
        pages.append(_contacts(client, after=last))
    return ListObservation(name="contacts", pages=pages)


def observe_list(client: Client, name: str) -> ListObservation:
    """Read the first page of a list."""
    return ListObservation(name=name, pages=[ask_list(client, f"/api/3/{name}", {"limit": LIST_LIMIT, "offset": 0})])


def ask_messages(client: Client, campaign_id: int) -> Answer[Content]:
    """Ask for the messages of a campaign."""
    return ask_list(client, f"/api/3/campaigns/{campaign_id}/campaignMessages", {"limit": LIST_LIMIT})


def message_ids(answer: Answer[Content]) -> list[str]:
    """Return the ids of the messages that an answer names."""
    rows = (answer.value or {}).get("campaignMessages", [])
    return [found for row in rows if isinstance(row, dict) and (found := identifier(row.get("messageid")))]


def observe_link_data(client: Client, campaign_id: int) -> list[Answer[Content]]:
    """Ask for a campaign's links, and for the link data of the first."""
    links = ask_list(client, f"/api/3/campaigns/{campaign_id}/links", {"limit": LIST_LIMIT})
    rows = (links.value or {}).get("links", [])
    first = next((found for row in rows if (found := item_id(row)) is not None), None)
    return [links] if first is None else [links, ask_list(client, f"/api/3/links/{first}/linkData", {"limit": 1})]


def _contacts(client: Client, *, after: int) -> Answer[Content]:
    params: dict[str, str | int] = {"orders[id]": "ASC", "id_greater": after, "limit": LIST_LIMIT, "include": _INCLUDED}
    return ask_list(client, "/api/3/contacts", params)
