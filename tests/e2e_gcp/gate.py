"""An account whose answers wait: a server in front of its own that holds requests back until it is opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import requests

ANSWER_S = 60.0


class Gate:
    """Holds back the requests that `holds` says of their path and query; `has_held` is set by the first one."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self.holds = holds
        self.has_held, self._opened = Event(), Event()

    def open(self) -> None:
        """Answer what waits, and whatever comes."""
        self._opened.set()

    def pass_through(self, path: str) -> None:
        """Return when a request may go on."""
        if self.holds(path) and not self._opened.is_set():
            self.has_held.set()
            self._opened.wait()

    @contextmanager
    def before(self, url: str) -> Iterator[str]:
        """Give the address in front of an account's; the gate opens when the block ends."""
        with ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, url)) as server:
            server.daemon_threads = True
            thread = Thread(target=server.serve_forever, name="gate", daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                self.open()
                server.shutdown()
                thread.join()


def _handler(gate: Gate, url: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            gate.pass_through(self.path)
            token = {"Api-Token": self.headers.get("Api-Token", "")}
            answer = requests.get(url + self.path, headers=token, timeout=ANSWER_S)
            with suppress(ConnectionError):  # whoever asked may have given up
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
