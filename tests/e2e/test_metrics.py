"""`sendtrail sync` with a collector of OpenTelemetry, and with one that is down; and what it records of itself."""

import json
import socket
from collections.abc import Callable

import duckdb

from tests.e2e.commands import sync
from tests.e2e.conftest import Pipeline
from tests.telemetry.collector import collecting

ACCOUNT = ("account", "main")


def test_a_sync_sends_what_it_did_and_needs_no_collector(pipeline: Callable[..., Pipeline]) -> None:
    """The sums are those of its summary, without anything of a person; without a collector it says so, and is right."""
    line = pipeline()
    with collecting() as collector:
        code, output = sync(line, "--json", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    down, said = sync(line, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{address}")

    assert (code, down) == (0, 0), (output, said)
    found, sent = json.loads(output.splitlines()[-1]), collector.latest()
    activities = (ACCOUNT, ("table", "email_activities"))
    assert sent["sendtrail.requests"] == {(ACCOUNT, ("http.response.status_code", "200")): found["requests"]}
    assert sent["sendtrail.throttled_requests"] == {(ACCOUNT,): 0}
    assert sent["sendtrail.rows.stored"][activities] == found["activities"]["new"]
    for kind, rows in found["activities"]["read"].items():
        assert sent["sendtrail.rows.read"][ACCOUNT, ("event_type", kind), activities[1]] == rows
    assert sent["sendtrail.run.duration"] == {(ACCOUNT, ("outcome", "complete")): 1}
    assert 0 <= sent["sendtrail.lag"][ACCOUNT,] < 600
    assert set(sent["sendtrail.gaps"].values()) == {0}
    assert not [each for each in collector.requests if "@" in str(each)]
    assert said.count(f"the collector at {address} does not take them") == 1
    line.remember()
    line.assert_equal()
    with duckdb.connect(str(line.database), read_only=True) as connection:
        columns = "outcome, requests, activities_new, failures, bytes_billed, ended_at > began_at"
        rows = connection.execute(f"SELECT {columns} FROM marketing_ai.runs ORDER BY began_at").fetchall()
    assert rows[0] == ("complete", found["requests"], found["activities"]["new"], 0, None, True)
    assert [row[0] for row in rows] == ["complete", "complete"]
