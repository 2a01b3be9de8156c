"""What an account can be told to do wrong, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Literal

from pydantic import ConfigDict, with_config


class FailureKind(StrEnum):
    """Ways for one response to go wrong, all of them seen in production."""

    FORBIDDEN = "forbidden"
    """403 although the key is valid."""
    RATE_LIMITED = "rate_limited"
    """429 with Retry-After although the rate was kept."""
    SERVER_ERROR = "server_error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503."""
    EMPTY_BODY = "empty_body"
    """200 without a body."""
    TRUNCATED_JSON = "truncated_json"
    """200 with the first half of the body, as if it were all."""
    RESET_BEFORE = "reset_before"
    """The connection is reset before any byte."""
    RESET_MID_BODY = "reset_mid_body"
    """The connection is reset in the middle of the body."""
    XML = "xml"
    """200 with the XML that refuses a key."""
    HTML = "html"
    """200 with a page for people."""
    REDIRECT = "redirect"
    """302 to another host."""
    TWO_OBJECTS = "two_objects"
    """404 whose body is two JSON objects in a row."""
    SLOW = "slow"
    """The right response after `seconds`."""
    RESULT_CODE_0 = "result_code_0"
    """200, v1's `result_code` 0 with a message that does not mean the end."""
    DRIP = "drip"
    """The right body, a byte every `seconds`."""
    DRIP_HEADERS = "drip_headers"
    """A header that never ends, a byte every `seconds`."""
    HUGE_BODY = "huge_body"
    """The right body behind `size_mb` MiB of blanks."""
    GZIP_BOMB = "gzip_bomb"
    """The same packed by gzip, to about a thousandth."""
    FALSE_END = "false_end"
    """200, v1's end of the data although there are rows."""
    EMPTY_PAGE = "empty_page"
    """A v3 list without rows although `meta.total` says that there are more."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Let requests fail: of those that match, the one after `after` and every `every`-th from there, `times` times."""

    kind: FailureKind
    times: int | None = 1
    """None: without end."""
    every: int = 1
    after: int = 0
    match: str = ""
    """Part of the path with its query, e.g. "campaign_report_open_list" or "/api/3/contacts"."""
    seconds: float = 1.0
    """How late a slow response is; how long a drip takes; what `Retry-After` says."""
    size_mb: int = 64
    """How many MiB a huge body has, or a bomb when it is unpacked."""
    shape: Literal["message", "objects", "strings"] = "message"
    """Of an error body: {"message"}, {"errors": [{"title", ...}]} or {"errors": ["..."]}."""
    location: str = "https://login.invalid/admin/"
    """Where a redirect points."""

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError("every must be 1 or more")


@dataclass(slots=True)
class _Due:
    failure: Failure
    matched: int = 0
    fired: int = 0

    def fires(self, target: str) -> bool:
        failure = self.failure
        if failure.match not in target or self.fired == failure.times:
            return False
        self.matched += 1
        turn = self.matched - failure.after - 1
        fires = turn >= 0 and turn % failure.every == 0
        self.fired += fires
        return fires


class Injected:
    """Decide, request by request, which failure is due."""

    def __init__(self, failures: Iterable[Failure] = ()) -> None:
        self._lock = Lock()
        self._due = [_Due(failure) for failure in failures]

    def add(self, failure: Failure) -> None:
        """Inject another failure; it counts requests from now on."""
        with self._lock:
            self._due.append(_Due(failure))

    def clear(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self._due.clear()

    def due(self, target: str) -> Failure | None:
        """Return the failure due for a request (path and query): the first one, where several are."""
        with self._lock:
            firing = [due.failure for due in self._due if due.fires(target)]
        return firing[0] if firing else None
