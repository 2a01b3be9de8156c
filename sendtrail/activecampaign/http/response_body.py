"""The body of an answer: received to a file of its own, small ones in memory, and read as a JSON object."""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import orjson

from sendtrail.activecampaign.http.errors import refused_key
from sendtrail.activecampaign.http.retries import RetryableFailure
from sendtrail.errors import Unavailable

IN_MEMORY_BYTES = 1_000_000
_LOOKED_AT_BYTES = 2_000


def stored(parts: Iterable[bytes]) -> IO[bytes]:
    """Return a file, to be closed by the caller, that holds the parts and stands at its beginning."""
    body = cast("IO[bytes]", SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115
    try:
        for part in parts:
            body.write(part)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


def json_object(body: IO[bytes], *, subject: str) -> dict[str, Any]:
    """Return the body as a JSON object and close it; raise RetryableFailure where it is none."""
    with body:
        try:
            content = orjson.loads(body.read())
        except orjson.JSONDecodeError:
            raise not_json(body, subject=subject) from None
    if not isinstance(content, dict):
        raise RetryableFailure(Unavailable(f"{subject}: the answer is no JSON object; it is asked for again later"))
    return content


def not_json(body: IO[bytes], *, subject: str) -> RetryableFailure:
    """Say what a body is that is not JSON: v1 refuses a key with HTTP 200 and XML."""
    body.seek(0)
    start = body.read(_LOOKED_AT_BYTES)
    if b"not_allowed" in start:
        return RetryableFailure(refused_key(subject, words="not_allowed"))
    what = "is cut off or not JSON" if start.strip() else "is empty"
    return RetryableFailure(Unavailable(f"{subject}: the answer {what}; it is asked for again later"))
