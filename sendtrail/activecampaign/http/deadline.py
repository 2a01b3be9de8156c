"""A deadline for the whole of an answer, from its status line on.

A socket's timeout starts anew with every byte, so an account that sends one byte a second is never too slow for it.
Here each read on the socket waits for the time that is left at most, and looks now and then whether there is any left:
a run that is stopped leaves none.
"""

import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

# How long a read waits before it looks at the time that is left.
NAP_S = 0.5

RemainingSeconds = Callable[[], float]

_remaining_s: ContextVar[RemainingSeconds] = ContextVar("remaining_s")


@contextmanager
def answer_deadline(remaining_s: RemainingSeconds) -> Iterator[None]:
    """Let every answer whose reading begins in this block be read only while `remaining_s()` is above zero."""
    token = _remaining_s.set(remaining_s)
    try:
        yield
    finally:
        _remaining_s.reset(token)


class DeadlineAdapter(HTTPAdapter):
    """An adapter of requests whose connections heed the deadline, also those through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        """Return the pools of connections through a proxy; a SOCKS proxy brings its own."""
        manager = super().proxy_manager_for(*args, **kwargs)
        if type(manager) is ProxyManager:
            manager.pool_classes_by_scheme = _POOLS
        return cast("ProxyManager", manager)


class _TimedReader(io.RawIOBase):
    """A socket's bytes, each read with the time that is left as its timeout."""

    def __init__(self, sock: socket.socket, remaining_s: RemainingSeconds) -> None:
        self._sock, self._remaining_s = sock, remaining_s
        self._read_s = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket open until the answer is closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        silent_s = 0.0
        while True:
            nap_s = min(NAP_S, self._time_left_s(silent_s))
            self._sock.settimeout(nap_s)
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                silent_s += nap_s

    def _time_left_s(self, silent_s: float) -> float:
        """Return how long to wait for the next bytes, after so much silence; raise TimeoutError where it is over."""
        remaining_s = self._remaining_s()
        left_s = remaining_s if self._read_s is None else min(self._read_s - silent_s, remaining_s)
        if left_s <= 0:
            raise TimeoutError("the answer did not come within its time")
        return left_s

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What http.client wants of a socket: a file to read the answer from."""

    def __init__(self, sock: socket.socket, remaining_s: RemainingSeconds) -> None:
        self._reader = _TimedReader(sock, remaining_s)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        remaining_s = _remaining_s.get(None)
        timed = _TimedSocket(sock, remaining_s) if remaining_s else sock
        super().__init__(cast("socket.socket", timed), *args, **kwargs)


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _TimedPool, "https": _TimedSecurePool}
