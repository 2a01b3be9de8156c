"""What to do about an HTTP status: a table, and the error that each line of it leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sendtrail.activecampaign.http.retries import Setback
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
    """Return the error to raise: a Setback where another attempt may help."""
    by_class = BY_CLASS.get(refusal.status // 100, rejected)
    return BY_STATUS.get(refusal.status, by_class)(refusal)


def key_refused(refusal: Refusal) -> Setback:
    """Give up on the key after some attempts: a valid one is refused now and then."""
    return Setback(refused_key(refusal.subject, words=refusal.words))


def refused_key(subject: str, *, words: str) -> KeyRefused:
    """Return the error of a key that the account does not accept."""
    return KeyRefused(
        f"{subject}: the account does not accept the API key ({words}); compare it with the one {WHERE_TO_LOOK}"
    )


def throttled(refusal: Refusal) -> Setback:
    """Wait for as long as the account asks, however often."""
    error = Unavailable(
        f"{refusal.subject}: the account goes on refusing requests as too many ({refusal.words}); "
        "lower requests per second, or look at what else uses this account's API"
    )
    pause_s = DEFAULT_PAUSE_S if refusal.pause_s is None else refusal.pause_s
    return Setback(error, pause_s=pause_s, uses_up_an_attempt=False)


def troubled(refusal: Refusal) -> Setback:
    """Try again: the account is in trouble, which mostly passes."""
    error = Unavailable(
        f"{refusal.subject}: the account is in trouble ({refusal.words}); "
        "it is asked again later, and status.activecampaign.com says more"
    )
    return Setback(error, pause_s=refusal.pause_s or 0.0)


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
