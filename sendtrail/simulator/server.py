"""Serve an account on 127.0.0.1, in a thread of its own or in this one."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sendtrail.simulator.account import Account
from sendtrail.simulator.web.app import build_app

_HOST = "127.0.0.1"
_TICK_S = 0.005
_GRACE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An account being served."""

    url: str
    """Without a slash at the end."""


@contextmanager
def serve(account: Account, *, port: int = 0, date: Callable[[], datetime] | None = None) -> Iterator[Running]:
    """Serve an account from a daemon thread for the length of a `with` block; port 0 picks a free one.

    `date` is what its answers give as the time; without it they give none, as the account's own stands still.
    """
    listener = listen(port)
    server = _Server(account, date=date)
    thread = Thread(target=server.run, args=([listener],), name="simulator", daemon=True)
    thread.start()
    try:
        server.up.wait()
        yield Running(url=url_of(listener))
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def serve_forever(account: Account, listener: socket.socket) -> None:
    """Serve an account from this thread until it is interrupted."""
    _Server(account).run([listener])


def listen(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # unless TCP is named,
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # asyncio leaves Nagle's delay on
    listener.bind((_HOST, port))
    listener.listen(1024)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    return f"http://{_HOST}:{listener.getsockname()[1]}"


class _Protocol(H11Protocol):
    """Let a request reach its connection, so that an injected failure can reset it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Dated:
    """An app each of whose answers gives a date."""

    def __init__(self, app: ASGIApp, date: Callable[[], datetime]) -> None:
        self._app, self._date = app, date

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._date(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        await self._app(scope, receive, send_dated)


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is up."""

    def __init__(self, account: Account, *, date: Callable[[], datetime] | None = None) -> None:
        self.up = Event()
        app = build_app(account)
        super().__init__(
            uvicorn.Config(
                app if date is None else _Dated(app, date),
                http=_Protocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                access_log=False,
                date_header=False,
                log_config=None,
                log_level="critical",
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.up.set()

    async def main_loop(self) -> None:
        """Wait until told to stop; uvicorn's own loop looks too seldom for tests that start many accounts."""
        while not await self.on_tick(0):
            await asyncio.sleep(_TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's
        """Close every connection, giving those in use a second to end; uvicorn's own way always takes a while."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed(), timeout=_GRACE_S)
        for task in self.server_state.tasks:
            task.cancel()

    async def _closed(self) -> None:
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0)
