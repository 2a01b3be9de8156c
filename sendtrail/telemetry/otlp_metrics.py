"""Sends metrics over OTLP; the only module that knows OpenTelemetry, and an extra.

What is sent waits in a thread of its own, as a collector may take a connection and say nothing for good.
"""

import logging
import math
import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import (
    SERVICE_INSTANCE_ID,
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)

from sendtrail.clock import Clock
from sendtrail.metrics.definitions import DURATIONS, METRICS, Attributes, Kind, Metric

logger = logging.getLogger(__name__)

NAME = "sendtrail"
# How long anybody waits for the collector, and for how long it is left alone where that was not enough.
WAIT_S, PAUSE_S = 3.0, 60.0
Record = Callable[[float, Attributes], None]


class OtlpMetrics:
    """Metrics of this process, sent to the collector that the environment names.

    A collector that takes nothing costs `wait_s` at most, once in `PAUSE_S` seconds, and one line of the log.
    """

    def __init__(self, *, collector: str, clock: Clock, is_periodic: bool, wait_s: float = WAIT_S) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a line for each attempt, with the address
        self._collector, self._clock, self._wait_s, self._is_periodic = collector, clock, wait_s, is_periodic
        self._is_said, self._paused_until = Event(), -math.inf
        self._flushing = Lock()
        self._exporter = _Exporter(self._say)
        reader = PeriodicExportingMetricReader(self._exporter, export_interval_millis=None if is_periodic else math.inf)
        self._provider = MeterProvider([reader], resource=_resource(is_periodic=is_periodic), shutdown_on_exit=False)
        meter = self._provider.get_meter(NAME, version(NAME))
        self._records: Mapping[str, Record] = {metric.name: _record(meter, metric) for metric in METRICS}

    def record(self, metric: Metric, value: float, attributes: Attributes, /) -> None:
        """Take a measurement."""
        self._records[metric.name](value, attributes)

    def flush(self) -> None:
        """Send what was measured, unless somebody is at it or the collector took nothing a moment ago."""
        if self._clock.monotonic() < self._paused_until or not self._flushing.acquire(blocking=False):
            return
        if not self._in_time(self._flush_and_release):
            self._paused_until = self._clock.monotonic() + PAUSE_S

    def close(self) -> None:
        """Send what was measured, and end."""
        if not self._in_time(self._send_and_end):
            self._exporter.shutdown()  # ends its attempts

    def _flush_and_release(self) -> None:
        try:
            self._provider.force_flush()
        finally:
            self._flushing.release()

    def _send_and_end(self) -> None:
        if not self._is_periodic:  # whose thread sends what is left when it ends
            self._provider.force_flush()
        self._provider.shutdown()

    def _in_time(self, call: Callable[[], object]) -> bool:
        """Return whether a call has come to its end within the time, and the collector took what it got."""
        self._is_failing = False
        thread = Thread(target=call, name="metrics", daemon=True)  # which no program waits for at its end
        thread.start()
        thread.join(self._wait_s)
        if thread.is_alive():
            self._say()
        return not thread.is_alive() and not self._is_failing

    def _say(self) -> None:
        self._is_failing = True
        if not self._is_said.is_set():
            self._is_said.set()
            logger.warning(
                "metrics could not be sent: the collector at %s does not take them. Everything else goes on: is it up, "
                "and are its address and headers right?",
                self._collector,
            )


class _Exporter(OTLPMetricExporter):
    """Calls `on_failure` whenever the collector does not take what it is sent."""

    def __init__(self, on_failure: Callable[[], None]) -> None:
        super().__init__()
        self._on_failure = on_failure

    def export(
        self, metrics_data: MetricsData, timeout_millis: float | None = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        """Send metrics; return whether they were taken."""
        try:
            result = super().export(metrics_data, timeout_millis=timeout_millis, **kwargs)
        except Exception:  # noqa: BLE001  (of whatever HTTP library it uses, with the address in its text)
            result = MetricExportResult.FAILURE
        if result is not MetricExportResult.SUCCESS:
            self._on_failure()
        return result


def _resource(*, is_periodic: bool) -> Resource:
    """Return what sends the metrics; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count before what is said here.

    Several instances on Google Cloud send at the same time, and each has an id of its own. On one machine a run comes
    after the other: all runs of a folder are one instance, so that what they send can be added up.
    """
    instance = uuid5(NAMESPACE_URL, f"{platform.node()} {Path.cwd()}") if is_periodic else uuid4()
    own = {SERVICE_NAME: NAME, SERVICE_VERSION: version(NAME), SERVICE_INSTANCE_ID: str(instance)}
    return Resource.create(own).merge(OTELResourceDetector().detect())


def _record(meter: Meter, metric: Metric) -> Record:
    match metric.kind:
        case Kind.COUNTER:
            counter: Counter = meter.create_counter(metric.name, unit=metric.unit, description=metric.description)
            return counter.add
        case Kind.HISTOGRAM:
            histogram: Histogram = meter.create_histogram(
                metric.name,
                unit=metric.unit,
                description=metric.description,
                explicit_bucket_boundaries_advisory=DURATIONS,
            )
            return histogram.record
        case Kind.GAUGE:
            return meter.create_gauge(metric.name, unit=metric.unit, description=metric.description).set
