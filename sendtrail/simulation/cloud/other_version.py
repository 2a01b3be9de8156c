"""What another version of the code stores and publishes, which runs beside this one during a roll-out."""

from collections.abc import Mapping
from typing import Any

import orjson

from sendtrail.ports import Document

# What was added to documents and messages after the first version, and is not there in what it writes.
ADDED: Mapping[str, frozenset[str]] = {
    "checkpoint": frozenset({"backfill", "wanted_at", "new_rows"}),
    "synced": frozenset({"settling", "deep_watermarks", "false_zeros"}),
    "status": frozenset({"timestamp_meanings", "timestamps_observed_at", "left_out", "counted_at"}),
    "message": frozenset(
        {"settle", "standing_rows", "wanted_at", "complete", "backfill", "listed_at", "kept_since", "postponed"}
    ),
}
# And what a later version may add.
OF_TOMORROW: Mapping[str, Any] = {"of_tomorrow": {"some": ["thing", 1, None]}}


def as_before(document: Document) -> Document:
    """Return a document as an earlier version writes it."""
    if "campaigns_total" in document:
        return _without(document, "status")
    if "sequence" not in document:
        return document
    synced = document.get("synced")
    checkpoint = _without(document, "checkpoint")
    return {**checkpoint, "synced": _without(synced, "synced")} if synced else checkpoint


def as_tomorrow(document: Document) -> Document:
    """Return a document as a later version writes it, which has more fields; an empty one is what is no more."""
    if not document:
        return document
    synced = document.get("synced")
    inner = {"synced": {**synced, **OF_TOMORROW}} if synced else {}
    return {**document, **inner, **OF_TOMORROW}


def message_before(data: bytes) -> bytes:
    """Return a message as an earlier version publishes it."""
    return orjson.dumps(_without(orjson.loads(data), "message"))


def message_tomorrow(data: bytes) -> bytes:
    """Return a message as a later version publishes it."""
    return orjson.dumps({**orjson.loads(data), **OF_TOMORROW})


def _without(document: Document, kind: str) -> Document:
    return {name: value for name, value in document.items() if name not in ADDED[kind]}
