"""What operators do while the pipeline runs, and what becomes of an account meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random

from sendtrail.ports import Document
from sendtrail.simulation.calls import Calls
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.engine.faults import Fault
from sendtrail.simulation.erasures import Erasures
from sendtrail.simulation.tenant import Tenant

HOUR_S = 3_600.0
BACKUPS = 0.3
"""How often an operator keeps a copy of the state."""
AFTER_RESTORE_S = 60.0
"""How long slots of the rate budget may be used twice: those that were reserved before an older copy was restored."""


class Operators:
    """People with access to the cloud; each call is some hours of their time."""

    def __init__(self, cloud: Cloud, calls: Calls, tenants: Sequence[Tenant], *, random: Random) -> None:
        self._cloud, self._calls, self._tenants, self._random = cloud, calls, tenants, random
        self._chosen = Random(f"{cloud.faults.seed}: erased")  # apart, so that no other choice depends on it
        self._erasures = Erasures(cloud)
        self._copy: Mapping[str, Document] = {}

    def act(self) -> None:
        """Wait some hours, and do what the seed has them do."""
        self._cloud.scheduler.sleep(self._random.uniform(1, 6) * HOUR_S)
        if self._random.random() < BACKUPS:
            self._copy = self._cloud.documents.copy()
        tenant = self._random.choice(self._tenants)
        for kind, act in self._acts(tenant).items():
            if self._cloud.faults.strikes(kind):
                self._cloud.trace.add(self._cloud.scheduler.now, "operator", f"{kind} ({tenant.organization_id})")
                act()

    def _acts(self, tenant: Tenant) -> Mapping[Fault, Callable[[], object]]:
        cloud, organization_id = self._cloud, tenant.organization_id
        since = world_time(cloud.scheduler) - timedelta(days=self._random.choice((5, 20, 100)))
        campaign_ids = frozenset({self._random.choice(tenant.campaign_ids)})
        return {
            Fault.PURGE: cloud.queue.purge,
            Fault.REPLAY: cloud.queue.seek_back,
            Fault.BACKFILL: lambda: self._calls.dispatch(organization_id, since=since),
            Fault.FORCE: lambda: self._calls.dispatch(organization_id, force=True),
            Fault.ONE_CAMPAIGN: lambda: self._calls.dispatch(organization_id, since=since, campaign_ids=campaign_ids),
            Fault.REVOKED_KEY: lambda: self._for_a_while(tenant.revoke_key, tenant.accept_key),
            Fault.DISABLED: lambda: self._for_a_while(lambda: tenant.connect(enabled=False), tenant.connect),
            Fault.PAUSED: lambda: self._for_a_while(tenant.pause, tenant.resume),
            Fault.HANGING: lambda: self._for_a_while(tenant.transport.hang, tenant.transport.answer_again),
            Fault.OLD_STATE: self._restore_state,
            Fault.ERASED: lambda: self._erase(tenant),
        }

    def _for_a_while(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        begin()
        self._cloud.scheduler.sleep(self._random.uniform(0.5, 8) * HOUR_S)
        end()

    def _erase(self, tenant: Tenant) -> None:
        there = sorted(contact.id for contact in tenant.account.contacts_truth())
        if there:
            self._erasures.erase(tenant.organization_id, self._chosen.choice(there))

    def _restore_state(self) -> None:
        self._cloud.documents.restore(self._copy)
        self._calls.forced.clear()  # the copy may know nothing of it
        for tenant in self._tenants:
            tenant.connect()
            tenant.resume()
            tenant.watch.forgive(until=self._cloud.scheduler.now + AFTER_RESTORE_S)
