"""Metrics as the environment asks for them; whatever is wrong with them is said, and stops nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sendtrail.clock import Clock
from sendtrail.metrics.recording import NO_METRICS, SentMetrics
from sendtrail.telemetry.otel_settings import OtelSettings

logger = logging.getLogger(__name__)

INSTALL = "what sends them is not installed: pip install 'sendtrail[metrics]'"


def configured_metrics(clock: Clock, *, is_periodic: bool) -> SentMetrics:
    """Return what the environment asks for; say so where that cannot be had.

    `is_periodic`: they are sent every minute (OTEL_METRIC_EXPORT_INTERVAL), too, not only when somebody says so.
    """
    settings = OtelSettings.read()
    if not settings.is_on:
        return NO_METRICS
    if settings.problem:
        return _without(settings.problem)
    try:
        from sendtrail.telemetry.otlp_metrics import OtlpMetrics  # noqa: PLC0415  (an extra)
    except ImportError:
        return _without(INSTALL)
    try:
        return OtlpMetrics(collector=settings.collector, clock=clock, is_periodic=is_periodic)
    except Exception as error:  # noqa: BLE001  (a setting of OpenTelemetry's; its text may hold a header)
        return _without(f"OpenTelemetry cannot use its OTEL_ variables ({type(error).__name__}): correct them")


@contextmanager
def sending_metrics(clock: Clock) -> Iterator[SentMetrics]:
    """Yield what the environment asks for, and send at the end of the block what is left."""
    metrics = configured_metrics(clock, is_periodic=True)
    try:
        yield metrics
    finally:
        metrics.close()


def _without(reason: str) -> SentMetrics:
    logger.warning("no metrics are sent: %s", reason)
    return NO_METRICS
