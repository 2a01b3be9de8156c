"""What is around the rows of a v1 report: whether it is a page, the end, or trouble."""

from collections.abc import Mapping
from typing import Any

from sendtrail.activecampaign.fields import number, text
from sendtrail.activecampaign.http.errors import NO_RESULT_CODE, NO_ROWS, REPORT_REFUSED, BadAnswer
from sendtrail.activecampaign.v1.rows import Row
from sendtrail.errors import Unreadable

NOTHING = "nothing is returned"


def is_end(envelope: Mapping[str, Any]) -> bool:
    """Tell whether a report has no such page any more; raise BadAnswer where the envelope says that something is wrong.

    Any other message with `result_code` 0 is an error: taken for the end, it would lose rows without a word.
    """
    code, message = number(envelope.get("result_code")), text(envelope.get("result_message"))
    if code == 1:
        return False
    if code != 0:
        raise BadAnswer(NO_RESULT_CODE)
    if NOTHING in message.lower():
        return True
    raise BadAnswer(REPORT_REFUSED, words=message)


def page_rows(content: Mapping[str, Any], *, subject: str) -> list[Row] | None:
    """Return the rows of a page, which are stored under numeric keys; None past the end."""
    if is_end(content):
        return None
    rows = [content[key] for key in sorted(filter(str.isdecimal, content), key=int)]
    if not rows:
        raise BadAnswer(NO_ROWS)
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"{subject}: a row is no object")
    return rows
