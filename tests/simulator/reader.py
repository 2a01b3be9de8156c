"""A naive, correct reader of an account: every page of everything, nothing clever."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import requests

from sendtrail.simulator import Account, TruthContact, TruthRow
from sendtrail.simulator.quirks import EventType

Row = dict[str, Any]


class Api:
    """Plain requests to an account that is being served."""

    def __init__(self, url: str, account: Account) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Api-Token"] = account.api_key
        self.zone = ZoneInfo(account.time_zone)

    def get(self, path: str, **params: object) -> requests.Response:
        """Return the response to a GET."""
        asked = {name: str(value) for name, value in params.items()}
        return self.session.get(self.url + path, params=asked, timeout=10, allow_redirects=False)

    def v3(self, path: str, **params: object) -> Row:
        """Return what a v3 path holds."""
        content: Row = self.get(f"/api/3/{path}", **params).json()
        return content

    def report(self, name: str, campaign_id: object, **params: object) -> Row:
        """Return a v1 report page, envelope and all."""
        action = f"campaign_report_{name}_list"
        response = self.get("/admin/api.php", api_action=action, api_output="json", campaignid=campaign_id, **params)
        content: Row = response.json()
        return content

    def rows(self, name: str, campaign_id: object, **params: object) -> list[Row]:
        """Return the rows of a v1 report page."""
        return numbered(self.report(name, campaign_id, **params))

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def numbered(content: Row) -> list[Row]:
    """Return what is under numeric keys, in the order of the numbers."""
    return [content[key] for key in sorted(filter(str.isdecimal, content), key=int)]


def read_activities(api: Api) -> list[TruthRow]:
    """Return every row of every report of every campaign."""
    return [row for campaign in read_campaigns(api) for row in _campaign_rows(api, campaign)]


def read_campaigns(api: Api) -> list[Row]:
    """Return every campaign."""
    return _offset_pages(api, "campaigns")


def read_contacts(api: Api) -> list[TruthContact]:
    """Return every contact with the names of its tags and lists."""
    tags = {str(tag["id"]): tag["tag"] for tag in _offset_pages(api, "tags")}
    lists = {str(row["id"]): row["name"] for row in _offset_pages(api, "lists")}
    return [_contact(row, page, tags, lists) for page in _contact_pages(api) for row in page["contacts"]]


def _offset_pages(api: Api, name: str) -> list[Row]:
    found: list[Row] = []
    while True:
        page = api.v3(name, limit=100, offset=len(found))
        found += page[name]
        if len(found) >= int(page["meta"]["total"]):
            return found


def _contact_pages(api: Api) -> Iterator[Row]:
    last = "0"
    while True:
        asked = {"orders[id]": "ASC", "id_greater": last, "limit": 100, "include": "contactTags,contactLists"}
        page = api.v3("contacts", **asked)
        if not page["contacts"]:
            return
        yield page
        last = page["contacts"][-1]["id"]


def _contact(row: Row, page: Row, tags: dict[str, str], lists: dict[str, str]) -> TruthContact:
    own = str(row["id"])
    return TruthContact(
        id=own,
        email=row["email"],
        first_name=row["firstName"],
        last_name=row["lastName"],
        phone=row["phone"],
        created=datetime.fromisoformat(row["created_utc_timestamp"]).replace(tzinfo=UTC),
        updated=datetime.fromisoformat(row["udate"]).astimezone(UTC),
        tags=tuple(sorted(tags[str(tag["tag"])] for tag in page["contactTags"] if str(tag["contact"]) == own)),
        lists=tuple(
            sorted((lists[str(n["list"])], int(n["status"])) for n in page["contactLists"] if str(n["contact"]) == own)
        ),
    )


def _campaign_rows(api: Api, campaign: Row) -> Iterator[TruthRow]:
    campaign_id = str(campaign["id"])
    for message_id in _message_ids(api, campaign):
        where = {"campaignid": campaign_id, "messageid": message_id} if message_id else {"campaignid": campaign_id}
        yield from _rows(api, where, "open", _pages(api, "open", where | {"sort_direction": "DESC"}))
        yield from _rows(api, where, "bounce", _pages(api, "bounce", where))
        yield from _rows(api, where, "unsubscribe", _pages(api, "unsubscription", where))
        yield from _rows(api, where, "forward", numbered(_report(api, "forward", where)))
        for link in _pages(api, "link", where):
            yield from _rows(api, where | {"link": link}, "click", _info(link))


def _message_ids(api: Api, campaign: Row) -> list[str]:
    if campaign["type"] != "split":
        return [""]
    messages = api.v3(f"campaigns/{campaign['id']}/campaignMessages")["campaignMessages"]
    return [str(message["messageid"]) for message in messages]


def _report(api: Api, name: str, where: Row, page: int = 1) -> Row:
    rest = {key: value for key, value in where.items() if key != "campaignid"}
    return api.report(name, where["campaignid"], page=page, **rest)


def _pages(api: Api, name: str, where: Row) -> Iterator[Row]:
    for page in count(1):
        content = _report(api, name, where, page)
        if content["result_code"] == 0:
            assert content["result_message"] == "Failed: Nothing is returned"
            return
        yield from numbered(content)


def _info(link: Row) -> list[Row]:
    info = link["info"] or []
    return numbered(info) if isinstance(info, dict) else info


def _rows(api: Api, where: Row, event: EventType, rows: Iterable[Row]) -> Iterator[TruthRow]:
    for row in rows:
        source = row.get("tstamp_iso") or row["tstamp"]
        instant = datetime.fromisoformat(source)
        yield TruthRow(
            campaign_id=int(where["campaignid"]),
            message_id=row.get("messageid") or where.get("messageid", ""),
            event_type=event,
            contact_id=row["subscriberid"],
            contact_email=row["email"],
            activity_timestamp=(instant if instant.tzinfo else instant.replace(tzinfo=api.zone)).astimezone(UTC),
            times=int(row.get("times", 1)),
            link_id=where["link"]["id"] if event == "click" else "",
            link_url=where["link"]["link"] if event == "click" else "",
            source_timestamp=source,
            detail=_detail(event, row),
        )


def _detail(event: EventType, row: Row) -> dict[str, str]:
    match event:
        case "bounce":
            return {name: row[name] for name in ("id", "type", "code", "counted", "reason", "descript")}
        case "unsubscribe":
            return {"reason": row["reason"]}
        case "forward":
            return {"recipient": row["email_to"]}
        case _:
            return {}
