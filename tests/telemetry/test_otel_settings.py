"""Which of OpenTelemetry's own variables switch metrics on, and what cannot be had."""

import os
from pathlib import Path

import pytest

from sendtrail.clock import SystemClock
from sendtrail.metrics.recording import NO_METRICS
from sendtrail.telemetry.configured_metrics import configured_metrics
from sendtrail.telemetry.otel_settings import OtelSettings

HERE = "http://localhost:4318"
ENDPOINT, OF_METRICS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
EXPORTER, PROTOCOL = "OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ.keys() | {f"OTEL_{field}".upper() for field in OtelSettings.model_fields}:
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_on"),
    [
        ({}, False),
        ({ENDPOINT: HERE}, True),
        ({OF_METRICS: f"{HERE}/v1/metrics"}, True),
        ({ENDPOINT: ""}, False),
        ({EXPORTER: "otlp"}, True),
        ({EXPORTER: "none", ENDPOINT: HERE}, False),
        ({"OTEL_SDK_DISABLED": "true", ENDPOINT: HERE}, False),
        ({"OTEL_SDK_DISABLED": "false", ENDPOINT: HERE}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": HERE}, False),
    ],
)
def test_an_address_or_an_exporter_switches_metrics_on(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, is_on: bool
) -> None:
    """As in every program that knows OpenTelemetry; what says none, or that all is off, counts before it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert OtelSettings.read().is_on is is_on


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({EXPORTER: "prometheus"}, EXPORTER),
        ({EXPORTER: "console", ENDPOINT: HERE}, EXPORTER),
        ({ENDPOINT: HERE, PROTOCOL: "grpc"}, PROTOCOL),
        ({ENDPOINT: HERE, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/json"}, PROTOCOL),
        ({ENDPOINT: "localhost:4318"}, ENDPOINT),
        ({ENDPOINT: "http://"}, ENDPOINT),
        ({ENDPOINT: "http://localhost:port"}, ENDPOINT),
        ({ENDPOINT: "http://[::1"}, ENDPOINT),
    ],
)
def test_what_cannot_be_had_is_one_sentence_and_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, variables: dict[str, str], said: str
) -> None:
    """It names the variable and what to give, and everything goes on without metrics."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert configured_metrics(SystemClock(), is_periodic=False) is NO_METRICS
    assert [said in line for line in caplog.messages] == [True]


def test_a_password_in_the_address_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What names the collector is its host and port."""
    monkeypatch.setenv(ENDPOINT, "https://me:secret@collector.example.com:4318/secret")

    assert OtelSettings.read().collector == "collector.example.com:4318"


def test_the_variables_may_be_in_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a sync by cron has its key; OpenTelemetry finds them, and the environment itself counts before the file."""
    headers = "OTEL_EXPORTER_OTLP_HEADERS"
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], ENDPOINT: HERE})
    Path(".env").write_text(f"{ENDPOINT}=http://elsewhere:4318\n{headers}=api-key=abc\nOTHER=1\n")

    settings = OtelSettings.read()

    assert (settings.is_on, settings.collector) == (True, "localhost:4318")
    assert os.environ.get(headers) == "api-key=abc"
    assert "OTHER" not in os.environ
