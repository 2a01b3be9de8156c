"""The subject lines of messages, as the list of messages and those of campaigns hold them."""

import html
import re
from collections.abc import Iterator

from sendtrail.activecampaign.fields import text
from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v3.lists import OnUnreadable, log_unreadable, paginate
from sendtrail.domain.campaign import CampaignMessage

# More than RFC 5322 allows on a line: whatever is longer is no subject line.
MAX_SUBJECT = 1_000
# With its semicolon only: "&copy=1" in a subject line is no sign of copyright.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def messages(client: Client, *, on_unreadable: OnUnreadable = log_unreadable) -> Iterator[CampaignMessage]:
    """Yield every message of the account, once each; the list has the HTML of each, so a page is large."""
    for message_id, row in paginate(client, "messages", on_unreadable=on_unreadable):
        yield CampaignMessage(message_id=str(message_id), counters={}, subject=subject_line(row.get("subject")))


def subject_line(value: object) -> str:
    """Return a subject line as people see it: on one line, its HTML entities resolved; "" where there is none."""
    resolved = _ENTITY.sub(lambda found: html.unescape(found[0]), text(value))
    shown = " ".join(resolved.replace("\0", " ").split())
    return shown[:MAX_SUBJECT].encode(errors="replace").decode()  # half of an emoji cannot be stored
