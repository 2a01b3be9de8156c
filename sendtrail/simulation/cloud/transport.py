"""Requests to a simulated account without a network: each travels in virtual time, and may go wrong on its way."""

import re
from collections.abc import Mapping
from datetime import timedelta
from http.client import IncompleteRead
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from starlette.types import ASGIApp, Message, Scope
from urllib3 import HTTPResponse

from sendtrail.simulation.cloud.process import Process, world_time
from sendtrail.simulation.engine.draws import chance
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.watching.rate_watch import RateWatch
from sendtrail.simulation.watching.silence_watch import MAX_DELIVERY_S, SilenceWatch
from sendtrail.simulator import Account
from sendtrail.simulator.web.app import build_app

TRAVEL_S = 0.1
# As much as the headroom of the rate budget is for.
JITTER_S = 0.04
SLOW_S = 45.0
READ_TIMEOUT_S = 90.0
REPORT_ERROR = b'{"result_code":0,"result_message":"Failed: the report is busy","result_output":"json"}'
SHARE_OF_SINGLE_ENDS = 0.5
LONGEST_END_S = 1_200.0
NOBODY = b'{"contacts":[],"meta":{"total":"0"}}'
_FIRST_PAGE = re.compile(r"\bpage=1\b")
_STATUS: Mapping[Fault, tuple[int, bytes]] = {
    Fault.HTTP_500: (500, b'{"message":"Internal Server Error"}'),
    Fault.HTTP_503: (503, b'{"message":"Service Unavailable"}'),
    Fault.HTTP_429: (429, b'{"message":"Too Many Requests"}'),
    Fault.HTTP_PAGE: (200, b"<!DOCTYPE html><title>Maintenance</title>"),
    Fault.HTTP_EMPTY: (200, b""),
}

# Status, headers and body.
Answer = tuple[int, dict[str, str], bytes]


class SimulatedTransport(BaseAdapter):
    """Answers requests of an account as its API would; the process that asks is the one of the running task."""

    def __init__(self, account: Account, *, url: str, scheduler: Scheduler, faults: Faults, watch: RateWatch) -> None:
        super().__init__()
        self._url = url
        self._account, self._app = account, build_app(account)
        self._scheduler, self._faults, self._watch = scheduler, faults, watch
        self.requests = 0
        self.paused, self.disabled = SilenceWatch(), SilenceWatch(max_delay_s=MAX_DELIVERY_S)
        self._is_hanging = self._shows_nobody = False
        self._shows_nobody_until = self._reports_end_until = 0.0
        self.has_shown_nobody = False
        """Whether a pass may have seen nobody at all, which is nothing to compare with where it is the first."""

    def hang(self) -> None:
        """Answer nothing from now on."""
        self._is_hanging = True

    def show_nobody(self) -> None:
        """List no contacts from now on, as to a user who may see no list any more."""
        self._shows_nobody = True

    def answer_again(self) -> None:
        """Answer as usual."""
        self._is_hanging = self._shows_nobody = False

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return the answer to a request."""
        process = self._scheduler.current.owner
        if not isinstance(process, Process):
            raise TypeError("only a process sends requests")
        target = (request.url or "").partition("//")[2].partition("/")[2]
        # Nothing can keep a request in time whose process freezes between its slot and the network.
        asked_at = self._scheduler.now
        process.step(f"asks {target}", may_freeze=False)
        if process.on_request:
            process.on_request()
        self.requests += 1
        if self._faults.strikes(Fault.HTTP_REFUSED):
            raise requests.ConnectionError("no connection (simulated)")
        travel_s = TRAVEL_S - JITTER_S * chance(self._url, self.requests)
        if self._scheduler.now == asked_at:  # else the process froze
            self._watch.arrived(asked_at + travel_s)  # whatever becomes of the process meanwhile
        self._scheduler.sleep(travel_s)
        for silence in (self.paused, self.disabled):
            silence.arrived(self._scheduler.now, frozen_until=process.frozen_until)
        if self._faults.strikes(Fault.HTTP_SLOW):
            self._scheduler.sleep(SLOW_S)
        answer = self._answer(request)
        self._scheduler.sleep(TRAVEL_S)
        if self._is_hanging or self._faults.strikes(Fault.HTTP_ANSWER_LOST):
            self._scheduler.sleep(READ_TIMEOUT_S)
            raise requests.ReadTimeout("the answer did not come (simulated)")
        return _response(request, answer, is_cut=self._faults.strikes(Fault.HTTP_CUT))

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _answer(self, request: requests.PreparedRequest) -> Answer:
        for kind, (status, body) in _STATUS.items():
            if self._faults.strikes(kind):
                return status, {"Retry-After": "5"} if status == 429 else {}, body
        if "/admin/api.php" in (request.url or ""):
            for kind, status in ((Fault.HTTP_REPORT_ERROR, 200), (Fault.HTTP_REPORT_REFUSED, 400)):
                if self._faults.strikes(kind):
                    return status, {}, REPORT_ERROR
            if _FIRST_PAGE.search(request.url or "") and self._is_end_shown():
                request = _beyond_its_end(request)
        if "/api/3/contacts?" in (request.url or "") and self._is_nobody_shown(request):
            return 200, {}, NOBODY
        catch_up(self._account, self._scheduler)
        return ask(self._app, request)

    def _is_end_shown(self) -> bool:
        """Return whether a report ends before its rows: once, or whoever asks again for some minutes."""
        now = self._scheduler.now
        if self._faults.strikes(Fault.HTTP_REPORT_END):
            lasts = chance(self._faults.seed, Fault.HTTP_REPORT_END, now) - SHARE_OF_SINGLE_ENDS
            self._reports_end_until = now + LONGEST_END_S * max(0.0, lasts)
            return True
        return now < self._reports_end_until and not self._faults.is_calm

    def _is_nobody_shown(self, request: requests.PreparedRequest) -> bool:
        """Return whether the list of contacts is empty; a pass that has begun may be the first to meet it."""
        now, is_under_way = self._scheduler.now, "id_greater=0&" not in (request.url or "")
        if is_under_way and self._faults.strikes(Fault.NOBODY_FROM_HERE):
            self._shows_nobody_until = now + 3_600 * chance(self._faults.seed, Fault.NOBODY_FROM_HERE, now)
        is_empty = self._shows_nobody or (now < self._shows_nobody_until and not self._faults.is_calm)
        self.has_shown_nobody |= is_empty and not is_under_way
        return is_empty


def _beyond_its_end(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return a request for a page that lies beyond the end of a report, in place of its first one."""
    found = request.copy()
    found.url = _FIRST_PAGE.sub("page=999999", request.url or "")
    return found


def catch_up(account: Account, scheduler: Scheduler) -> None:
    """Let the account's time be the world's, as far as whole seconds go."""
    behind = world_time(scheduler) - account.now
    if behind >= timedelta(seconds=1):
        account.pass_quiet_hours(behind.total_seconds() / 3_600)


def ask(app: ASGIApp, request: requests.PreparedRequest) -> Answer:
    """Return what an app that waits for nothing answers to a request."""
    found: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        found.append(message)

    step = app(_scope(request), receive, send).__await__()
    try:
        next(step)
    except StopIteration:
        pass
    else:
        raise RuntimeError("the simulated account waits for something")
    headers = {name.decode(): value.decode() for name, value in found[0]["headers"]}
    return found[0]["status"], headers, b"".join(message.get("body", b"") for message in found[1:])


def _scope(request: requests.PreparedRequest) -> Scope:
    parts = urlsplit(request.url or "")
    headers = [(name.lower().encode(), str(value).encode()) for name, value in request.headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": (parts.hostname, parts.port),
        "state": {},
    }


class _Cut(BytesIO):
    """A body that breaks off in its middle."""

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - as much as comes
        if self.tell():
            raise IncompleteRead(b"")
        return super().read(max(1, len(self.getvalue()) // 2))


def _response(request: requests.PreparedRequest, answer: Answer, *, is_cut: bool) -> requests.Response:
    status, headers, body = answer
    response = requests.Response()
    response.status_code = status
    response.url = request.url or ""
    response.request = request
    response.headers.update(headers)
    raw = _Cut(body) if is_cut else BytesIO(body)
    response.raw = HTTPResponse(body=raw, headers=headers, status=status, preload_content=False)
    return response
