"""Which errors of Google's clients may pass."""

from collections.abc import Iterator

from google.api_core import exceptions as api
from google.auth.exceptions import TransportError

# https://cloud.google.com/apis/design/errors#handling_errors; RetryError: a client's own retries ran out of time.
PASSING = (
    api.Aborted,
    api.Cancelled,
    api.DeadlineExceeded,
    api.InternalServerError,
    api.RetryError,
    api.ServiceUnavailable,
    api.TooManyRequests,
    api.Unknown,
    TransportError,
)


def causes(error: BaseException, *, outer: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it, up to `outer`: what the caller was handling already is none of them."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and cause is not outer and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
