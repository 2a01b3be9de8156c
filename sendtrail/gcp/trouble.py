"""Which errors of Google's clients may pass."""

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
