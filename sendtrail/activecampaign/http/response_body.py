"""The body of an answer: received into a file of its own, small ones in memory, and read as a JSON object."""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import orjson

from sendtrail.activecampaign.http.errors import EMPTY, KEY_REFUSED, NO_OBJECT, NOT_JSON, BadAnswer

MAX_BYTES_IN_MEMORY = 1_000_000
_BYTES_LOOKED_AT = 2_000


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


def json_object(body: IO[bytes]) -> dict[str, Any]:
    """Return the body as a JSON object and close it; raise BadAnswer where it is none."""
    with body:
        try:
            content = orjson.loads(body.read())
        except orjson.JSONDecodeError:
            raise not_json(body) from None
    if not isinstance(content, dict):
        raise BadAnswer(NO_OBJECT)
    return content


def not_json(body: IO[bytes]) -> BadAnswer:
    """Return what a body means that is not JSON: v1 refuses a key with HTTP 200 and XML."""
    body.seek(0)
    start = body.read(_BYTES_LOOKED_AT)
    if b"not_allowed" in start:
        return BadAnswer(KEY_REFUSED, words="not_allowed")
    return BadAnswer(NOT_JSON if start.strip() else EMPTY)
