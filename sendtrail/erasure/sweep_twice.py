"""Deletes erased people where deliveries are under way that may have read them before they were erased."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sendtrail.clock import Clock
from sendtrail.erasure.sweep import Swept
from sendtrail.ports import Document, State, Transaction
from sendtrail.state.documents import campaigns_path, contacts_path

# No delivery takes longer, and the next one obeys the list.
DELIVERY_S = 560.0
POLL_S = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweeper:
    """Sweeps accounts one by one; `sweep_one` returns what it has deleted of one."""

    state: State
    clock: Clock
    sweep_one: Callable[[str], Swept]
    say: Callable[[str], None]

    def sweep(self, organizations: Sequence[str]) -> Mapping[str, Swept]:
        """Delete what is of erased people, and once more what deliveries under way have merged meanwhile."""
        before = {each: frozenset(_leases(self.state, each).values()) for each in organizations}
        swept = {each: self.sweep_one(each) for each in organizations}
        if any(before.values()):
            self._wait(before)
            for each, tokens in before.items():
                _end_leases(self.state, each, tokens)
            swept = {each: swept[each].plus(self.sweep_one(each)) for each in organizations}
        return swept

    def _wait(self, before: Mapping[str, frozenset[str]]) -> None:
        """Return when no delivery is at work any more that may have read the list before."""
        self.say("Deliveries are under way that may have read them before: waiting for their end, at most 10 minutes.")
        end = self.clock.now() + timedelta(seconds=DELIVERY_S)
        while self.clock.now() < end and any(
            tokens.intersection(_leases(self.state, each).values()) for each, tokens in before.items()
        ):
            self.clock.sleep(POLL_S)


def _end_leases(state: State, organization_id: str, tokens: Container[str]) -> None:
    """Take the work from whom has had it for longer than a delivery takes, and may only be frozen.

    Nobody takes an expired lease over where the message is gone or the account is paused: such a worker would renew it
    when it wakes, and merge rows from which it has left out the people of a list that is older.
    """

    def end(path: str) -> None:
        def work(transaction: Transaction) -> None:
            document = transaction.get(path)
            if document is not None and _token(document) in tokens:
                transaction.set(path, {**document, "lease": None})

        state.transact(work)

    for path, token in _leases(state, organization_id).items():
        if token in tokens:
            end(path)


def _leases(state: State, organization_id: str) -> Mapping[str, str]:
    """Return the tokens of the leases of an account's work, by the path of its document."""
    campaigns, path = campaigns_path(organization_id), contacts_path(organization_id)
    documents = {f"{campaigns}/{name}": document for name, document in state.children(campaigns)}
    contacts = state.transact(lambda transaction: transaction.get(path))
    documents[path] = contacts or {}
    return {path: token for path, document in documents.items() if (token := _token(document))}


def _token(document: Document) -> str:
    lease = document.get("lease")
    return str(lease.get("token", "")) if isinstance(lease, Mapping) else ""
