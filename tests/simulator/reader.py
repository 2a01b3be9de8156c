"""A naive, correct reader of an account: every page of everything, nothing clever; it knows which world it is in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import requests

from sendtrail.simulator import Account, TruthContact, TruthRow
from sendtrail.simulator.quirks import EventType
from tests.simulator.tolerant import content

Row = dict[str, Any]
_ATTEMPTS = 2  # at an empty page: some ends are false, once
CENTRAL = ZoneInfo("America/Chicago")


class Api:
    """Plain requests to an account that is being served."""

    def __init__(self, url: str, account: Account) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Api-Token"] = account.api_key
        self.zone = ZoneInfo(account.time_zone)
        self.quirks = account.quirks

    def get(self, path: str, **params: object) -> requests.Response:
        """Return the response to a GET."""
        asked = {name: str(value) for name, value in params.items()}
        return self.session.get(self.url + path, params=asked, timeout=10, allow_redirects=False)

    def v3(self, path: str, **params: object) -> Row:
        """Return what a v3 path holds."""
        return content(self.get(f"/api/3/{path}", **params).content)

    def v1(self, name: str, campaign_id: object, **params: object) -> requests.Response:
        """Return the response to a request of a report page."""
        action = f"campaign_report_{name}_list"
        return self.get("/admin/api.php", api_action=action, api_output="json", campaignid=campaign_id, **params)

    def report(self, name: str, campaign_id: object, **params: object) -> Row:
        """Return a v1 report page, envelope and all."""
        return content(self.v1(name, campaign_id, **params).content)

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
    return [_contact(row, page, (tags, lists)) for page in _contact_pages(api) for row in page["contacts"]]


def _offset_pages(api: Api, name: str) -> list[Row]:
    found: list[Row] = []
    while True:
        asked = (api.v3(name, limit=100, offset=len(found)) for _ in range(_ATTEMPTS))
        page = next((page[name] for page in asked if page.get(name)), None)
        if page is None:
            return found
        found += page


def _contact_pages(api: Api) -> Iterator[Row]:
    last, seen = 0, 0
    while True:
        cursor = {"offset": seen} if api.quirks.id_greater_ignored else {"id_greater": last}
        asked = {"orders[id]": "ASC", "limit": 100, "include": "contactTags,contactLists"} | cursor
        page = next(
            (page for page in (api.v3("contacts", **asked) for _ in range(_ATTEMPTS)) if page.get("contacts")), None
        )
        if page is None:
            return
        yield page
        last, seen = page["contacts"][-1]["id"], seen + len(page["contacts"])


def _contact(row: Row, page: Row, names: tuple[dict[str, str], dict[str, str]]) -> TruthContact:
    own, (tags, lists) = str(row["id"]), names
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
        last_open=_central(row["last_open_date"]),
        last_click=_central(row["last_click_date"]),
    )


def _central(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=CENTRAL).astimezone(UTC) if text else None


def _campaign_rows(api: Api, campaign: Row) -> Iterator[TruthRow]:
    for event, name in _REPORTS.items():
        found = list[TruthRow]()
        for message_id in _message_ids(api, campaign, event):
            known = {row.contact_id for row in found}
            where = {"campaignid": str(campaign["id"])} | ({"messageid": message_id} if message_id else {})
            found += [row for row in _list_rows(api, where, event, name) if row.contact_id not in known]
        yield from found


def _list_rows(api: Api, where: Row, event: EventType, name: str) -> Iterator[TruthRow]:
    pages = _pages(api, name, where)
    if event in api.quirks.messageid_ignored:
        where = {key: value for key, value in where.items() if key != "messageid"}
    if event == "click":
        for link in (row for row in pages if _is_link(row)):
            yield from _counted(api, event, _rows(api, where | {"link": link}, event, _info(link)))
    else:
        yield from _counted(api, event, _rows(api, where, event, pages))


def _counted(api: Api, event: EventType, rows: Iterable[TruthRow]) -> Iterable[TruthRow]:
    """Return rows with how many their contact had by then, where each event has one."""
    if event not in api.quirks.row_per_event:
        return rows
    counts = Counter[str]()
    return [replace(row, times=_next(counts, row.contact_id)) for row in sorted(rows, key=_when)]


def _next(counts: Counter[str], key: str) -> int:
    counts[key] += 1
    return counts[key]


def _when(row: TruthRow) -> datetime:
    return row.activity_timestamp


_REPORTS: dict[EventType, str] = {
    "open": "open",
    "bounce": "bounce",
    "unsubscribe": "unsubscription",
    "forward": "forward",
    "click": "link",
}


def _message_ids(api: Api, campaign: Row, event: EventType) -> list[str]:
    quirks = api.quirks
    if campaign["type"] != "split" and event not in quirks.messageid_needed:
        return [""]
    messages = api.v3(f"campaigns/{campaign['id']}/campaignMessages")["campaignMessages"]
    ids = [str(message["messageid"]) for message in messages]
    return [*ids, ""] if quirks.unlisted_messages and campaign["type"] == "split" else ids


def _pages(api: Api, name: str, where: Row) -> Iterator[Row]:
    rest = {key: value for key, value in where.items() if key != "campaignid"} | {"sort_direction": "DESC"}
    before: list[Row] = []
    for page in count(1):
        asked = (api.rows(name, where["campaignid"], page=page, **rest) for _ in range(_ATTEMPTS))
        rows = next(filter(None, asked), None)
        if not rows or rows == before:
            return
        yield from rows
        if name == "forward":
            return
        before = rows


def _is_link(row: Any) -> bool:
    return isinstance(row, dict) and "info" in row


def _info(link: Row) -> list[Row]:
    info = link["info"] or []
    return numbered(info) if isinstance(info, dict) else info


def _rows(api: Api, where: Row, event: EventType, rows: Iterable[Row]) -> Iterator[TruthRow]:
    """Yield what can be read of rows; an unsubscription has a row per list, of which one is enough."""
    seen = set()
    for row in rows:
        if _is_unreadable(row) or (event == "unsubscribe" and row["subscriberid"] in seen):
            continue
        seen.add(row["subscriberid"])
        source = row.get("tstamp_iso") or row.get("tstamp") or row["udate"]
        instant = datetime.fromisoformat(source)
        yield TruthRow(
            campaign_id=int(where["campaignid"]),
            message_id=row.get("messageid") or where.get("messageid", ""),
            event_type=event,
            contact_id=row["subscriberid"],
            contact_email=row["email_from"] if "email_from" in row else row["email"],
            activity_timestamp=(instant if instant.tzinfo else instant.replace(tzinfo=api.zone)).astimezone(UTC),
            times=int(row.get("times") or row.get("a_times") or 1),
            link_id=where["link"]["id"] if event == "click" else "",
            link_url=where["link"]["link"] if event == "click" else "",
            source_timestamp=source,
            detail=_detail(event, row),
        )


def _is_unreadable(row: Any) -> bool:
    email = row.get("email", row.get("email_from")) if isinstance(row, dict) else None
    return not isinstance(email, str) or "@unreadable.example" in email


def _detail(event: EventType, row: Row) -> dict[str, str]:
    match event:
        case "bounce":
            return {name: row[name] for name in ("id", "type", "code", "counted", "reason", "descript")}
        case "unsubscribe":
            return {"reason": row["unsubreason"] if "unsubreason" in row else row["reason"]}
        case "forward":
            return {"recipient": row["email_to"]}
        case _:
            return {}
