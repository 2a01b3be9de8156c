"""Let a response go wrong in the way that an injected failure says."""

import asyncio
import math
import socket
import struct
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sendtrail.simulator.failures import Failure, FailureKind
from sendtrail.simulator.web.envelopes import Envelopes, answer
from sendtrail.simulator.web.spoilt_bodies import Dripping, Half, Padded, WithoutRows

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
                await self._app(scope, receive, Half(send, keep_length=True))
                await asyncio.sleep(_FLUSH_S)
                await _reset(scope, receive)
            case FailureKind.TRUNCATED_JSON:
                await self._app(scope, receive, Half(send, keep_length=False))
            case FailureKind.DRIP:
                await self._app(scope, receive, Dripping(send, pause_s=self._failure.seconds))
            case FailureKind.DRIP_HEADERS:
                await _drip_headers(scope, receive, pause_s=self._failure.seconds)
            case FailureKind.HUGE_BODY | FailureKind.GZIP_BOMB as kind:
                is_packed = kind == FailureKind.GZIP_BOMB
                await self._app(scope, receive, Padded(send, size_mb=self._failure.size_mb, is_packed=is_packed))
            case _:
                await self._app(scope, receive, WithoutRows(send))


async def _reset(scope: Scope, receive: Receive) -> None:
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
    while not await Request(scope, receive).is_disconnected():
        await asyncio.sleep(0)


async def _drip_headers(scope: Scope, receive: Receive, *, pause_s: float) -> None:
    """Send a header that never ends, a byte at a time, until the client goes."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.write(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    while not await Request(scope, receive).is_disconnected():
        transport.write(b"0")
        await asyncio.sleep(pause_s)


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
    FailureKind.FALSE_END: lambda _, envelopes: envelopes.end(),
    FailureKind.RESULT_CODE_0: lambda _, envelopes: envelopes.refusal(envelopes.phrases.busy),
}
