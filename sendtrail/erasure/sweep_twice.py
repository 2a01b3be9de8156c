"""Deletes erased people where deliveries are under way that may have read them before they were erased."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sendtrail.clock import Clock
from sendtrail.erasure.sweep import Swept
from sendtrail.ports import Document, State
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
        leases = {each: _leases(self.state, each) for each in organizations}
        swept = {each: self.sweep_one(each) for each in organizations}
        if any(leases.values()):
            self._wait(leases)
            swept = {each: swept[each].plus(self.sweep_one(each)) for each in organizations}
        return swept

    def _wait(self, leases: Mapping[str, frozenset[str]]) -> None:
        """Return when no delivery is at work any more that may have read the list before."""
        self.say("Deliveries are under way that may have read them before: waiting for their end, at most 10 minutes.")
        end = self.clock.now() + timedelta(seconds=DELIVERY_S)
        while self.clock.now() < end and any(_leases(self.state, each) & before for each, before in leases.items()):
            self.clock.sleep(POLL_S)


def _leases(state: State, organization_id: str) -> frozenset[str]:
    """Return the tokens of the leases of an account's work."""
    contacts = state.transact(lambda transaction: transaction.get(contacts_path(organization_id)))
    documents = [*(document for _, document in state.children(campaigns_path(organization_id))), contacts or {}]
    return frozenset(token for token in map(_token, documents) if token)


def _token(document: Document) -> str:
    lease = document.get("lease")
    return str(lease.get("token", "")) if isinstance(lease, Mapping) else ""
