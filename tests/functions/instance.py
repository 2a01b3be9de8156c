"""An instance of the functions: functions-framework and the entry points as deployed, on fakes behind the ports."""

import io
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import functions_framework
from pydantic import SecretStr
from werkzeug.test import Client, TestResponse

from sendtrail.delivery.services import Services
from sendtrail.delivery.warehouse_breaker import TriedWarehouse, WarehouseBreaker
from sendtrail.entrypoints.account_failures import OneFailurePerAccount
from sendtrail.entrypoints.runtime import Runtime, measured_end, observed, override_runtime
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.logs import configure_json
from sendtrail.state.connections import Connections
from sendtrail.state.documents import connection_path
from sendtrail.sync.pairing.row_ledger import RowLedger
from tests.fakes import FakeClock, MemoryMetrics, MemoryPublisher, MemoryState, MemoryStoredActivities, MemoryWarehouse

REPOSITORY = Path(__file__).resolve().parents[2]
FUNCTIONS = {"dispatcher": "dispatch", "campaign_worker": "sync_campaign", "contacts_worker": "sync_contacts"}
SECRET = "projects/p-acme/secrets/api-key"


@dataclass
class Instance:
    """What requests are served with, and what came of them."""

    keys: dict[str, str] = field(default_factory=dict)
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        clock, tokens = FakeClock(), count(1)
        self.state, self.publisher, self.warehouse = MemoryState(clock), MemoryPublisher(), MemoryWarehouse()
        self.stored = MemoryStoredActivities(self.warehouse)
        ledger, breaker = RowLedger(state=self.state, clock=clock), WarehouseBreaker(clock)
        self.metrics = MemoryMetrics()
        services = Services(
            state=self.state,
            publisher=OneFailurePerAccount(self.publisher, self.state),
            warehouse=observed(TriedWarehouse(inner=self.warehouse, breaker=breaker), ledger, self.metrics),
            clock=clock,
            new_token=lambda: f"token{next(tokens)}",
            breaker=breaker,
            metrics=self.metrics,
            on_run_ended=measured_end(self.metrics),
        )
        self.clock = clock
        self.cloud = Runtime(
            settings=FunctionSettings.read(project_id="p-acme", budget_block=100),
            services=services,
            connections=Connections(self.state, read_secret=lambda name: SecretStr(self.keys[name])),
            stored_activities=self.stored,
            metrics=self.metrics,
        )

    def connect(self, organization_id: str, *, url: str, key: str) -> None:
        """Write down how an account is reached."""
        name = f"{SECRET}-{organization_id}"
        self.keys[name] = key
        document = {"apiUrl": url, "apiKeySecret": name, "requestsPerSecond": 1_000}
        self.state.documents[connection_path(organization_id)] = document

    def post(self, function: str, body: bytes, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Post a request to a function."""
        client = _client(function)
        configure_json(stream=self.log)
        with override_runtime(self.cloud):
            return _posted(client, body, headers or {})

    def without_fakes(self, function: str, body: bytes) -> TestResponse:
        """Post a request to a function that is made of what the environment says."""
        return _posted(_client(function), body, {})

    def push(self, function: str, data: bytes, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Post a message to a function as Pub/Sub pushes it."""
        return self.post(function, push_body(data=b64encode(data).decode()), headers)

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged, each line of which is a JSON object."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def _client(function: str) -> Client:
    app = functions_framework.create_app(FUNCTIONS[function], str(REPOSITORY / function / "main.py"))  # type: ignore[no-untyped-call]
    client: Client = app.test_client()
    return client


def _posted(client: Client, body: bytes, headers: Mapping[str, str]) -> TestResponse:
    return client.post("/", data=body, headers={"Content-Type": "application/json", **headers})


def push_body(**fields: str) -> bytes:
    """Return the body of a push; `data` may be left out."""
    message = {"messageId": "1", "publishTime": "2025-06-01T12:00:00Z", "attributes": {}, **fields}
    subscription = "projects/p-acme/subscriptions/campaigns"
    return json.dumps({"message": message, "subscription": subscription, "deliveryAttempt": 1}).encode()
