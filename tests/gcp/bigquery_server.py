"""A server that answers as BigQuery's REST API does, with the errors that no emulator shows.

https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from sendtrail.warehouse.tables import definition

Call = Literal["load", "query", "get", "delete", "table"]
Resource = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one call.

    `is_done` where the job was accepted all the same and only the answer says otherwise; `fails_later` where it is
    accepted and fails while it runs.
    """

    on: Call
    status: int = 503
    reason: str = "backendError"
    message: str = "try again"
    is_done: bool = False
    fails_later: bool = False


@dataclass(frozen=True, kw_only=True)
class Received:
    """A call as it came: of jobs their id, of tables their name."""

    call: Call
    name: str
    body: Resource
    data: bytes = b""


class BigQueryServer:
    """Jobs that end at the second look, each id once, and the faults that were asked for, first come first.

    Jobs of the kind `queueing`, query or load, do not begin.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self.queueing = ""
        self.jobs: dict[str, Resource] = {}
        self.received: list[Received] = []

    def calls(self, call: Call) -> list[str]:
        """Return the names that came with a kind of call."""
        return [received.name for received in self.received if received.call == call]

    def answer(self, received: Received) -> tuple[int, Resource]:
        """Return the status and the body that answer a call."""
        with self._lock:
            self.received.append(received)
            fault = next((fault for fault in self._faults if fault.on == received.call), None)
            if fault is not None:
                self._faults.remove(fault)
            if fault is not None and not fault.fails_later:
                if fault.is_done:
                    self._insert(received, None)
                return fault.status, _error(fault.status, fault.reason, fault.message)
            return self._answer(received, fault)

    def _answer(self, received: Received, fault: Fault | None) -> tuple[int, Resource]:
        if received.call == "delete":
            return 204, {}
        if received.call == "table":
            place = {"projectId": "p", "datasetId": "marketing_ai", "tableId": received.name}
            return 200, {**definition(received.name).resource, "tableReference": place}
        if received.call == "get":
            return self._look(received.name)
        if received.name in self.jobs:
            return 409, _error(409, "duplicate", f"Already Exists: Job {received.name}")
        return 200, self._insert(received, fault)

    def _look(self, job_id: str) -> tuple[int, Resource]:
        if job_id not in self.jobs:
            return 404, _error(404, "notFound", f"Not found: Job {job_id}")
        job = self.jobs[job_id]
        shown = json.loads(json.dumps(job))
        if self.queueing in job["configuration"]:
            shown["status"]["state"] = "PENDING"
            return 200, _public(shown)
        job["status"]["state"] = "DONE"
        return 200, _public(shown)

    def _insert(self, received: Received, fault: Fault | None) -> Resource:
        job = {**received.body, "status": {"state": "RUNNING"}, "statistics": {"query": {"numDmlAffectedRows": "3"}}}
        if fault is not None:
            problem = {"reason": fault.reason, "message": fault.message}
            job["failure"] = {"errorResult": problem, "errors": [problem]}
        self.jobs[received.name] = job
        return _public(json.loads(json.dumps(job)))


def _public(job: Resource) -> Resource:
    failure = job.pop("failure", {})
    if job["status"]["state"] == "DONE":
        job["status"].update(failure)
    return job


def _error(code: int, reason: str, message: str) -> Resource:
    return {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


@contextmanager
def serving(*faults: Fault) -> Iterator[tuple[BigQueryServer, str]]:
    """Serve on loopback, and give the server and its URL."""
    bigquery = BigQueryServer(list(faults))

    class Handler(BaseHTTPRequestHandler):
        """Reads a call and writes its answer."""

        def do_POST(self) -> None:
            """Take a job."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/upload/"):
                resource, data = _parts(body)
                self._reply(Received(call="load", name=_job_id(resource), body=resource, data=data))
            else:
                resource = json.loads(body)
                self._reply(Received(call="query", name=_job_id(resource), body=resource))

        def do_GET(self) -> None:
            """Show a job or a table."""
            call: Call = "table" if "/tables/" in self.path else "get"
            self._reply(Received(call=call, name=self._last_of_path(), body={}))

        def do_DELETE(self) -> None:
            """Drop a table."""
            self._reply(Received(call="delete", name=self._last_of_path(), body={}))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _last_of_path(self) -> str:
            return self.path.partition("?")[0].rpartition("/")[2]

        def _reply(self, received: Received) -> None:
            status, body = bigquery.answer(received)
            content = json.dumps(body).encode()
            self.send_response(HTTPStatus(status))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield bigquery, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _job_id(resource: Mapping[str, Any]) -> str:
    return str(resource["jobReference"]["jobId"])


def _parts(body: bytes) -> tuple[Resource, bytes]:
    """Return the job and the data of an upload in two parts."""
    boundary = body.partition(b"\r\n")[0]
    _, job, data, _ = body.split(boundary)
    return json.loads(job.partition(b"\r\n\r\n")[2]), data.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
