"""A Google Cloud project on this machine: what `terraform apply` makes, on emulators."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from sendtrail.clock import SystemClock
from sendtrail.emulators.functions import (
    CAMPAIGN_WORKER,
    CONTACTS_WORKER,
    DISPATCHER,
    Function,
    Instances,
    Running,
    serving,
)
from sendtrail.emulators.processes import HOST, free_ports
from sendtrail.emulators.queues import ACK_DEADLINE_S, Queues
from sendtrail.emulators.reading import rows
from sendtrail.emulators.together import Emulators
from sendtrail.entrypoints.settings import PREFIX, FunctionSettings
from sendtrail.gcp import clients
from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.firestore_api import Database
from sendtrail.gcp.firestore_state import FirestoreState
from sendtrail.ports import Topic
from sendtrail.state.documents import connection_path

FUNCTIONS = (DISPATCHER, CAMPAIGN_WORKER, CONTACTS_WORKER)
JOB = "projects/local/locations/local/jobs/sendtrail-campaigns"
REQUEST_S = 570.0  # as Cloud Scheduler waits: terraform/scheduler.tf


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the dispatcher answered."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How many processes each function has, and how many requests each of them handles at a time."""

    campaign_workers: int = 2
    threads: int = 4

    def processes(self, function: Function) -> int:
        """Return the processes of a function."""
        return self.campaign_workers if function is CAMPAIGN_WORKER else 1


class Project:
    """A project whose functions run; made by `deployed`."""

    def __init__(self, settings: FunctionSettings, emulators: Emulators, *, folder: Path) -> None:
        self.settings, self.emulators, self._folder = settings, emulators, folder
        self._open = ExitStack()
        firestore = self._open.enter_context(clients.firestore_client(emulators.firestore))
        database = Database(firestore, project_id=settings.project_id, database=settings.firestore_database)
        self.state = FirestoreState(database, clock=SystemClock(), new_id=lambda: uuid4().hex)
        self._bigquery = self._open.enter_context(
            clients.bigquery_client(settings.project_id, location=settings.location, endpoint=emulators.bigquery)
        )
        self.queues = Queues(settings.project_id, emulator=emulators.pubsub)
        self._open.callback(self.queues.close)
        self.running: dict[Function, Running] = {}

    def close(self) -> None:
        """Let the emulators go."""
        self._open.close()

    def topic(self, topic: Topic) -> str:
        """Return the name of a topic, which is that of its subscription, too."""
        return self.settings.topics[topic].rpartition("/")[2]

    def create(self) -> None:
        """Make the topics and the tables."""
        for topic in Topic:
            self.queues.create_topic(self.topic(topic))
        self.queues.pull(self.topic(Topic.FAILURES), name=self.topic(Topic.FAILURES))
        create_tables(self._bigquery, self.settings.datasets)

    def instances(self, function: Function, *, size: Size, port: int = 0) -> Instances:
        """Return instances of a function, still to be started."""
        return Instances(
            function=function,
            port=port or free_ports(1)[0],
            log=self._folder / f"{function.package}.log",
            processes=size.processes(function),
            threads=size.threads,
            environment={**_variables(self.settings), **self.emulators.environment},
        )

    def connect(self, organization_id: str, *, url: str, key: str, requests_per_second: float) -> None:
        """Write down how an account is reached."""
        document = {"apiUrl": url, "apiKey": key, "requestsPerSecond": requests_per_second}
        self.state.transact(lambda transaction: transaction.set(connection_path(organization_id), document))

    def dispatch(self, *, schedule_time: datetime | None = None, **asked: object) -> Answer:
        """Call the dispatcher as Cloud Scheduler does."""
        moment = (schedule_time or datetime.now(UTC)).isoformat()
        headers = {"Content-Type": "application/json"}
        scheduled = {"X-CloudScheduler-JobName": JOB, "X-CloudScheduler-ScheduleTime": moment}
        host = self.running[DISPATCHER].url.split("/")[2]
        connection = HTTPConnection(host, timeout=REQUEST_S)
        try:
            connection.request("POST", "/", body=json.dumps(asked), headers={**headers, **scheduled})
            response = connection.getresponse()
            return Answer(status=response.status, body=json.loads(response.read() or b"{}"))
        finally:
            connection.close()

    def rows(self, sql: str, parameters: Mapping[str, str]) -> Iterable[Sequence[Any]]:
        """Yield the rows of a SELECT in which {dataset} stands for the tables' dataset."""
        return rows(self._bigquery, sql.format(dataset=self.settings.dataset), parameters)


@contextmanager
def deployed(
    project: Project, *, size: Size, ack_deadline_s: int = ACK_DEADLINE_S, push_host: str = HOST
) -> Iterator[None]:
    """Make what the project holds and run its functions; `push_host` is what Pub/Sub calls this machine."""
    try:
        project.create()
        with serving(*(project.instances(function, size=size) for function in FUNCTIONS)) as running:
            project.running = dict(zip(FUNCTIONS, running, strict=True))
            for function in (CAMPAIGN_WORKER, CONTACTS_WORKER):
                topic = project.topic(function.topic or Topic.CAMPAIGNS)
                url = project.running[function].url.replace(HOST, push_host)
                project.queues.push(topic, name=topic, url=url, ack_deadline_s=ack_deadline_s)
            yield
    finally:
        project.close()


def _variables(settings: FunctionSettings) -> dict[str, str]:
    # As Terraform does it: what is not set is not there.
    values = settings.model_dump(exclude={"firestore_emulator_host", "bigquery_emulator_host"})
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items() if value is not None}
