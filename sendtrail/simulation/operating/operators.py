"""What operators do while the pipeline runs, and what becomes of an account meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from sendtrail.domain.wants import Ask
from sendtrail.ports import Document
from sendtrail.simulation.calls import Calls
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.drawn_account import EVERYTHING_DAYS
from sendtrail.simulation.engine.faults import Fault
from sendtrail.simulation.operating.cloud_state import CloudState
from sendtrail.simulation.operating.erasures import Erasures
from sendtrail.simulation.tenant import Tenant
from sendtrail.state.stored_wants import raise_wants, withdraw_wants
from sendtrail.sync.overview.account_overview import overview_of

HOUR_S = 3_600.0
BACKUPS = 0.3
"""How often an operator keeps a copy of the state."""
AFTER_RESTORE_S = 60.0
"""How long slots may be used twice, and leases be relied on, that are of before an older copy was restored."""


class Operators:
    """People with access to the cloud; each call is some hours of their time."""

    def __init__(self, cloud: Cloud, calls: Calls, tenants: Sequence[Tenant], *, random: Random) -> None:
        self._cloud, self._calls, self._tenants, self._random = cloud, calls, tenants, random
        # Apart, so that no other choice depends on it.
        self._chosen = Random(f"{cloud.faults.seed}: erased")
        self._lasting = Random(f"{cloud.faults.seed}: lasting")
        self._erasures, self._state = Erasures(cloud), CloudState(cloud=cloud)
        self._copy: Mapping[str, Document] = {}
        self._asks = 0

    def act(self) -> None:
        """Wait some hours, and do what the seed has them do; what lasts for a while goes on while they do more."""
        self._cloud.scheduler.sleep(self._random.uniform(1, 6) * HOUR_S)
        if self._random.random() < BACKUPS:
            self._copy = self._cloud.documents.copy()
        tenant = self._random.choice(self._tenants)
        for kind, act in self._acts(tenant).items():
            if self._cloud.faults.strikes(kind):
                self._cloud.trace.add(self._cloud.scheduler.now, "operator", f"{kind} ({tenant.organization_id})")
                act()

    def ask_for_all(self, tenant: Tenant) -> None:
        """Store the wish that all of an account be read, as `sendtrail backfill start` does."""
        self._ask(tenant.organization_id, since=world_time(self._cloud.scheduler) - timedelta(days=EVERYTHING_DAYS))

    def _acts(self, tenant: Tenant) -> Mapping[Fault, Callable[[], object]]:
        cloud, organization_id = self._cloud, tenant.organization_id
        is_short = cloud.settings.lookback_days < EVERYTHING_DAYS
        back_days = self._random.choice((60, 100, 200) if is_short else (5, 20, 100))
        since = world_time(cloud.scheduler) - timedelta(days=back_days)
        campaign_ids = frozenset({self._random.choice(tenant.campaign_ids)})
        return {
            Fault.PURGE: cloud.queue.purge,
            Fault.REPLAY: cloud.queue.seek_back,
            Fault.RETRY: lambda: self._retry(organization_id),
            Fault.BACKFILL: lambda: self._calls.dispatch(organization_id, since=since),
            Fault.FORCE: lambda: self._calls.dispatch(organization_id, force=True),
            Fault.ONE_CAMPAIGN: lambda: self._calls.dispatch(organization_id, since=since, campaign_ids=campaign_ids),
            Fault.HISTORY: lambda: self._ask(organization_id, since=since),
            Fault.RESYNC: lambda: self._ask(organization_id, campaign_ids=campaign_ids, force=True),
            Fault.RESET: lambda: self._ask(organization_id, force=True),
            Fault.TAKEN_BACK: lambda: self._take_back(organization_id),
            Fault.REVOKED_KEY: lambda: self._for_a_while(tenant.revoke_key, tenant.accept_key),
            Fault.DISABLED: lambda: self._for_a_while(tenant.disable, tenant.enable),
            Fault.PAUSED: lambda: self._for_a_while(tenant.pause, tenant.resume),
            Fault.HANGING: lambda: self._for_a_while(tenant.transport.hang, tenant.transport.answer_again),
            Fault.NOBODY_SHOWN: lambda: self._for_a_while(tenant.transport.show_nobody, tenant.transport.answer_again),
            Fault.WAREHOUSE_OUT: lambda: cloud.warehouse.break_down(lasts_s=self._lasting.uniform(0.1, 8) * HOUR_S),
            Fault.OLD_STATE: self._restore_state,
            Fault.ERASED: lambda: self._erase(tenant),
        }

    def _for_a_while(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        lasts_s = self._lasting.uniform(0.5, 8) * HOUR_S

        def wait() -> None:
            self._cloud.scheduler.sleep(lasts_s)
            end()

        begin()
        self._cloud.scheduler.spawn(wait, name="operator")

    def _ask(
        self,
        organization_id: str,
        *,
        since: datetime | None = None,
        campaign_ids: frozenset[int] | None = None,
        force: bool = False,
    ) -> None:
        """Store a wish, as `sendtrail backfill start`, `resync` and `reset` do: the next run begins with it."""
        self._asks += 1
        ask = Ask(run_id=f"operator-{self._asks}", campaign_ids=campaign_ids, since=since, force=force)
        asked_at = world_time(self._cloud.scheduler)
        raise_wants(self._state, organization_id, ask)
        self._calls.asked.ask(organization_id, asked_at, campaign_ids=campaign_ids, since=since, force=force)

    def _take_back(self, organization_id: str) -> None:
        """Take back all that is wanted, as `sendtrail backfill cancel` does."""
        withdraw_wants(self._state, organization_id)
        self._calls.asked.take_back(organization_id)

    def _retry(self, organization_id: str) -> None:
        """Look what has failed, and publish dead letters once more, as `sendtrail retry` does."""
        overview_of(organization_id, self._state)
        self._cloud.queue.redrive()

    def _erase(self, tenant: Tenant) -> None:
        there = sorted(contact.id for contact in tenant.account.contacts_truth())
        if there:
            self._erasures.erase(tenant.organization_id, self._chosen.choice(there))

    def _restore_state(self) -> None:
        self._cloud.documents.restore(self._copy)
        self._cloud.documents.unwatched_until = self._cloud.scheduler.now + AFTER_RESTORE_S
        self._calls.asked.forget()  # the copy may know nothing of it
        for tenant in self._tenants:
            tenant.enable()
            tenant.resume()
            tenant.watch.forgive(until=self._cloud.scheduler.now + AFTER_RESTORE_S)
