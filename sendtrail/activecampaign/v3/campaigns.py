"""Campaigns as the v3 list shows them."""

from collections.abc import Iterator

from sendtrail.activecampaign.fields import count_of, identifier, number, text
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.timestamps import CENTRAL, instant
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, Item, items, total_of
from sendtrail.activecampaign.v3.lists import DEFAULT_LIMIT, OnUnreadable, log_unreadable, paginate
from sendtrail.activecampaign.v3.subject_lines import subject_line
from sendtrail.domain.campaign import COUNTERS, LIST_LIMIT, Campaign, CampaignMessage, Counters

SPLIT, MESSAGES = "split", "campaignMessages"
# Set while a test of several messages is under way, and after it: `split_type` alone is there for every campaign.
SPLIT_EVIDENCE = ("split_winner_messageid", "split_winner_awaiting")


def campaigns(client: Client, *, on_unreadable: OnUnreadable = log_unreadable) -> Iterator[Campaign]:
    """Yield every campaign of the account, once each."""
    for campaign_id, row in paginate(client, "campaigns", on_unreadable=on_unreadable):
        yield campaign(campaign_id, row)


def campaign(campaign_id: int, row: Item) -> Campaign:
    """Read a row of the list; what it does not say, or not readably, is left out."""
    return Campaign(
        campaign_id=campaign_id,
        name=text(row.get("name")),
        type=text(row.get("type")),
        status=number(row.get("status")),
        automation_id=identifier(row.get("automation")),
        series_id=identifier(row.get("seriesid")),
        split=text(row.get("type")) == SPLIT or any(identifier(row.get(name)) for name in SPLIT_EVIDENCE),
        sent_at=instant(row.get("sdate"), CENTRAL),
        last_sent_at=instant(row.get("ldate"), CENTRAL),
        created_at=instant(row.get("cdate"), CENTRAL),
        modified_at=instant(row.get("mdate"), CENTRAL),
        counters=_counters(row),
        message_id=identifier(row.get("message_id")),
    )


def campaign_messages(client: Client, campaign_id: int) -> list[CampaignMessage]:
    """Return a campaign's messages, once each, in the account's order."""
    found: dict[str, Item] = {}
    received, is_whole = 0, False
    while not is_whole:
        rows, total = client.json(_messages_request(campaign_id, received), _messages)
        before, received = len(found), received + len(rows)
        for row in rows:
            found.setdefault(identifier(row.get("messageid")), row)
        # An account may ignore the offset, and say nothing of a total, or a false one.
        is_last = len(rows) < DEFAULT_LIMIT if total is None else received >= total and len(rows) < LIST_LIMIT
        is_whole = is_last or len(found) == before
    return [
        CampaignMessage(message_id=each, counters=_counters(row), subject=subject_line(row.get("subject")))
        for each, row in found.items()
        if each
    ]


def _messages_request(campaign_id: int, offset: int) -> Get:
    return Get(
        path=f"/api/3/campaigns/{campaign_id}/{MESSAGES}",
        params={"limit": LIST_LIMIT, **({"offset": offset} if offset else {})},
        subject=f"messages of campaign {campaign_id}",
        max_bytes=MAX_LIST_BYTES,
    )


def _messages(content: Item) -> tuple[list[Item], int | None]:
    return [row for row in items(content, MESSAGES) if isinstance(row, dict)], total_of(content)


def _counters(row: Item) -> Counters:
    counters = {name: count_of(row.get(name)) for name in COUNTERS}
    return {name: value for name, value in counters.items() if value is not None}
