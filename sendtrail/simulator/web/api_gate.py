"""What every API request passes before it is answered: the wire, the rate, the key, and injected failures."""

import asyncio
import math
import time
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks.access import Refusal
from sendtrail.simulator.randomness import mix
from sendtrail.simulator.report_lists.readable import is_refused
from sendtrail.simulator.traffic import Arrival, SlidingWindow, Verdict
from sendtrail.simulator.web.body_bytes import BodyBytes
from sendtrail.simulator.web.envelopes import Envelopes, answer
from sendtrail.simulator.web.fault_injection import Sabotage

OWN_PATHS = "/_simulator"


class Gate:
    """Stand before an app that answers every request rightly and at once."""

    def __init__(self, app: ASGIApp, account: Account) -> None:
        self._app = app
        self._account = account
        self._window = SlidingWindow(account.network.rate) if account.network.rate else None
        self._body_bytes = BodyBytes(account.quirks)
        self._envelopes = Envelopes.of(account.quirks)
        self._delays = 0
        self._latest = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        verdict = self._admit(scope, await self._travel())
        send = self._body_bytes.around(self._with_headers(send, verdict), is_v1=_is_v1(scope))
        await self._travel()
        if verdict and not verdict.admitted:
            await _too_many(verdict)(scope, receive, send)
        elif not self._knows(scope):
            await self._refused(scope, "not_allowed")(scope, receive, send)
        elif is_refused(_target(scope), self._account.quirks):
            await self._refused(scope, self._account.quirks.refusal)(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _travel(self) -> float:
        """Take half the latency, and some of the jitter; return when that is over (monotonic seconds).

        As planned, not as it came about: that this machine is busy and wakes up late is no jitter of the network's.
        """
        at, network = time.monotonic(), self._account.network
        if network.latency_ms or network.jitter_ms:
            self._delays += 1
            jitter = network.jitter_ms * (mix(0, self._delays) & 0xFFFF) / 0x10000
            at += (network.latency_ms + jitter) / 2_000
            await asyncio.sleep(at - time.monotonic())
        return at

    def _admit(self, scope: Scope, at: float) -> Verdict | None:
        at = self._latest = max(at, self._latest)
        verdict = self._window.ask(at) if self._window else None
        refused = verdict is not None and not verdict.admitted
        self._account.traffic.count(Arrival(endpoint=_endpoint(scope), at=at, refused=refused))
        return verdict

    def _knows(self, scope: Scope) -> bool:
        key = self._account.api_key.encode()
        if any(name == b"api-token" and value == key for name, value in scope["headers"]):
            return True
        return _is_v1(scope) and parse_qs(scope["query_string"]).get(b"api_key") == [key]

    def _with_headers(self, send: Send, verdict: Verdict | None) -> Send:
        if verdict is None or self._window is None:
            return send
        limits = _limits(self._window.limit, verdict)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].extend(limits)
            await send(message)

        return with_headers

    def _refused(self, scope: Scope, how: Refusal) -> Response:
        if _is_v1(scope) and how == "not_allowed":
            return self._envelopes.not_allowed()
        return answer({"message": "You are not authorized to access this file"}, 403)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        failure = self._account.failures.due(_target(scope))
        if failure is None:
            await self._app(scope, receive, send)
            return
        self._account.traffic.count_failure(failure.kind)
        await Sabotage(self._app, failure, self._envelopes)(scope, receive, send)


def _limits(limit: int, verdict: Verdict) -> list[tuple[bytes, bytes]]:
    return [(b"ratelimit-limit", b"%d" % limit), (b"ratelimit-remaining", b"%d" % verdict.remaining)]


def _too_many(verdict: Verdict) -> Response:
    response = answer({"message": "Too Many Requests"}, 429)
    response.headers["Retry-After"] = str(max(1, math.ceil(verdict.retry_after_s)))
    return response


def _is_v1(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith("/admin/")


def _target(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return f"{scope['path']}?{query.decode()}"


def _endpoint(scope: Scope) -> str:
    path: str = scope["path"]
    if _is_v1(scope):
        query: bytes = scope["query_string"]
        return parse_qs(query.decode()).get("api_action", ["?"])[0]
    return "/".join("{id}" if step.isdecimal() and n > 2 else step for n, step in enumerate(path.split("/")))
