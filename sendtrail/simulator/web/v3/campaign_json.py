"""The v3 shape of campaigns and their messages."""

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.readable import is_unlisted
from sendtrail.simulator.report_lists.timestamps import CENTRAL, Stamps
from sendtrail.simulator.web.v3.odd_numbers import written
from sendtrail.simulator.world.campaigns import Campaign, Message

_CENTRAL = Stamps(CENTRAL)
_ABSENT = (None, "", "0000-00-00", "0000-00-00 00:00:00")
_FIXED = {
    "userid": "1",
    "segmentid": "0",
    "bounceid": "-1",
    "formid": "0",
    "basetemplateid": "0",
    "addressid": "1",
    "source": "web",
    "public": "1",
    "tracklinks": "all",
    "trackreads": "1",
    "split_type": "even",
    "split_content": "0",
    "split_offset": "2",
    "split_offset_type": "day",
    "split_winner_messageid": "0",
    "split_winner_awaiting": "0",
    "socialshares": "0",
    "updates": "0",
    "unsubreasons": "0",
    "uniquereplies": "0",
}


def campaign_json(account: Account, campaign: Campaign) -> dict[str, object]:
    """Return a campaign with all its counters."""
    number = int if account.quirks.ints else str
    absent = _ABSENT[campaign.number % 4] if account.quirks.zero_dates else None
    sent = bool(campaign.messages[0].recipients)
    own: dict[str, object] = {
        "id": number(campaign.id),
        "name": campaign.name,
        "type": campaign.type,
        "status": number(campaign.status),
        "seriesid": number(campaign.id if campaign.kind == "automation" else 0),
        "automation": number(campaign.id) if campaign.kind == "automation" else None,
        "sdate": _CENTRAL.iso(campaign.sent_at) if sent else absent,
        "ldate": _CENTRAL.iso(campaign.last_sent_at) if sent else absent,
        "cdate": _CENTRAL.iso(campaign.created_at),
        "mdate": _CENTRAL.iso(campaign.last_sent_at) if sent else absent,
        "created_timestamp": _CENTRAL.naive(campaign.created_at),
        "links": {"campaignMessages": f"/api/3/campaigns/{campaign.id}/campaignMessages"},
    }
    if not account.quirks.unnamed_messages:
        own["message_id"] = number(campaign.messages[0].id)
    return _FIXED | own | written(account.counters(campaign), account.quirks)


def messages_json(account: Account, campaign: Campaign) -> list[dict[str, object]]:
    """Return the messages of a campaign, each with its own counters."""
    number = int if account.quirks.ints else str
    return [
        {
            "id": number(message.id),
            "campaignid": number(campaign.id),
            "messageid": number(message.id),
            "campaign": number(campaign.id),
            "message": number(message.id),
            **_subject(account, message),
            "percentage": number(100 // len(campaign.messages)),
        }
        | written(account.message_counters(campaign, message), account.quirks)
        for message in campaign.messages
        if not is_unlisted(campaign, message, account.quirks)
    ]


def list_message_json(account: Account, message: Message) -> dict[str, object]:
    """Return a message as the list of all messages shows it."""
    number = int if account.quirks.ints else str
    return {
        "id": number(message.id),
        "userid": "1",
        "name": "",
        "fromname": "The shop",
        "fromemail": "news@account.example",
        "charset": "utf-8",
        "format": "mime",
        **_subject(account, message),
        "preheader_text": "",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "links": {},
    }


def _subject(account: Account, message: Message) -> dict[str, object]:
    """Return the subject line of a message, as the account writes it."""
    written_as: dict[str, dict[str, object]] = {
        "null": {"subject": None},
        "missing": {},
        "entities": {"subject": f"Cups &amp; saucers &#8211;\r\n {message.subject}"},
        "any_script": {"subject": f"\u65b0\u3057\u3044\u8336\u7897 \U0001f375 {message.subject}"},
    }
    return written_as.get(account.quirks.subjects, {"subject": message.subject})
