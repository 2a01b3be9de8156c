"""A small account, valid in all that is ever asked of one, of which one answer at a time can be spoilt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.activecampaign.scripted_account import KEY, THE_END, Received, Reply, a_page, an_open, as_json

Content = dict[str, Any]
Row = dict[str, Any]

ROWS: list[Row] = [
    {**an_open(number), "tstamp": "2025-06-01 12:00:00", "id": "9", "messageid": "21", "listid": "2", "reason": KEY}
    for number in (1, 2)
]
ENVELOPE = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
LINKS: list[Row] = [
    {"id": "8", "link": "https://shop.example.com", "a_total": "2", "a_unique": "2", "info": [ROWS[0], ROWS[1]]},
    {"id": "7", "link": "https://shop.example.com/b", "a_total": "0", "a_unique": "0", "info": ""},
]
COUNTERS = {
    "send_amt": "9", "opens": 2, "uniqueopens": "2", "linkclicks": "2", "uniquelinkclicks": "2", "hardbounces": "2",
    "softbounces": "0", "unsubscribes": "2", "forwards": "2", "uniqueforwards": "2",
    "sdate": "2025-06-01T12:00:00-05:00", "status": "5",
}  # fmt: skip
LISTS: Mapping[str, list[Row]] = {
    "campaigns": [{"id": "1", "name": "A", **COUNTERS}, {"id": "2", "status": "0"}],
    "contacts": [{"id": "8", "email": "a@b.c", "deleted": "0"}, {"id": "9", "cdate": "2025-06-01"}],
    "tags": [{"id": "1", "tag": "VIP"}, {"id": "2", "tag": "b2b"}],
    "lists": [{"id": "1", "name": "News"}, {"id": "2", "name": "Shop"}],
    "campaignMessages": [{"messageid": "21"}, {"messageid": 22}],
    "links": [{"id": "8", "link": "https://shop.example.com"}, {"id": "7", "link": ""}],
    "linkData": [{"id": "3", "link": "8", "times": "2"}],
}
INCLUDED: Content = {
    "contactTags": [{"contact": "8", "tag": "1"}],
    "contactLists": [{"contact": "8", "list": "1", "status": "1"}],
}
# The last word of a v3 path, or the action of a report, and the answer to the first request for it.
ANSWERS: Mapping[str, Content] = {
    **{name: {name: rows, "meta": {"total": str(len(rows))}} for name, rows in LISTS.items()},
    "contacts": {"contacts": LISTS["contacts"], **INCLUDED, "meta": {"total": 2}},
    **{
        f"campaign_report_{name}_list": {"0": ROWS[0], "1": ROWS[1], **ENVELOPE}
        for name in ("open", "bounce", "unsubscription", "forward")
    },
    "campaign_report_link_list": {"0": LINKS[0], "1": LINKS[1], **ENVELOPE},
}


@dataclass
class ValidAccount:
    """Answers as an account does, but that the first answers of one kind are spoilt."""

    kind: str = ""
    spoilt: list[Reply] = field(default_factory=list)

    def __call__(self, received: Received) -> Reply:
        """Return a spoilt reply as long as there are any, and then what is right."""
        path = urlsplit(received.target).path
        kind = received.params.get("api_action") or path.rpartition("/")[2]
        if kind == self.kind and self.spoilt:
            return self.spoilt.pop(0)
        if kind in LISTS:
            return _list(kind, received.params)
        if int(received.params.get("page", 1)) > 1:
            return THE_END
        return a_page(LINKS if kind == "campaign_report_link_list" else ROWS)


def _list(name: str, params: Mapping[str, str]) -> Reply:
    """Return a page of a list, from an offset on or of the rows with greater ids."""
    after, rows = int(params.get("id_greater", -1)), LISTS[name]
    beyond = [row for row in rows if int(row.get("id", 0)) > after]
    if params.get("orders[id]") == "DESC":
        beyond.reverse()
    offset, limit = int(params.get("offset", 0)), int(params.get("limit", 20))
    included = INCLUDED if name == "contacts" else {}
    return as_json({name: beyond[offset : offset + limit], **included, "meta": {"total": str(len(beyond))}})
