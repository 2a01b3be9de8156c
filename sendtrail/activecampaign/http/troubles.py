"""What to do about a request that got no answer at all: a table, from the particular to the general."""

import ssl
from collections.abc import Iterator

import requests
from requests import exceptions as failures

from sendtrail.activecampaign.http.retries import Setback
from sendtrail.errors import Rejected, Unavailable

_SENTENCES: tuple[tuple[type[requests.RequestException], str], ...] = (
    (failures.ProxyError, "the proxy between here and {host} does not let the request through; check the network"),
    (failures.ConnectTimeout, "{host} cannot be reached; check the API URL and the network"),
    (failures.ReadTimeout, "{host} takes too long to answer; it is asked again later"),
    (failures.ConnectionError, "{host} cannot be reached, or breaks off; check the API URL and the network"),
    (failures.ChunkedEncodingError, "{host} broke off in the middle of its answer; it is asked again later"),
    (failures.ContentDecodingError, "{host} sent an answer that cannot be unpacked; it is asked again later"),
)


def trouble(error: requests.RequestException, *, subject: str, host: str) -> Exception:
    """Return the error to raise: a Setback where another attempt may help."""
    if isinstance(error, failures.SSLError) and not _broke_off(error):
        return Rejected(
            f"{subject}: no secure connection to {host} ({_reason(error)}); "
            "check the API URL, this machine's clock, and whatever inspects TLS on the way"
        )
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return Setback(Unavailable(f"{subject}: {sentence.format(host=host)}"))
    return Rejected(f"{subject}: the request cannot be sent ({type(error).__name__}); check the API URL")


def _broke_off(error: requests.RequestException) -> bool:
    """Tell a connection that ended without notice, which passes, from one that cannot be trusted."""
    return any(isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError) for cause in _causes(error))


def _reason(error: requests.RequestException) -> str:
    reasons = (cause.reason for cause in _causes(error) if isinstance(cause, ssl.SSLError))
    return next((str(reason).replace("_", " ").lower() for reason in reasons if reason), "TLS")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
