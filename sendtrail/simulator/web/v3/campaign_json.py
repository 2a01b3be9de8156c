"""The v3 shape of campaigns and their messages."""

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.readable import is_unlisted
from sendtrail.simulator.report_lists.timestamps import CENTRAL, Stamps
from sendtrail.simulator.web.v3.odd_numbers import written
from sendtrail.simulator.world.campaigns import Campaign

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
            "subject": message.subject,
            "percentage": number(100 // len(campaign.messages)),
        }
        | written(account.message_counters(campaign, message), account.quirks)
        for message in campaign.messages
        if not is_unlisted(campaign, message, account.quirks)
    ]
