"""Runs of a quiet world in which one thing is wrong: what it costs its account, and that nobody else waits for it."""

from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any, Protocol

from sendtrail.simulation.calls import Calls
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.operating.operators import HOUR_S
from sendtrail.simulation.tenant import Tenant
from sendtrail.warehouse.rows import Table

LAG_S = HOUR_S
"""How long the work of a run may take, whatever is wrong with another account."""
OUT_S = 2 * HOUR_S
AFTER_OUTAGE_S = 2 * HOUR_S
"""How long what is left may take once the warehouse works again."""
MOST_WHILE_OUT = 600
"""Requests of an account meanwhile: four instances try some fourteen times each, and read a few pages to have rows:
some ten, where they are of a campaign's two messages.
"""
SHARE_OUT_QUIETLY = 0.15
"""In so many worlds the warehouse is out, or busy, without any other trouble: it takes half of a world's time."""
SPACED_S = 60.0
"""Messages become due one after the other, so that each worker can see what became of the one before."""


class Drain(Protocol):
    """Lets time pass until no message of some organizations waits; notes a problem where that takes longer."""

    def __call__(self, organizations: Collection[str] = ..., *, within_s: float = ...) -> None:
        """Wait for the messages of `organizations`, all by default."""
        ...


class OneTrouble:
    """A world without any other trouble; what is not as promised is yielded."""

    def __init__(self, cloud: Cloud, calls: Calls, tenants: Sequence[Tenant], *, drain: Drain) -> None:
        self._cloud, self._calls, self._tenants, self._drain = cloud, calls, tenants, drain
        self._scheduler = cloud.scheduler
        self._is_of_a_key = Random(f"{cloud.faults.seed}: one account").random() < 1 / 2
        self._is_of_the_warehouse = Random(f"{cloud.faults.seed}: warehouse").random() < SHARE_OUT_QUIETLY

    def of_an_account(self) -> Iterator[str]:
        """Have all accounts synced while one does not answer, or does not accept its key."""
        troubled = self._tenants[0]
        return self._key_is_replaced(troubled) if self._is_of_a_key else self._hangs(troubled)

    def of_the_warehouse(self, *, is_out: bool) -> Iterator[str]:
        """In some worlds, have an account read again while the warehouse takes nothing, or is busy with others."""
        if not self._is_of_the_warehouse:
            return
        tenant, service = self._tenants[0], self._cloud.warehouse
        self._dispatch(tenant.organization_id, force=True)
        before = tenant.transport.requests
        if is_out:
            service.break_down(lasts_s=OUT_S)
            self._scheduler.run(until=self._scheduler.now + OUT_S)
        else:
            service.keep_busy(Table.EMAIL_ACTIVITIES)
        spent = tenant.transport.requests - before
        if spent > MOST_WHILE_OUT:
            yield f"{tenant.organization_id}: {spent} requests are made for rows that nobody takes"
        self._drain(within_s=AFTER_OUTAGE_S)

    def _hangs(self, hanging: Tenant) -> Iterator[str]:
        hanging.transport.hang()
        self._scheduler.spawn(self._calls.dispatch, name="day")
        self._scheduler.run(until=self._scheduler.now + LAG_S)
        yield from self._left_of_others(hanging, "hangs")
        hanging.transport.answer_again()
        self._scheduler.run(until=self._scheduler.now + 12 * HOUR_S)
        self._drain()

    def _key_is_replaced(self, revoked: Tenant) -> Iterator[str]:
        """Have an account refuse its key once its work is under way, and store its new key after another run."""
        queue = self._cloud.queue
        queue.account_failures.pop(revoked.organization_id, None)  # of workers that died before they had noted theirs
        queue.spaced_s = SPACED_S
        self._dispatch(revoked.organization_id, force=True)
        revoked.replace_key()
        self._drain()
        queue.spaced_s = 0.0
        self._scheduler.spawn(self._calls.dispatch, name="day")
        self._scheduler.run(until=self._scheduler.now + LAG_S)
        yield from self._left_of_others(revoked, "refuses its key")
        for run_id, failures in queue.account_failures[revoked.organization_id].items():
            if failures > 1:
                yield f"{revoked.organization_id}: {failures} failures of {run_id} say that the account refuses its key"
        revoked.accept_key()
        self._drain()

    def _left_of_others(self, troubled: Tenant, what: str) -> Iterator[str]:
        """Look whether all other accounts are dispatched and done."""
        for tenant in self._tenants:
            name = tenant.organization_id
            if tenant is troubled:
                continue
            if not self._calls.has_dispatched(name):
                yield f"{name} is not dispatched while {troubled.organization_id} {what}"
            if left := self._cloud.queue.waiting([name]):
                yield f"{name}: {len(left)} messages wait an hour later, while {troubled.organization_id} {what}"

    def _dispatch(self, *organization_id: str, **wanted: Any) -> None:
        """Call the dispatcher, and wait for its end."""
        ended: list[object] = []
        self._scheduler.spawn(lambda: ended.append(self._calls.dispatch(*organization_id, **wanted)), name="day")
        self._scheduler.run(until=self._scheduler.now + HOUR_S, while_=lambda: not ended)
