"""The body of an answer: decompressed, received into a file of its own, and read as a JSON object.

However much an account sends, or lets its bytes inflate to, no more than a limit is taken.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import orjson
import requests

from sendtrail.activecampaign.http.account_words import error_message
from sendtrail.activecampaign.http.errors import (
    BROKEN_OFF,
    EMPTY,
    ERROR_IN_BODY,
    KEY_REFUSED,
    NO_OBJECT,
    NOT_JSON,
    PLAIN_TEXT,
    TOO_LARGE,
    UNKNOWN_ENCODING,
    BadAnswer,
)
from sendtrail.activecampaign.http.json_repair import repaired
from sendtrail.activecampaign.http.long_numbers import ShortNumbers

MAX_BYTES_IN_MEMORY = 1_000_000
PART_BYTES = 65_536
_BYTES_LOOKED_AT = 2_000
_GZIP = 16 + zlib.MAX_WBITS
_REFUSALS = (b"not_allowed", b"not authorized to access this file")


def received(response: requests.Response, *, max_bytes: int) -> Iterator[bytes]:
    """Yield the parts of a response's body, decompressed; raise BadAnswer beyond `max_bytes` of them."""
    size = 0
    for part in _decompressed(response):
        size += len(part)
        if size > max_bytes:
            raise BadAnswer(TOO_LARGE, words=f"{max_bytes // 1_000:,} kB")
        yield part


def spooled(parts: Iterable[bytes]) -> IO[bytes]:
    """Return a file, to be closed by the caller, that holds the parts and stands at its beginning."""
    body = cast("IO[bytes]", SpooledTemporaryFile(max_size=MAX_BYTES_IN_MEMORY))  # noqa: SIM115
    try:
        for part in parts:
            body.write(part)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


def parts_of(body: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes from its beginning on."""
    body.seek(0)
    return iter(partial(body.read, PART_BYTES), b"")


def json_object(body: IO[bytes]) -> dict[str, Any]:
    """Return the body as a JSON object and close it; raise BadAnswer where it is none."""
    with body:
        try:
            content = orjson.loads(body.read())
        except orjson.JSONDecodeError:
            content = _repaired_json(body)
    if not isinstance(content, dict):
        raise BadAnswer(NO_OBJECT)
    return content


def not_json(body: IO[bytes]) -> BadAnswer:
    """Return what a body means that is not JSON: v1 refuses a key with HTTP 200 and XML."""
    body.seek(0)
    start = body.read(_BYTES_LOOKED_AT)
    if any(words in start for words in _REFUSALS):
        return BadAnswer(KEY_REFUSED, words="not_allowed")
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        return BadAnswer(EMPTY)
    message = "" if b"{" in start else error_message(start)
    if not message:
        return BadAnswer(NOT_JSON)
    return BadAnswer(ERROR_IN_BODY if b"<" in start else PLAIN_TEXT, words=message)


def _repaired_json(body: IO[bytes]) -> Any:
    body.seek(0)
    parts = iter(partial(ShortNumbers(body).read, PART_BYTES), b"")
    text = b"".join(repaired(parts))
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:  # as it is laxer: NaN and Infinity cost the rows that hold them
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        raise not_json(body) from None


def _decompressed(response: requests.Response) -> Iterator[bytes]:
    parts = iter(lambda: response.raw.read(PART_BYTES, decode_content=False), b"")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return parts
    if encoding in ("gzip", "x-gzip"):
        return _inflated(parts)
    raise BadAnswer(UNKNOWN_ENCODING)


def _inflated(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzip's bytes hold, never more than a part at once; raise BadAnswer where their end is missing."""
    inflater, is_whole = zlib.decompressobj(_GZIP), True
    for part in parts:
        left = part
        while left:
            yield inflater.decompress(left, PART_BYTES)
            left, is_whole = inflater.unconsumed_tail, inflater.eof
            if is_whole:
                left, inflater = inflater.unused_data, zlib.decompressobj(_GZIP)
    if not is_whole:
        raise BadAnswer(BROKEN_OFF)
