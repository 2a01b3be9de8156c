"""What BigQuery's errors lead to: https://cloud.google.com/bigquery/docs/error-messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.api_core import exceptions as api
from google.auth.exceptions import TransportError

from sendtrail.errors import Busy, Rejected, SendtrailError, Unavailable

# BigQuery runs two statements that change a table, queues twenty, and refuses more. It says so by reasons that stand
# for other things as well, so the text has to tell: a 400 with invalidQuery (a conflict), one with resourcesExceeded,
# or a 403 with quotaExceeded, as if a day's quota were used up:
# https://cloud.google.com/bigquery/docs/data-manipulation-language#dml-limitations
# https://cloud.google.com/bigquery/docs/troubleshoot-quotas
CONTENTION = (
    "could not serialize access",
    "due to concurrent update",
    "too many dml statements outstanding",
    "dml jobs writing to a table",
)
# Too many requests, jobs or changes of a table within seconds: others are served meanwhile, so this is no outage.
CONTENDED_REASONS = frozenset({"jobRateLimitExceeded", "rateLimitExceeded"})
PASSING_REASONS = frozenset(
    {
        "backendError",
        "badGateway",
        "internalError",
        "jobBackendError",
        "jobInternalError",
        "tableUnavailable",
    }
)
PASSING_CODES = frozenset({429, 500, 502, 503, 504})
# What is wrong with the rows or the statement stays wrong. Everything else (a right or a table missing, a quota
# used up) is everybody's trouble until a person mends it, and the queue keeps the messages until then.
REFUSED_REASONS = frozenset({"invalid", "invalidQuery", "badRequest", "parseError"})
OVER_BYTE_LIMIT = "bytesBilledLimitExceeded"
REFUSED_CODES = frozenset({400, 413})
ERRORS_TOLD = 5


class JobFailed(Exception):
    """A job that was accepted and failed."""

    def __init__(self, result: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> None:
        self.reason = str(result.get("reason", ""))
        # The first error often says only "see the others".
        messages = [str(error.get("message", "")) for error in (result, *errors)]
        super().__init__("; ".join(list(dict.fromkeys(messages))[:ERRORS_TOLD]))


class OverByteLimit(Rejected):
    """A statement that reads more bytes than `maximum_bytes_billed`: nothing was billed, and nothing done."""


class NotYetVisible(Exception):
    """A job that exists but is not shown yet."""


class OutOfTime(OSError):
    """No time is left for another request."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"no time is left in this delivery{detail}")


class StillQueued(OutOfTime):
    """No time is left, and the job has not begun: others are before it."""

    def __init__(self) -> None:
        super().__init__(", and BigQuery has not begun the job: others are before it")


def is_transient(error: BaseException) -> bool:
    """Tell whether another attempt is worth it."""
    if isinstance(error, OutOfTime):
        return False
    if isinstance(error, OSError | TransportError | NotYetVisible):  # requests' errors are OSErrors
        return True
    if is_contention(error):
        return True
    return _reason(error) in PASSING_REASONS or _code(error) in PASSING_CODES


def is_contention(error: BaseException) -> bool:
    """Tell whether BigQuery works, and is busy with what others asked it for: most often with the same table."""
    if isinstance(error, StillQueued) or _reason(error) in CONTENDED_REASONS:
        return True
    return any(text in str(error).lower() for text in CONTENTION)


def as_sendtrail_error(error: BaseException) -> SendtrailError:
    """Return an error as its caller has to take it: Busy while others are served, which is no outage."""
    if is_contention(error):
        return Busy(f"BigQuery has too much to do at once, and does this later: {_words(error)}")
    if _reason(error) == OVER_BYTE_LIMIT:
        return OverByteLimit(f"BigQuery does nothing that reads more than maximum_bytes_billed: {_words(error)}")
    is_refused = _reason(error) in REFUSED_REASONS or _code(error) in REFUSED_CODES
    if is_refused and not is_transient(error):
        return Rejected(f"BigQuery refuses this work: {_words(error)}")
    return Unavailable(f"BigQuery did not finish its part: {_words(error)}")


def _words(error: BaseException) -> str:
    """Return what BigQuery says, without the address and the job that the client adds."""
    return str(_detail(error).get("message") or error)


def _reason(error: BaseException) -> str:
    return error.reason if isinstance(error, JobFailed) else str(_detail(error).get("reason", ""))


def _detail(error: BaseException) -> Mapping[str, Any]:
    details = error.errors if isinstance(error, api.GoogleAPICallError) else []
    first = details[0] if details else {}
    return first if isinstance(first, Mapping) else {}


def _code(error: BaseException) -> int:
    return int(error.code or 0) if isinstance(error, api.GoogleAPICallError) else 0
