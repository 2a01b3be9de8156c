"""Metrics as they are sent, and what a collector costs that does not take them."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendtrail.metrics.definitions import ACCOUNT, LAG, METRICS, REQUESTS, RUN_DURATION, STATUS
from sendtrail.metrics.recording import NO_METRICS, RunOutcome, measure_response, measure_run
from sendtrail.telemetry.configured_metrics import INSTALL, configured_metrics
from sendtrail.telemetry.otlp_metrics import PAUSE_S, OtlpMetrics
from tests.fakes import FakeClock
from tests.telemetry.collector import Collector, collecting

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
ANSWERED = ((ACCOUNT, "acme"), (STATUS, "200"))


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Collector]:
    """Serve a collector that the environment names."""
    monkeypatch.chdir(tmp_path)
    with collecting() as found:
        monkeypatch.setenv(ENDPOINT, found.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret")
        yield found


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Listen at an address that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{server.getsockname()[1]}")
        yield server


def test_what_is_measured_is_sent_as_the_environment_says(collector: Collector) -> None:
    """Counters add up, histograms count, the latest gauge counts; the headers go along."""
    metrics = configured_metrics(FakeClock(), is_periodic=False)

    for status in (200, 200, 429):
        measure_response(metrics, "acme", status)
    measure_run(metrics, "acme", RunOutcome.COMPLETE, seconds=12.0)
    for age_s in (7_200.0, 60.0):
        metrics.record(LAG, age_s, {ACCOUNT: "acme"})
    metrics.flush()
    metrics.close()

    latest = collector.latest()
    assert latest[REQUESTS.name] == {ANSWERED: 2, ((ACCOUNT, "acme"), (STATUS, "429")): 1}
    assert latest["sendtrail.throttled_requests"] == {((ACCOUNT, "acme"),): 1}
    assert latest[RUN_DURATION.name] == {((ACCOUNT, "acme"), ("outcome", "complete")): 1}
    assert latest[LAG.name] == {((ACCOUNT, "acme"),): 60.0}
    assert set(collector.paths) == {"/v1/metrics"}
    assert {each["api-key"] for each in collector.headers} == {"s3cret"}


def test_every_metric_can_be_sent(collector: Collector) -> None:
    """Under the name that the table of the documentation has."""
    metrics = configured_metrics(FakeClock(), is_periodic=False)

    for metric in METRICS:
        metrics.record(metric, 1, {ACCOUNT: "acme"})
    metrics.close()

    assert collector.latest().keys() == {metric.name for metric in METRICS}


def test_instances_differ_and_the_runs_of_a_folder_do_not(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So sums of instances that run at once do not overwrite each other, and deltas of runs add up."""
    found = []
    for is_periodic in (False, False, True, True):
        metrics = OtlpMetrics(collector="here", clock=FakeClock(), is_periodic=is_periodic)
        metrics.record(LAG, 1, {ACCOUNT: "acme"})
        metrics.close()
        found.append(collector.resource)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "marketing")
    named = OtlpMetrics(collector="here", clock=FakeClock(), is_periodic=True)
    named.record(LAG, 1, {ACCOUNT: "acme"})
    named.close()

    ids = [each["service.instance.id"] for each in found]
    assert len({*ids[:2]}) == 2
    assert len({*ids[2:]}) == 1
    assert {each["service.name"] for each in found} == {"sendtrail"}
    assert collector.resource["service.name"] == "marketing"


def test_a_collector_that_refuses_is_said_once_and_left_alone_for_a_while(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    """The line names its host and no secret; a minute later it is asked again."""
    clock, collector.status = FakeClock(), 401
    metrics = configured_metrics(clock, is_periodic=False)
    measure_response(metrics, "acme", 200)

    for _ in range(3):
        metrics.flush()
    first = len(collector.requests)
    collector.status = 200
    clock.sleep(PAUSE_S)
    metrics.flush()
    second = len(collector.requests)
    metrics.close()

    assert (first, second) == (1, 2)
    assert ["127.0.0.1" in line and "s3cret" not in line for line in caplog.messages] == [True]
    assert collector.latest()[REQUESTS.name] == {ANSWERED: 1}


@pytest.mark.usefixtures("silent")
def test_nobody_waits_for_a_collector_that_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Not for the answer of one that is still waited for, either: flush and close return all the same."""
    clock = FakeClock()
    metrics = OtlpMetrics(collector="127.0.0.1", clock=clock, is_periodic=False, wait_s=0.05)
    measure_response(metrics, "acme", 200)

    metrics.flush()
    clock.sleep(PAUSE_S)
    metrics.flush()
    metrics.close()

    assert len(caplog.messages) == 1


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever has not installed it gets the line to type, and a sync all the same."""
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:4318")
    monkeypatch.delitem(sys.modules, "sendtrail.telemetry.otlp_metrics", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.metric_exporter", None)

    assert configured_metrics(FakeClock(), is_periodic=True) is NO_METRICS
    assert caplog.messages == [f"no metrics are sent: {INSTALL}"]


def test_what_opentelemetry_cannot_use_is_said_without_its_text(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Which may hold a token."""
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "-77")

    metrics = configured_metrics(FakeClock(), is_periodic=True)
    metrics.close()

    assert metrics is NO_METRICS
    assert not collector.requests
    assert ["OTEL_" in line and "77" not in line for line in caplog.messages] == [True]
