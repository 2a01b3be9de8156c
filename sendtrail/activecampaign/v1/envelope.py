"""What is around the rows of a v1 report: whether it is a page, or perhaps the end, or an error."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sendtrail.activecampaign.fields import number, text
from sendtrail.activecampaign.http.account_words import json_message
from sendtrail.activecampaign.http.errors import (
    KEY_REFUSED,
    NO_RESULT_CODE,
    NO_ROWS,
    REPORT_REFUSED,
    ROWS_AND_REFUSAL,
    BadAnswer,
)

# The end of a report, as it is documented. Accounts say it in the language of the key's user.
DOCUMENTED_ENDS = ("failed: nothing is returned", "nothing is returned")
# A row has values of its own and hardly anything below them.
MAX_DEPTH = 20
TOO_DEEP = "a row that is nested too deeply"
_FLAT = frozenset({str, int, float, bool, type(None)})
_NOT_ALLOWED = ("not_allowed", "not authorized to access this file")


@dataclass(frozen=True, slots=True)
class NoRows:
    """An answer without rows: the end of the report or an error, which only `message` says.

    `is_success` is that of an answer that says that something is returned, and returns nothing.
    """

    message: str
    is_success: bool = False

    @property
    def is_documented_end(self) -> bool:
        """Return whether the message is the one that the API's reference gives for the end."""
        return not self.is_success and self.message.strip().rstrip(".").lower() in DOCUMENTED_ENDS

    def refusal(self) -> BadAnswer:
        """Return what the answer means if it is not the end: taken for it, it would lose rows without a word."""
        return BadAnswer(NO_ROWS if self.is_success else REPORT_REFUSED, words=self.message)


def check_envelope(envelope: Mapping[str, Any], *, has_rows: bool) -> NoRows | None:
    """Return None where an answer is a page with rows; raise BadAnswer where it refuses the rows that it has."""
    code, message = number(envelope.get("result_code")), text(envelope.get("result_message"))
    if code == 0 and any(words in message for words in _NOT_ALLOWED):
        raise BadAnswer(KEY_REFUSED, words=message)
    if code == 0 and not has_rows:
        return NoRows(message)
    if code == 0:
        raise BadAnswer(ROWS_AND_REFUSAL, words=message)
    if code != 1:
        raise BadAnswer(NO_RESULT_CODE, words=json_message(dict(envelope)))
    return None if has_rows else NoRows(message, is_success=True)


def page_rows(content: Mapping[str, Any]) -> list[Any] | NoRows:
    """Return the rows of a page, which are stored under numeric keys."""
    keys = sorted(filter(str.isdecimal, content), key=int)
    answer = check_envelope(content, has_rows=bool(keys))
    if answer is None:
        return [_shallow(content[key]) for key in keys]
    if answer.is_success and any(value and isinstance(value, dict | list) for value in content.values()):
        raise BadAnswer(NO_ROWS)  # something is returned, where nobody looks for it
    return answer


def _shallow(row: Any) -> Any:
    """Return a row; a word in the place of one that is nested so deeply that nothing can be done with it."""
    if type(row) is dict and _FLAT.issuperset(map(type, row.values())):  # the usual case, in a tenth of the time
        return row
    level = [row]
    for _ in range(MAX_DEPTH):
        level = [each for value in level for each in _parts(value) if isinstance(each, dict | list)]
        if not level:
            return row
    return TOO_DEEP


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
