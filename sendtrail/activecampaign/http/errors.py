"""What to do about an HTTP status: a table, and the error that each line of it leads to."""

import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests import exceptions as failures

from sendtrail.activecampaign.http.retries import RetryableFailure
from sendtrail.errors import KeyRefused, Rejected, Unavailable

WHERE_TO_LOOK = "in ActiveCampaign under Settings > Developer"
# What a 429 without Retry-After means: the limit is counted by the second.
DEFAULT_PAUSE_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A response that is not the answer: `subject` is what was asked for, `complaint` what the account says."""

    subject: str
    status: int
    complaint: str
    pause_s: float | None

    @property
    def words(self) -> str:
        """Return the status and, where there are any, the account's own words."""
        return f"HTTP {self.status}" + (f": {self.complaint}" if self.complaint else "")


def verdict(refusal: Refusal) -> Exception:
    """Return the error to raise: a RetryableFailure where another attempt may help."""
    by_class = BY_CLASS.get(refusal.status // 100, rejected)
    return BY_STATUS.get(refusal.status, by_class)(refusal)


def key_refused(refusal: Refusal) -> RetryableFailure:
    """Give up on the key after some attempts: a valid one is refused now and then."""
    return RetryableFailure(refused_key(refusal.subject, words=refusal.words))


def refused_key(subject: str, *, words: str) -> KeyRefused:
    """Return the error of a key that the account does not accept."""
    return KeyRefused(
        f"{subject}: the account does not accept the API key ({words}); compare it with the one {WHERE_TO_LOOK}"
    )


def throttled(refusal: Refusal) -> RetryableFailure:
    """Wait for as long as the account asks, however often."""
    error = Unavailable(
        f"{refusal.subject}: the account goes on refusing requests as too many ({refusal.words}); "
        "lower requests per second, or look at what else uses this account's API"
    )
    pause_s = DEFAULT_PAUSE_S if refusal.pause_s is None else refusal.pause_s
    return RetryableFailure(error, pause_s=pause_s, uses_up_an_attempt=False)


def troubled(refusal: Refusal) -> RetryableFailure:
    """Try again: the account is in trouble, which mostly passes."""
    error = Unavailable(
        f"{refusal.subject}: the account is in trouble ({refusal.words}); "
        "it is asked again later, and status.activecampaign.com says more"
    )
    return RetryableFailure(error, pause_s=refusal.pause_s or 0.0)


def redirected(refusal: Refusal) -> Rejected:
    """Follow no redirect: the key would travel along."""
    return Rejected(
        f"{refusal.subject}: the API URL leads somewhere else (HTTP {refusal.status}); use the one {WHERE_TO_LOOK}"
    )


def rejected(refusal: Refusal) -> Rejected:
    """Take the account's word for it."""
    advice = "" if refusal.complaint else f"; is the API URL the one {WHERE_TO_LOOK}?"
    return Rejected(f"{refusal.subject}: the account refuses the request ({refusal.words}){advice}")


Line = Callable[[Refusal], Exception]

BY_STATUS: Mapping[int, Line] = {
    401: key_refused,
    403: key_refused,
    408: troubled,
    425: troubled,
    429: throttled,
}
BY_CLASS: Mapping[int, Line] = {2: troubled, 3: redirected, 4: rejected, 5: troubled}


MAX_CHARACTERS = 300
_E_MAIL = re.compile(r"\S*(?:@|%40)\S*")


def complaint(body: bytes) -> str:
    """Return the message of an error body, "" where it has none.

    Seen: {"message"}, {"errors": [{"title", "detail", "code"}]} and {"errors": ["..."]}; and two objects in a row.
    """
    try:
        content, _ = json.JSONDecoder().raw_decode(body.decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):
        return ""
    return "; ".join(_sentences(content)) if isinstance(content, dict) else ""


def shown(words: str, *, secret: str) -> str:
    """Return an account's words as a log may have them: short, on one line, without the key or an e-mail address."""
    line = " ".join(words.split())
    without_secret = line.replace(secret, "***") if secret else line
    return _E_MAIL.sub("<e-mail>", without_secret)[:MAX_CHARACTERS]


def _sentences(content: dict[str, Any]) -> list[str]:
    errors = content.get("errors")
    found = [_sentence(error) for error in errors] if isinstance(errors, list) else []
    return [sentence for sentence in (*found, _text(content.get("message"))) if sentence]


def _sentence(error: object) -> str:
    if not isinstance(error, dict):
        return _text(error)
    return ": ".join(part for part in (_text(error.get("title")), _text(error.get("detail"))) if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_SENTENCES: tuple[tuple[type[requests.RequestException], str], ...] = (
    (failures.ProxyError, "the proxy between here and {host} does not let the request through; check the network"),
    (failures.ConnectTimeout, "{host} cannot be reached; check the API URL and the network"),
    (failures.ReadTimeout, "{host} takes too long to answer; it is asked again later"),
    (failures.ConnectionError, "{host} cannot be reached, or breaks off; check the API URL and the network"),
    (failures.ChunkedEncodingError, "{host} broke off in the middle of its answer; it is asked again later"),
    (failures.ContentDecodingError, "{host} sent an answer that cannot be unpacked; it is asked again later"),
)


def trouble(error: requests.RequestException, *, subject: str, host: str) -> Exception:
    """Return the error to raise: a RetryableFailure where another attempt may help."""
    if isinstance(error, failures.SSLError) and not _broke_off(error):
        return Rejected(
            f"{subject}: no secure connection to {host} ({_reason(error)}); "
            "check the API URL, this machine's clock, and whatever inspects TLS on the way"
        )
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return RetryableFailure(Unavailable(f"{subject}: {sentence.format(host=host)}"))
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
