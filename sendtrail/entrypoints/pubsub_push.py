"""The messages that Pub/Sub pushes, as functions-framework passes them on."""

from base64 import b64decode
from binascii import Error
from typing import Any

from cloudevents.http import CloudEvent


def data_of(event: CloudEvent) -> bytes:
    """Return the data of a pushed message; b"" if it cannot be read, which decodes to no message and is refused."""
    message: Any = (event.data or {}).get("message") or {}
    try:
        return b64decode(message.get("data") or b"", validate=True)
    except (Error, ValueError, TypeError):
        return b""
