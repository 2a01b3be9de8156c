"""Events: log lines with fields that the dashboard's metrics count (terraform/metrics.tf)."""

import logging
from enum import StrEnum


class Event(StrEnum):
    """What is counted; each has the fields that its comment names, at the top level of the JSON line."""

    RUN_DISPATCHED = "run_dispatched"  # due: campaigns to be synced; forecast_requests
    RUN_UNFINISHED = "run_unfinished"  # the run before had not finished when this one began
    DELIVERY_ENDED = "delivery_ended"  # outcome
    ACTIVITIES_MERGED = "activities_merged"  # event_type, rows: observations read, of which some were there before
    API_USED = "api_used"  # requests, throttled: those answered 429


def log_event(logger: logging.Logger, event: Event, *, level: int = logging.INFO, **fields: str | int) -> None:
    """Log an event with its fields."""
    told = " ".join(f"{name}={value}" for name, value in fields.items())
    logger.log(level, "%s %s", event, told, extra={"event_fields": {"event": event.value, **fields}})
