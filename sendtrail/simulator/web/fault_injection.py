"""Let a response go wrong in the way that an injected failure says."""

import asyncio
import math
import socket
import struct
from collections.abc import Callable

import orjson
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sendtrail.simulator.failures import Failure, FailureKind
from sendtrail.simulator.web.envelopes import Envelopes, answer

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends RST rather than FIN
_FLUSH_S = 0.02

Canned = Callable[[Failure, Envelopes], Response]


def error_body(failure: Failure, text: str) -> dict[str, object]:
    """Return an error body in the shape asked for."""
    match failure.shape:
        case "message":
            return {"message": text}
        case "objects":
            return {"errors": [{"title": text, "detail": "", "code": "simulated"}]}
        case "strings":
            return {"errors": [text]}


class Sabotage:
    """Answer a request wrongly, with an app that would answer it rightly."""

    def __init__(self, app: ASGIApp, failure: Failure, envelopes: Envelopes) -> None:
        self._app = app
        self._failure = failure
        self._envelopes = envelopes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        write = _CANNED.get(self._failure.kind)
        if write:
            await write(self._failure, self._envelopes)(scope, receive, send)
        else:
            await self._spoil(scope, receive, send)

    async def _spoil(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self._failure.kind:
            case FailureKind.SLOW:
                await asyncio.sleep(self._failure.seconds)
                await self._app(scope, receive, send)
            case FailureKind.RESET_BEFORE:
                await _reset(scope, receive)
            case FailureKind.RESET_MID_BODY:
                await self._app(scope, receive, _Half(send, keep_length=True))
                await asyncio.sleep(_FLUSH_S)
                await _reset(scope, receive)
            case FailureKind.TRUNCATED_JSON:
                await self._app(scope, receive, _Half(send, keep_length=False))
            case _:
                await self._app(scope, receive, _WithoutRows(send))


class _Half:
    """Send the first half of a body's first part, and no more."""

    def __init__(self, send: Send, *, keep_length: bool) -> None:
        self._send = send
        self._keep_length = keep_length
        self._start: Message = {}
        self._done = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif not self._done:
            self._done = True
            await self._send_half(bytes(message.get("body", b"")))

    async def _send_half(self, body: bytes) -> None:
        half = body[: len(body) // 2]
        if not self._keep_length:
            MutableHeaders(raw=self._start["headers"])["content-length"] = str(len(half))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": half, "more_body": self._keep_length})


class _WithoutRows:
    """Send a v3 list with all its rows taken out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self._send_empty()

    async def _send_empty(self) -> None:
        content = orjson.loads(self._body)
        body = orjson.dumps({name: [] if isinstance(value, list) else value for name, value in content.items()})
        MutableHeaders(raw=self._start["headers"])["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


async def _reset(scope: Scope, receive: Receive) -> None:
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
    while not await Request(scope, receive).is_disconnected():
        await asyncio.sleep(0)


def _error(status: int, text: str) -> Canned:
    return lambda failure, _: answer(error_body(failure, text), status)


def _rate_limited(failure: Failure, _: Envelopes) -> Response:
    response = answer(error_body(failure, "Too Many Requests"), 429)
    response.headers["Retry-After"] = str(math.ceil(failure.seconds))
    return response


_TWO_OBJECTS = b'{"message":"No Result found"}{"errors":[{"title":"Not Found"}]}'
_CANNED: dict[FailureKind, Canned] = {
    FailureKind.FORBIDDEN: _error(403, "Forbidden"),
    FailureKind.RATE_LIMITED: _rate_limited,
    FailureKind.SERVER_ERROR: _error(500, "Internal Server Error"),
    FailureKind.UNAVAILABLE: _error(503, "Service Unavailable"),
    FailureKind.EMPTY_BODY: lambda *_: Response(b""),
    FailureKind.XML: lambda _, envelopes: envelopes.not_allowed(),
    FailureKind.HTML: lambda *_: Response(b"<!DOCTYPE html><title>Maintenance</title>", media_type="text/html"),
    FailureKind.REDIRECT: lambda failure, _: RedirectResponse(failure.location, 302),
    FailureKind.TWO_OBJECTS: lambda *_: Response(_TWO_OBJECTS, 404, media_type="application/json"),
    FailureKind.RESULT_CODE_0: lambda _, envelopes: envelopes.refusal(envelopes.phrases.busy),
}
