"""The bytes around and in a JSON body: marks, blanks, warnings, and text that is not valid."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from sendtrail.simulator.garbled_text import ON_THE_WIRE
from sendtrail.simulator.quirks import Quirks

_MARK = b"\xef\xbb\xbf"
_BLANKS = b"\r\n  \n"
_WARNING = (
    b"<br />\n<b>Warning</b>:  Invalid argument supplied for foreach() in "
    b"<b>/home/account/public_html/admin/functions/campaign.php</b> on line <b>812</b><br />\n"
)


class BodyBytes:
    """Change the JSON bodies of an account as its quirks say."""

    def __init__(self, quirks: Quirks) -> None:
        self._before = _MARK * quirks.byte_order_marks + _BLANKS * quirks.blanks_around_body
        self._warning = _WARNING * quirks.php_warning
        self._after = _BLANKS * quirks.blanks_around_body
        self._garbled = quirks.garbled_text != "never"
        self.change_nothing = not (self._before or self._warning or self._garbled)

    def around(self, send: Send, *, is_v1: bool) -> Send:
        """Return what sends an answer so changed."""
        before = self._before + self._warning * is_v1
        return send if self.change_nothing else _Changed(send, before, self._after, garbled=self._garbled)


class _Changed:
    """Send one answer."""

    def __init__(self, send: Send, before: bytes, after: bytes, *, garbled: bool) -> None:
        self._send = send
        self._before = before
        self._after = after
        self._garbled = garbled
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        else:
            await self._go_on(message)

    async def _begin(self, start: Message) -> None:
        if "json" in MutableHeaders(raw=start["headers"]).get("content-type", ""):
            self._start = start
        else:
            self._before = self._after = b""
            self._garbled = False
            await self._send(start)

    async def _go_on(self, message: Message) -> None:
        whole, more = bytes(message.get("body", b"")), message.get("more_body", False)
        body = self._before + self._with_halves(whole) + (b"" if more else self._after)
        self._before = b""
        if self._start:
            start, self._start = self._start, None
            _add_length(start, len(body) - len(whole))
            await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _with_halves(self, body: bytes) -> bytes:
        for placeholder, half in ON_THE_WIRE.items() if self._garbled else ():
            body = body.replace(placeholder, half)
        return body


def _add_length(start: Message, more: int) -> None:
    headers = MutableHeaders(raw=start["headers"])
    if "content-length" in headers:
        headers["content-length"] = str(int(headers["content-length"]) + more)
