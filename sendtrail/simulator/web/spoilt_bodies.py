"""Bodies that are cut, emptied, blown up or slow, made of the right ones."""

import asyncio
import zlib
from collections.abc import Iterator

import orjson
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_MIB = 1 << 20
_GZIP = 31  # zlib's word for the widest window, with gzip's header


class Half:
    """Send the first half of a body's first part, and no more."""

    def __init__(self, send: Send, *, keep_length: bool) -> None:
        self._send = send
        self._keep_length = keep_length
        self._start: Message = {}
        self._done = False

    async def __call__(self, message: Message) -> None:
        """Take a part of the right answer."""
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


class Whole:
    """Keep an answer until it is whole, and send another body in its place."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take a part of the right answer."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self.send_instead(self._start, self._body)

    async def send_instead(self, start: Message, body: bytes) -> None:
        """Send what comes in the place of a whole answer."""
        await self._send_parts(start, iter([body]), length=len(body))

    async def _send_parts(
        self, start: Message, parts: Iterator[bytes], *, length: int | None, pause_s: float = 0
    ) -> None:
        headers = MutableHeaders(raw=start["headers"])
        del headers["content-length"]
        if length is not None:
            headers["content-length"] = str(length)
        await self._send(start)
        for part in parts:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(pause_s)
        await self._send({"type": "http.response.body", "body": b""})


class WithoutRows(Whole):
    """Send a v3 list with all its rows taken out."""

    async def send_instead(self, start: Message, body: bytes) -> None:
        """Send the list without rows."""
        content = orjson.loads(body)
        empty = {name: [] if isinstance(value, list) else value for name, value in content.items()}
        await super().send_instead(start, orjson.dumps(empty))


class Dripping(Whole):
    """Send the right body a byte at a time."""

    def __init__(self, send: Send, *, pause_s: float) -> None:
        super().__init__(send)
        self._pause_s = pause_s

    async def send_instead(self, start: Message, body: bytes) -> None:
        """Send the body, slowly."""
        parts = (body[n : n + 1] for n in range(len(body)))
        await self._send_parts(start, parts, length=len(body), pause_s=self._pause_s)


class Padded(Whole):
    """Send the right body behind so many MiB of blanks, which are valid JSON; packed, they are small."""

    def __init__(self, send: Send, *, size_mb: int, is_packed: bool) -> None:
        super().__init__(send)
        self._size_mb = size_mb
        self._is_packed = is_packed

    async def send_instead(self, start: Message, body: bytes) -> None:
        """Send the blanks and the body."""
        if self._is_packed:
            MutableHeaders(raw=start["headers"])["content-encoding"] = "gzip"
        length = None if self._is_packed else self._size_mb * _MIB + len(body)
        await self._send_parts(start, self._parts(body), length=length)

    def _parts(self, body: bytes) -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=_GZIP) if self._is_packed else None
        for part in [*[b" " * _MIB] * self._size_mb, body]:
            yield packer.compress(part) if packer else part
        yield packer.flush() if packer else b""
