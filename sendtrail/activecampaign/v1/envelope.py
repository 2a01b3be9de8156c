"""What is around the rows of a v1 report: whether it is a page, the end, or trouble."""

from collections.abc import Mapping
from typing import Any

from sendtrail.activecampaign.fields import number, text
from sendtrail.activecampaign.http.errors import shown
from sendtrail.activecampaign.http.retries import RetryableFailure
from sendtrail.activecampaign.v1.rows import Row
from sendtrail.errors import Rejected, Unreadable

NOTHING = "nothing is returned"


def is_end(envelope: Mapping[str, Any], *, subject: str) -> bool:
    """Tell whether a report has no such page any more; raise RetryableFailure where the envelope tells of trouble.

    Any `result_code` 0 but one says that something went wrong: taken for the end, it would lose rows without a word.
    """
    code, message = number(envelope.get("result_code")), text(envelope.get("result_message"))
    if code == 1:
        return False
    if code != 0:
        raise RetryableFailure(Unreadable(f"{subject}: the answer has no result_code"))
    if NOTHING in message.lower():
        return True
    words = shown(message, secret="") or "without a reason"
    raise RetryableFailure(Rejected(f"{subject}: the account refuses the report ({words})"))


def page_rows(content: Mapping[str, Any], *, subject: str) -> list[Row] | None:
    """Return the rows of a page, which lie under numeric keys; None past the end."""
    if is_end(content, subject=subject):
        return None
    rows = [content[key] for key in sorted(filter(str.isdecimal, content), key=int)]
    if not rows:
        raise RetryableFailure(
            Unreadable(f"{subject}: the account says that something is returned, and returns nothing")
        )
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"{subject}: a row is no object")
    return rows
