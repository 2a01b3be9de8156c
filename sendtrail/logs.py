"""Logs as Cloud Logging reads them: one JSON object a line on standard output, labelled with the work it is about.

https://cloud.google.com/logging/docs/structured-logging#special-payload-fields
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TextIO

TRACE_FIELD = "logging.googleapis.com/trace"
LABELS_FIELD = "logging.googleapis.com/labels"
REDACTED = "<e-mail address>"

# Context variables, not thread locals: a thread that runs in a copy of the context logs with the same labels.
_labels: ContextVar[Mapping[str, str]] = ContextVar("labels", default=MappingProxyType({}))
_trace: ContextVar[str] = ContextVar("trace", default="")

_REMEMBERED = "logged_about"

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:=/\\]+(?:@|%40)[^\s@<>\"'(),;:=/\\%]+")
_TRACE_HEADERS = (  # https://cloud.google.com/trace/docs/trace-context
    ("traceparent", re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-")),
    ("x-cloud-trace-context", re.compile(r"([0-9a-f]{32})(?:/|;|$)")),
)


@contextmanager
def labels(**values: str) -> Iterator[None]:
    """Label what is logged in this block, and in threads that run in a copy of its context."""
    token = _labels.set({**_labels.get(), **values})
    try:
        yield
    except Exception as error:
        _remember(error)
        raise
    finally:
        _labels.reset(token)


@contextmanager
def traced(headers: Mapping[str, str], *, project_id: str) -> Iterator[None]:
    """Tie what is logged in this block to the request that came with these headers."""
    token = _trace.set(trace_of(headers, project_id=project_id))
    try:
        yield
    except Exception as error:
        _remember(error)
        raise
    finally:
        _trace.reset(token)


@contextmanager
def about(error: Exception) -> Iterator[None]:
    """Log in this block with the labels and the trace of where an error was raised, which its blocks have left."""
    named, trace = getattr(error, _REMEMBERED, (_labels.get(), _trace.get()))
    label_token, trace_token = _labels.set(named), _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(trace_token)
        _labels.reset(label_token)


def _remember(error: Exception) -> None:
    if not hasattr(error, _REMEMBERED):  # the innermost block knows most
        setattr(error, _REMEMBERED, (_labels.get(), _trace.get()))


def trace_of(headers: Mapping[str, str], *, project_id: str) -> str:
    """Return the full name of the trace that a request belongs to, "" where it names none."""
    found = {name.lower(): value for name, value in headers.items()}
    for name, pattern in _TRACE_HEADERS:
        if match := pattern.match(found.get(name, "").strip().lower()):
            return f"projects/{project_id}/traces/{match[1]}"
    return ""


def configure_json(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Write every log line of this process as JSON; for entry points only. Calling it again changes the level."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON; above DEBUG, e-mail addresses are left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON; a stack, where there is one, follows the message for Error Reporting to find."""
        message = super().format(record)
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "message": message if record.levelno <= logging.DEBUG else without_addresses(message),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            **getattr(record, "event_fields", {}),
        }
        if trace := _trace.get():
            entry[TRACE_FIELD] = trace
        if named := _labels.get():
            entry[LABELS_FIELD] = dict(named)
        return json.dumps(entry, ensure_ascii=False, default=str)


def without_addresses(text: str) -> str:
    """Return a text with whatever looks like an e-mail address left out."""
    return _ADDRESS.sub(REDACTED, text)


class Event(StrEnum):
    """What is counted; each has the fields that its comment names, at the top level of the JSON line."""

    RUN_DISPATCHED = "run_dispatched"  # kind (RunKind), due: campaigns to be synced; forecast_requests
    RUN_UNFINISHED = "run_unfinished"  # the run before had not finished when this one began
    DELIVERY_ENDED = "delivery_ended"  # outcome: an Outcome, or "retried" where it is not acknowledged
    WORK_FAILED = "work_failed"  # subject: of a failure that was published
    ACTIVITIES_MERGED = "activities_merged"  # event_type, rows: observations read, of which some were there before
    API_USED = "api_used"  # requests, throttled: those answered 429


def log_event(
    logger: logging.Logger, event: Event, *, level: int = logging.INFO, sentence: str = "", **fields: str | int
) -> None:
    """Log an event with its fields; `sentence` says it to a person, who sees no fields on a terminal."""
    told = sentence or " ".join([event, *(f"{name}={value}" for name, value in fields.items())])
    logger.log(level, "%s", told, extra={"event_fields": {"event": event.value, **fields}})
