"""Two versions of the functions in one project, from their bundles, and who of them answers what."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZipFile

import requests

from deploy.bundles import REPOSITORY
from deploy.earlier_version import ARCHIVE, unpack
from sendtrail.emulators.functions import CAMPAIGN_WORKER, CONTACTS_WORKER, DISPATCHER, Function, Running, serving
from sendtrail.emulators.processes import HOST
from sendtrail.emulators.project import FUNCTIONS, Project, Size
from sendtrail.ports import Topic
from tests.e2e_gcp.production import PATIENCE_S

WORKERS = (CAMPAIGN_WORKER, CONTACTS_WORKER)
ONE_PROCESS = Size(campaign_workers=1)


class Version(StrEnum):
    """A version of the functions; its name is that of the folder with its bundles and logs."""

    EARLIER = "earlier"
    TODAYS = "todays"


# Which version a message is pushed to.
Choice = Callable[[Mapping[str, Any]], Version]


def earlier(message: Mapping[str, Any]) -> Version:  # noqa: ARG001 - a choice
    """Push everything to the earlier version."""
    return Version.EARLIER


def todays(message: Mapping[str, Any]) -> Version:  # noqa: ARG001 - a choice
    """Push everything to today's version."""
    return Version.TODAYS


def in_turn(message: Mapping[str, Any]) -> Version:
    """Push a continuation to the other version than what it continues."""
    return Version.EARLIER if message["sequence"] % 2 else Version.TODAYS


class Router(ThreadingHTTPServer):
    """Passes pushes on to instances of one version or the other, as Cloud Run does while a new one is rolled out."""

    daemon_threads = True

    def __init__(self, versions: Mapping[Version, Running]) -> None:
        super().__init__((HOST, 0), _Push)
        self.versions = versions
        self.choice: Choice = earlier

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://{HOST}:{self.server_port}/"

    def url_for(self, body: bytes) -> str:
        """Return where a push goes."""
        return self.versions[self.choice(json.loads(b64decode(json.loads(body)["message"]["data"])))].url


class _Push(BaseHTTPRequestHandler):
    server: Router

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {"Content-Type": self.headers["Content-Type"]}
        try:
            url = self.server.url_for(body)
            status = requests.post(url, data=body, headers=headers, timeout=PATIENCE_S).status_code
        except requests.ConnectionError:  # the function was ended meanwhile: pushed again if anybody is left
            status = HTTPStatus.BAD_GATEWAY
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing of each push."""


@dataclass(frozen=True, kw_only=True)
class RollOut:
    """A project in which both versions run."""

    project: Project
    dispatchers: Mapping[Version, Running]
    routers: Mapping[Function, Router]

    def route(self, *, dispatcher: Version, workers: Choice) -> None:
        """Let a version dispatch from now on, and choose who works."""
        self.project.running[DISPATCHER] = self.dispatchers[dispatcher]
        for router in self.routers.values():
            router.choice = workers


@contextmanager
def rolling_out(project: Project, *, folder: Path, ack_deadline_s: int) -> Iterator[RollOut]:
    """Make what the project holds, and run the functions of both versions in it, from their bundles."""
    try:
        project.create()
        bundles = {Version.EARLIER: _of_earlier(folder), Version.TODAYS: _bundles(REPOSITORY, folder / Version.TODAYS)}
        started = {
            (function, version): replace(
                project.instances(function, size=ONE_PROCESS),
                bundle=bundles[version][function],
                log=folder / version / f"{function.package}.log",
            )
            for function in FUNCTIONS
            for version in Version
        }
        with serving(*started.values()) as running:
            found = dict(zip(started, running, strict=True))
            of_function = {
                function: {version: found[function, version] for version in Version} for function in FUNCTIONS
            }
            with _routed(project, {each: of_function[each] for each in WORKERS}, ack_deadline_s) as routers:
                yield RollOut(project=project, dispatchers=of_function[DISPATCHER], routers=routers)
    finally:
        project.close()


@contextmanager
def _routed(
    project: Project, workers: Mapping[Function, Mapping[Version, Running]], ack_deadline_s: int
) -> Iterator[Mapping[Function, Router]]:
    routers = {function: Router(versions) for function, versions in workers.items()}
    threads = [Thread(target=router.serve_forever, daemon=True) for router in routers.values()]
    try:
        for thread in threads:
            thread.start()
        for function, router in routers.items():
            topic = project.topic(function.topic or Topic.CAMPAIGNS)
            project.queues.push(topic, name=topic, url=router.url, ack_deadline_s=ack_deadline_s)
        yield routers
    finally:
        for router in routers.values():
            router.shutdown()
            router.server_close()


def _of_earlier(folder: Path) -> Mapping[Function, Path]:
    source = folder / "source"
    unpack(ARCHIVE, source)
    return _bundles(source, folder / Version.EARLIER)


def _bundles(repository: Path, folder: Path) -> Mapping[Function, Path]:
    """Build the bundles of a repository by its own code, unpack them, and return the folder of each."""
    subprocess.run([sys.executable, "-m", "deploy.bundles", str(folder)], cwd=repository, check=True)
    for function in FUNCTIONS:
        (bundle,) = folder.glob(f"{function.package}-*.zip")
        with ZipFile(bundle) as archive:
            archive.extractall(folder / function.package)
    return {function: folder / function.package for function in FUNCTIONS}
