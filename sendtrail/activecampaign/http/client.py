"""Requests to one account: each within its budget, tried again where that may help, and read by the caller."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from math import ceil
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from sendtrail.activecampaign.http.account_words import error_message
from sendtrail.activecampaign.http.errors import (
    THROTTLED,
    TOO_SLOW,
    WHERE_TO_LOOK,
    BadAnswer,
    error_of,
    of_exception,
    of_status,
)
from sendtrail.activecampaign.http.response_body import json_object, spooled
from sendtrail.activecampaign.http.retries import Attempts, RetryPolicy
from sendtrail.clock import Clock
from sendtrail.domain.connection import Connection
from sendtrail.errors import KeyRefused
from sendtrail.ports import RequestBudget

T = TypeVar("T")
N = TypeVar("N", int, float)

# What is read ahead stays well below it; beyond it a connection serves a single request and is dropped.
MAX_CONNECTIONS = 64
_PART_BYTES = 65_536
# How much the latest answer counts in the running mean of how long answers take.
_LATEST_WEIGHT = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """How long to wait for a connection, for the next bytes, and for the whole of an answer."""

    connect_s: float = 10.0
    read_s: float = 90.0
    whole_s: float = 900.0


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpOptions:
    """How requests are made: retries, time limits, and what is called with the status of each response."""

    retries: RetryPolicy
    timeouts: Timeouts
    on_response: Callable[[int], None] | None


class Cancelled(Exception):
    """The answer to a request is not wanted any more, so the request is not made."""


def always() -> bool:
    """Say that an answer is wanted."""
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Get:
    """A GET request; `subject` is what is asked for, in the words of an error message.

    `is_wanted` is asked before each attempt; where it says no, Cancelled is raised.
    """

    path: str
    params: Mapping[str, str | int]
    subject: str
    is_wanted: Callable[[], bool] = always


class Client:
    """HTTP with one account; any number of threads may use it at once.

    They share one session: its pool is thread-safe, and as it takes no cookies nothing else of it ever changes.
    """

    def __init__(self, connection: Connection, *, budget: RequestBudget, clock: Clock, options: HttpOptions) -> None:
        self._url = connection.api_url.rstrip("/")
        self._host = urlsplit(self._url).hostname or "the account"
        self._key = connection.api_key
        self._budget, self._clock, self._options = budget, clock, options
        self._session = _session(self._url)
        self._answer_s = 0.0

    @property
    def requests_to_fill_the_budget(self) -> int:
        """Return how many requests have to be under way for the budget never to wait for an answer."""
        return 1 + ceil(self._answer_s / self._budget.interval_s)

    def json(self, get: Get, read: Callable[[dict[str, Any]], T]) -> T:
        """Return what `read` makes of the JSON object that answers a request."""
        return self.fetch(get, lambda body: read(json_object(body)))

    def fetch(self, get: Get, read: Callable[[IO[bytes]], T]) -> T:
        """Return what `read` makes of the answer's body, which is `read`'s to close.

        A BadAnswer raised by `read` has the request made again, where that may help. Raise Unavailable, KeyRefused or
        Rejected.
        """
        headers = {"Api-Token": self._checked_key(), "Accept": "application/json"}
        attempts = Attempts(self._options.retries, self._clock)
        return attempts.run(lambda: self._attempt(get, headers, read))

    def _attempt(self, get: Get, headers: Mapping[str, str], read: Callable[[IO[bytes]], T]) -> T:
        self._budget.acquire()
        if not get.is_wanted():
            raise Cancelled
        try:
            return self._read(self._timed(get, headers), read)
        except requests.RequestException as error:
            raise self._error(get, of_exception(error)) from error
        except BadAnswer as bad:
            raise self._error(get, bad) from None

    def _error(self, get: Get, bad: BadAnswer) -> Exception:
        if bad.problem is THROTTLED:
            # Whatever the account asks for, nobody else is held up for longer than this request would wait.
            self._budget.back_off(min(bad.pause_s, self._options.retries.total_s))
        return error_of(bad, subject=get.subject, host=self._host, secret=self._key.get_secret_value())

    @staticmethod
    def _read(body: IO[bytes], read: Callable[[IO[bytes]], T]) -> T:
        try:
            return read(body)
        except BaseException:
            body.close()
            raise

    def _timed(self, get: Get, headers: Mapping[str, str]) -> IO[bytes]:
        started = self._clock.monotonic()
        body = self._receive(get, headers)
        self._note_answer_time(self._clock.monotonic() - started)
        return body

    def _note_answer_time(self, seconds: float) -> None:
        before_s = self._answer_s or seconds
        self._answer_s = before_s + _LATEST_WEIGHT * (seconds - before_s)

    def _receive(self, get: Get, headers: Mapping[str, str]) -> IO[bytes]:
        timeouts = self._options.timeouts
        with self._session.get(
            self._url + get.path,
            params=get.params,
            headers=headers,
            timeout=(timeouts.connect_s, timeouts.read_s),
            allow_redirects=False,
            stream=True,
        ) as response:
            if self._options.on_response:
                self._options.on_response(response.status_code)
            self._budget.observe_limits(
                limit=_number(response.headers.get("RateLimit-Limit"), float),
                remaining=_number(response.headers.get("RateLimit-Remaining"), int),
            )
            if response.status_code != HTTPStatus.OK:
                raise self._refusal(response)
            return spooled(self._parts(response))

    def _refusal(self, response: requests.Response) -> BadAnswer:
        message = error_message(next(self._parts(response), b""))
        return of_status(
            response.status_code, message=message, pause_s=self._pause_s(response.headers.get("Retry-After"))
        )

    def _parts(self, response: requests.Response) -> Iterator[bytes]:
        end = self._clock.monotonic() + self._options.timeouts.whole_s
        for part in response.iter_content(_PART_BYTES):
            yield part
            if self._clock.monotonic() > end:
                raise BadAnswer(TOO_SLOW)

    def _pause_s(self, header: str | None) -> float | None:
        """Read Retry-After, which is seconds or a date (RFC 9110, 10.2.3); None where it says neither."""
        if header is None:
            return None
        if header.strip().isdecimal():
            return float(header)
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - self._clock.now()).total_seconds())

    def _checked_key(self) -> str:
        key = self._key.get_secret_value()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            # requests would name the key in its own error.
            raise KeyRefused(f"the API key is empty or has blanks in it; copy it once more {WHERE_TO_LOOK}")
        return key


def _number(header: str | None, kind: Callable[[str], N]) -> N | None:
    """Read a RateLimit header; None where it is missing or says something else."""
    return kind(header) if header is not None and header.strip().isdecimal() else None


@cache
def _session(url: str) -> requests.Session:
    """Return the session of an account: kept, so that a small delivery need not begin with a handshake."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "sendtrail"
    session.trust_env = url.startswith("https:")  # plain http is loopback, where no proxy belongs
    adapter = HTTPAdapter(pool_maxsize=MAX_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
