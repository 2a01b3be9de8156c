"""What the tests of the ActiveCampaign adapter stand on: a budget that counts, and an account that follows a script."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import orjson
from pydantic import SecretStr

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportQuery
from sendtrail.domain.connection import Connection
from sendtrail.domain.report_habits import BORDERS_NEEDED, ReportHabits

KEY = "simulated-key"
CENTRAL = ZoneInfo("America/Chicago")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class CountingBudget:
    """Lets every request leave at once, and counts them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taken = 0
        self.backed_off: list[float] = []
        self.observed_limits: list[tuple[float | None, int | None]] = []
        self.interval_s = 0.001

    def acquire(self) -> None:
        """Count a request."""
        with self._lock:
            self.taken += 1

    def back_off(self, retry_after_s: float, /) -> None:
        """Note a 429."""
        with self._lock:
            self.backed_off.append(retry_after_s)

    def observe_limits(self, *, limit: float | None, remaining: int | None) -> None:
        """Note what an answer says of the limit."""
        with self._lock:
            self.observed_limits.append((limit, remaining))


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response; `cut` closes the connection before the body is complete, `after` waits for an event first.

    `raw` is sent as it is, a piece at a time, in place of all the rest.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    chunked: bool = False
    after: threading.Event | None = None
    raw: Iterable[bytes] | None = None


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it arrived."""

    target: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


class Script:
    """Answers each request with the next reply, and all later ones with the last."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)

    def __call__(self, _: Received) -> Reply:
        """Return the next reply."""
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


class ScriptedAccount:
    """An HTTP server on this machine that answers as its script says; `received` is every request."""

    def __init__(self, answer: Callable[[Received], Reply]) -> None:
        self.received: list[Received] = []
        self.answer = answer
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def scripted(answer: Callable[[Received], Reply]) -> Iterator[ScriptedAccount]:
    """Serve a scripted account for the length of a `with` block."""
    account = ScriptedAccount(answer)
    thread = threading.Thread(target=account.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield account
    finally:
        account.server.shutdown()
        account.server.server_close()
        thread.join()


def a_connection(url: str, *, key: str = KEY, zone: ZoneInfo = CENTRAL) -> Connection:
    """Return the connection to an account at a URL."""
    return Connection(
        organization_id="acme", api_url=url, api_key=SecretStr(key), time_zone=zone, requests_per_second=5.0
    )


def a_query(
    report: Report = Report.OPENS,
    *,
    since: datetime = LONG_AGO,
    message_id: str = "",
    position: ReportCursor | None = None,
    expected_rows: int | None = None,
    changed_rows: int | None = None,
) -> ReportQuery:
    """Return a query that reads a report of campaign 7 from a position on."""
    return ReportQuery(
        campaign_id=7,
        report=report,
        message_id=message_id,
        since=since,
        position=position or ReportCursor(),
        expected_rows=expected_rows,
        changed_rows=changed_rows,
    )


def a_memory(**habits: Any) -> AccountMemory:
    """Return what is known of an account: these habits of all its reports."""
    memory = AccountMemory()
    for report in Report:
        memory.habits.observe(report, lambda _, __: ReportHabits(**habits))
    return memory


def newest_first() -> AccountMemory:
    """Return what is known of an account whose opens were seen to be in order from page to page."""
    return a_memory(borders_in_order=BORDERS_NEEDED)


def as_json(content: object, *, status: int = 200, **headers: str) -> Reply:
    """Return a reply with a JSON body."""
    return Reply(status=status, body=orjson.dumps(content), headers=headers)


def a_page(rows: Sequence[Mapping[str, Any]]) -> Reply:
    """Return a page of a v1 report."""
    numbered = {str(number): row for number, row in enumerate(rows)}
    envelope = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
    return as_json({**numbered, **envelope})


def refusal(message: str) -> Reply:
    """Return a v1 answer with `result_code` 0."""
    return as_json({"result_code": 0, "result_message": message, "result_output": "json"})


NOT_ALLOWED = Reply(
    body=b"<?xml version='1.0'?><not_allowed><error>You are not authorized to access this file</error></not_allowed>"
)
THE_END = refusal("Failed: Nothing is returned")


def an_open(number: int, *, at: str = "2025-06-01T12:00:00-05:00", times: int = 1) -> dict[str, str]:
    """Return a row of the open report."""
    return {"subscriberid": str(number), "email": f"c{number}@example.com", "tstamp_iso": at, "times": str(times)}


def _handler(account: ScriptedAccount) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # so that a response leaves in one piece

        def do_GET(self) -> None:
            received = Received(
                target=self.path, params=dict(parse_qsl(urlsplit(self.path).query)), headers=dict(self.headers.items())
            )
            account.received.append(received)
            self.send(account.answer(received))

        def send(self, reply: Reply) -> None:
            if reply.raw is not None:
                self.close_connection = True
                _send_raw(self.wfile, reply.raw)
            else:
                self.send_whole(reply)

        def send_whole(self, reply: Reply) -> None:
            if reply.after:
                reply.after.wait(5)
            self.send_response_only(reply.status)  # without the date of this machine
            for name, value in reply.headers.items():
                self.send_header(name.replace("_", "-"), value)
            if reply.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(reply.body) + reply.cut))
            self.end_headers()
            self.wfile.write(b"%x\r\n%b" % (len(reply.body) + reply.cut, reply.body) if reply.chunked else reply.body)
            self.close_connection = reply.cut

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _send_raw(connection: BufferedIOBase, pieces: Iterable[bytes]) -> None:
    with suppress(OSError):  # whoever has read enough goes away
        for piece in pieces:
            connection.write(piece)
            connection.flush()
