"""Requests to one account: each within its budget, tried again where that may help, and read by the caller."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from math import ceil
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

import requests

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.http.account_words import Mask, error_message
from sendtrail.activecampaign.http.deadline import answer_deadline
from sendtrail.activecampaign.http.errors import (
    KEY_REFUSED,
    NOT_PERMITTED,
    NOT_SHOWN,
    READING_FAILED,
    THROTTLED,
    WHERE_TO_LOOK,
    BadAnswer,
    Request,
    error_of,
    of_exception,
    of_status,
)
from sendtrail.activecampaign.http.json_repair import without_lone_surrogates
from sendtrail.activecampaign.http.response_body import PART_BYTES, json_object, received, spooled
from sendtrail.activecampaign.http.response_headers import header_number, moment_of, retry_after_s
from sendtrail.activecampaign.http.retries import Attempts, RetryPolicy
from sendtrail.activecampaign.http.session import session_of
from sendtrail.clock import STOPPED, Clock
from sendtrail.domain.connection import Connection
from sendtrail.errors import KeyRefused, PermissionRefused, Unavailable
from sendtrail.ports import RequestBudget

T = TypeVar("T")

# How much the latest answer counts in the running mean of how long answers take.
_LATEST_WEIGHT = 0.2


def never() -> bool:
    """Return that nothing is stopped."""
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """How long to wait for a connection, for the next bytes, and for the whole of an answer, its headers included.

    Once `is_stopped` returns True nothing is waited for: no request is made, and no answer is read any further.
    """

    connect_s: float = 10.0
    read_s: float = 90.0
    whole_s: float = 900.0
    is_stopped: Callable[[], bool] = never


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpOptions:
    """How requests are made: retries, time limits, what is called with each status, and what is known already."""

    retries: RetryPolicy
    timeouts: Timeouts
    on_response: Callable[[int], None] | None
    memory: AccountMemory


class Cancelled(Exception):
    """The answer to a request is not wanted any more, so the request is not made."""


def always() -> bool:
    """Return that an answer is wanted."""
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Get:
    """A GET request; `subject` is what is asked for, in the words of an error message.

    No more than `max_bytes` of its answer are read. `is_wanted` is called before each attempt; where it returns False,
    Cancelled is raised. `is_one_of_many`: a refusal is of this one alone, so it is Rejected at once.
    """

    path: str
    params: Mapping[str, str | int]
    subject: str
    max_bytes: int
    is_wanted: Callable[[], bool] = always
    is_one_of_many: bool = False

    @property
    def action(self) -> str:
        """Return what a permission is given for: the action of a v1 request, the path of another."""
        return str(
            self.params.get("api_action") or re.sub(r"/[0-9]+(?=/|$)", "/{id}", self.path.removeprefix("/api/3"))
        )


class Client:
    """HTTP with one account; any number of threads may use it at once.

    They share one session: its pool is thread-safe, and as it takes no cookies nothing else of it ever changes.
    """

    def __init__(self, connection: Connection, *, budget: RequestBudget, clock: Clock, options: HttpOptions) -> None:
        self._url = connection.api_url.rstrip("/")
        self._host = urlsplit(self._url).hostname or "the account"
        self._key, self._key_from = connection.api_key, connection.key_from
        self._budget, self._clock, self._options = budget, clock, options
        self._session = session_of(self._url)
        self._answer_s = 0.0
        self.mask = Mask(self._key.get_secret_value())
        self.memory = options.memory

    @property
    def requests_to_fill_the_budget(self) -> int:
        """Return how many requests have to be under way for the budget never to wait for an answer."""
        return 1 + ceil(self._answer_s / self._budget.interval_s)

    def now(self) -> datetime:
        """Return the time (UTC)."""
        return self._clock.now()

    def json(self, get: Get, read: Callable[[dict[str, Any]], T]) -> T:
        """Return what `read` makes of the JSON object that answers a request."""
        return self.fetch(get, lambda body: read(json_object(body)))

    def fetch(self, get: Get, read: Callable[[IO[bytes]], T]) -> T:
        """Return what `read` makes of the answer's body, which is `read`'s to close.

        A BadAnswer raised by `read` has the request made again, where that may help. Raise Unavailable, KeyRefused,
        PermissionRefused, Rejected or Unreadable.
        """
        if reason := self.memory.refusal(get.action, now=self._clock.monotonic()):
            raise PermissionRefused(reason)  # without a request: the account has said so often enough
        headers = {"Api-Token": self._checked_key(), "Accept": "application/json"}
        attempts = Attempts(self._options.retries, self._clock)
        try:
            return attempts.run(lambda: self._attempt(get, headers, read))
        except PermissionRefused as error:
            self.memory.record_refusal(get.action, reason=str(error), now=self._clock.monotonic())
            raise

    def _attempt(self, get: Get, headers: Mapping[str, str], read: Callable[[IO[bytes]], T]) -> T:
        self._budget.acquire()
        self._check_stopped()
        if not get.is_wanted():
            raise Cancelled
        try:
            found = self._read(self._timed(get, headers), read)
        except BadAnswer as bad:
            raise self._error(get, bad) from None
        except READING_FAILED as error:
            self._check_stopped()
            raise self._error(get, of_exception(error)) from error
        self.memory.answered_actions.add(get.action)
        self.memory.refusals.pop(get.action, None)
        return found

    def _error(self, get: Get, bad: BadAnswer) -> Exception:
        if bad.problem is THROTTLED:
            # Whatever the account asks for, nobody else is held up for longer than this request would wait.
            self._budget.back_off(min(bad.pause_s, self._options.retries.total_s))
        if bad.problem is KEY_REFUSED and get.is_one_of_many:
            bad = BadAnswer(NOT_SHOWN, words=bad.words)
        elif bad.problem is KEY_REFUSED and self.memory.is_only_refusal(get.action):
            bad = BadAnswer(NOT_PERMITTED, words=bad.words)
        request = Request(subject=get.subject, action=get.action, host=self._host, key_from=self._key_from)
        return error_of(bad, request, mask=self.mask)

    def _check_stopped(self) -> None:
        if self._options.timeouts.is_stopped():
            raise Unavailable(STOPPED)

    @staticmethod
    def _read(body: IO[bytes], read: Callable[[IO[bytes]], T]) -> T:
        try:
            return read(body)
        except BaseException:
            body.close()
            raise

    def _timed(self, get: Get, headers: Mapping[str, str]) -> IO[bytes]:
        started = self._clock.monotonic()
        timeouts, end = self._options.timeouts, started + self._options.timeouts.whole_s
        with answer_deadline(lambda: 0.0 if timeouts.is_stopped() else end - self._clock.monotonic()):
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
            if moment := moment_of(response.headers):
                self.memory.on_date(moment)
            self._budget.observe_limits(
                limit=header_number(response.headers.get("RateLimit-Limit"), float),
                remaining=header_number(response.headers.get("RateLimit-Remaining"), int),
            )
            if response.status_code != HTTPStatus.OK:
                raise self._refusal(response)
            return spooled(without_lone_surrogates(received(response, max_bytes=get.max_bytes)))

    def _refusal(self, response: requests.Response) -> BadAnswer:
        body = b""
        with suppress(BadAnswer, *READING_FAILED):  # the status says enough
            body = next(received(response, max_bytes=PART_BYTES), b"")
        headers = response.headers
        pause_s = retry_after_s(headers.get("Retry-After"), now=self._clock.now(), date=headers.get("Date"))
        return of_status(response.status_code, message=error_message(body), pause_s=pause_s)

    def _checked_key(self) -> str:
        key = self._key.get_secret_value()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            # requests would name the key in its own error.
            raise KeyRefused(f"the API key is empty or has blanks in it; copy it once more {WHERE_TO_LOOK}")
        return key
