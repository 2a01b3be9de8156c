"""A collector of OpenTelemetry on this machine, which decodes what it is sent."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

OWN = "sendtrail"


@dataclass
class Collector:
    """What was taken. `status` is what each request is answered with."""

    url: str
    status: int = 200
    requests: list[ExportMetricsServiceRequest] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def resource(self) -> Mapping[str, str]:
        """Return what sent the latest metrics."""
        found = self.requests[-1].resource_metrics[0].resource
        return {each.key: each.value.string_value for each in found.attributes}

    def latest(self) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
        """Return the latest value of each metric by its attributes; of a histogram, how many values it counted."""
        return {
            metric.name: {_attributes(point): _value(point) for point in _points(metric)}
            for request in self.requests
            for of_resource in request.resource_metrics
            for scope in of_resource.scope_metrics
            if scope.scope.name == OWN
            for metric in scope.metrics
        }


@contextmanager
def collecting(status: int = 200) -> Iterator[Collector]:
    """Serve a collector."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.paths.append(self.path)
            collector.headers.append(dict(self.headers))
            collector.requests.append(ExportMetricsServiceRequest.FromString(body))
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(url=f"http://127.0.0.1:{server.server_address[1]}", status=status)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def _points(metric: Any) -> Any:
    return getattr(metric, metric.WhichOneof("data")).data_points


def _attributes(point: Any) -> tuple[tuple[str, str], ...]:
    found = ((each.key, str(getattr(each.value, each.value.WhichOneof("value")))) for each in point.attributes)
    return tuple(sorted(found))


def _value(point: Any) -> float:
    if hasattr(point, "explicit_bounds"):
        return float(point.count)
    return float(getattr(point, point.WhichOneof("value")))
