"""Production on one machine, and the comparison with the truth."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from sendtrail.cli.demo.gcp_progress import run_status
from sendtrail.cli.demo.proof import compare
from sendtrail.cli.demo.truth import (
    ACTIVITIES,
    CONTACTS,
    account_activities,
    account_contacts,
    stored_activities,
    stored_contacts,
)
from sendtrail.clock import SystemClock
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.emulators.functions import CAMPAIGN_WORKER, Function
from sendtrail.emulators.project import Answer, Project
from sendtrail.ports import Document, Topic
from sendtrail.simulator import Account, CampaignPlan, Network, Plan, serve
from sendtrail.state.account_status import read_status
from sendtrail.state.documents import campaigns_path, contacts_path, from_document
from tests.e2e_gcp.gate import Gate

EVERYTHING = "2000-01-01T00:00:00Z"
PATIENCE_S = 300.0  # ends what hangs
SMALL = Plan(campaigns=3, openers=40)  # one of each kind
LONG = 400
ONE_LONG = Plan(sizes=(CampaignPlan(openers=LONG, clickers=20, bounces=2, unsubscribes=1, forwards=1),))


def wait_until(is_so: Callable[[], bool], *, what: str) -> None:
    """Return when something is so; fail, and say what it was, when it never is."""
    clock = SystemClock()
    end = clock.monotonic() + PATIENCE_S
    while not is_so():
        assert clock.monotonic() < end, f"in vain: {what}"
        clock.sleep(0.1)


def logged(log: bytes) -> Iterator[dict[str, Any]]:
    """Yield the JSON lines of a log that may be written to at this moment: its last line may be half there."""
    complete, _, _ = log.rpartition(b"\n")
    for line in complete.split(b"\n"):
        if line.startswith(b"{"):
            yield json.loads(line)


@dataclass
class Production:
    """A project, the accounts that it syncs, and what is known to be true of them."""

    project: Project
    folder: Path
    stack: ExitStack
    accounts: dict[str, Account] = field(default_factory=dict)
    known: dict[str, set[Hashable]] = field(default_factory=dict)

    def add(
        self,
        organization_id: str,
        *,
        plan: Plan = SMALL,
        latency_ms: float = 0,
        seed: int = 5,
        requests_per_second: float = 500,
        gate: Gate | None = None,
    ) -> Account:
        """Add an account; how many pages are fetched ahead follows from its latency and its rate."""
        account = Account(seed=seed, plan=plan, network=Network(rate=0, latency_ms=latency_ms))
        url = self.stack.enter_context(serve(account)).url
        if gate:
            url = self.stack.enter_context(gate.before(url))
        key = account.api_key
        self.project.connect(organization_id, url=url, key=key, requests_per_second=requests_per_second)
        self.accounts[organization_id] = account
        self.known[organization_id] = set()
        return account

    def dispatch(self, **asked: Any) -> Answer:
        """Call the dispatcher for everything of all accounts."""
        return self.project.dispatch(since=EVERYTHING, **asked)

    def sync(self, **asked: Any) -> None:
        """Call the dispatcher and wait until all is done."""
        answer = self.dispatch(**asked)
        assert answer.status == 202, answer
        self.finish(answer.body["run_id"])

    def push(self, data: bytes) -> None:
        """Push a campaign's message as Pub/Sub does, until it is acknowledged."""
        body = {"message": {"data": b64encode(data).decode(), "messageId": "1"}, "subscription": "copies"}
        wait_until(lambda: self.post(CAMPAIGN_WORKER, body) == 200, what="a message is acknowledged")

    def post(self, function: Function, body: Mapping[str, object]) -> int:
        """Post a request to a function, and return the status of the answer."""
        return requests.post(self.project.running[function].url, json=body, timeout=PATIENCE_S).status_code

    def finish(self, run_id: str, accounts: Iterable[str] | None = None) -> None:
        """Wait until a run of all accounts, or of these, is over."""
        names = list(self.accounts if accounts is None else accounts)
        wait_until(lambda: all(self.is_over(each, run_id) for each in names), what=f"{run_id} is over")

    def finish_campaigns(self, run_id: str) -> None:
        """Wait until a run's campaigns have ended, where it reads no contacts."""
        wait_until(lambda: all(self._has_campaigns(each, run_id) for each in self.accounts), what=f"{run_id} is over")

    def checkpoints(self, organization_id: str) -> Mapping[str, Document]:
        """Return the checkpoints of an account's campaigns."""
        return dict(self.project.state.children(campaigns_path(organization_id)))

    def documents(self) -> Mapping[str, Any]:
        """Return everything that the state holds of the accounts' work."""
        return {
            each: (self.checkpoints(each), self._read(contacts_path(each)), self._status(each))
            for each in self.accounts
        }

    def outcomes(self, function: Function) -> Counter[str]:
        """Return how the deliveries to a function ended, by its log."""
        return Counter(line["outcome"] for line in self.lines(function) if line.get("event") == "delivery_ended")

    def lines(self, function: Function) -> Iterator[dict[str, Any]]:
        """Yield what a function has logged; gunicorn's own words are left out."""
        return logged((self.folder / f"{function.package}.log").read_bytes())

    def failures(self) -> list[Any]:
        """Return what waits in the failures topic."""
        return [json.loads(data) for data in self.project.queues.waiting(self.project.topic(Topic.FAILURES))]

    def assert_equal_and_clean(self) -> None:
        """Assert that BigQuery holds exactly what the accounts hold, and that no state says otherwise."""
        assert self.failures() == []
        for organization_id in self.accounts:
            self.assert_equal(organization_id)
            self._assert_clean(organization_id)

    def assert_equal(self, organization_id: str) -> None:
        """Assert that nothing of an account is missing, nothing extra, nothing twice."""
        self.assert_activities(organization_id)
        account = self.accounts[organization_id]
        contacts = compare(
            account_contacts(account.contacts_truth()), stored_contacts(self._rows(CONTACTS, organization_id))
        )
        assert contacts.holds, contacts

    def assert_activities(self, organization_id: str) -> None:
        """Assert the same of an account's activities alone."""
        known = self.known[organization_id]
        known.update(account_activities(self.accounts[organization_id].truth()))
        activities = compare(known, stored_activities(self._rows(ACTIVITIES, organization_id)))
        assert activities.holds, activities

    def _assert_clean(self, organization_id: str) -> None:
        status = self._status(organization_id)
        assert status is not None
        assert (status.campaigns_completed, status.campaigns_failed) == (status.campaigns_total, 0)
        contacts = self._read(contacts_path(organization_id))
        assert contacts is not None
        for document in [*self.checkpoints(organization_id).values(), contacts]:
            checkpoint = from_document(Checkpoint, document)
            assert checkpoint.status is Status.DONE
            assert (checkpoint.lease, checkpoint.progress, checkpoint.reason) == (None, None, None)
            assert not checkpoint.continuation_pending

    def is_over(self, organization_id: str, run_id: str) -> bool:
        """Return whether a run of an account has ended."""
        return run_status(self.project.state, organization_id, run_id=run_id).is_over

    def _has_campaigns(self, organization_id: str, run_id: str) -> bool:
        status = self._status(organization_id)
        return status is not None and status.run_id == run_id and status.is_finished

    def _status(self, organization_id: str) -> Any:
        return self.project.state.transact(lambda transaction: read_status(transaction, organization_id))

    def _read(self, path: str) -> Document | None:
        return self.project.state.transact(lambda transaction: transaction.get(path))

    def _rows(self, sql: str, organization_id: str) -> Iterator[Sequence[Any]]:
        yield from self.project.rows(sql, {"organization": organization_id})
