"""One simulated world, from its beginning to the last check: people, operators and trouble, then some quiet days."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sendtrail.simulation.calls import Calls
from sendtrail.simulation.checks import broken_promises
from sendtrail.simulation.cloud.file_store import FileStore
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import world_time
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.cloud.transport import catch_up
from sendtrail.simulation.drawn_account import (
    EVERYTHING_DAYS,
    drawn_account,
    drawn_gone_days,
    drawn_lookback_days,
    drawn_pseudonyms,
    drawn_settings,
    drawn_size,
)
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.trace import Trace
from sendtrail.simulation.one_trouble import OneTrouble
from sendtrail.simulation.operating.operators import HOUR_S, Operators
from sendtrail.simulation.request_cost import CAMPAIGN_LIST, most_requests
from sendtrail.simulation.tenant import Tenant

DAY_S = 24 * HOUR_S
ORGANIZATIONS = ("acme", "bolt", "coral")
BUSY_S = 60.0
"""What people do while nobody looks happens within so many seconds before somebody may."""
CONTACTS_EVERY = 3
"""How many scheduled calls come to one that syncs contacts as well."""
QUIET_DAYS = (1, 2, 4)
"""After so many days without trouble a report is looked at again."""
PATIENCE_S = 2 * DAY_S
"""How long messages may take without trouble."""
LAST_LOOKS = 9
"""On so many days a campaign may still be looked at that has had no news for a week: reports have their own looks."""
NEWS = 4
"""So often requests for news are counted: a look that comes due in the same minute is over the next time."""


@dataclass(kw_only=True)
class World:
    """The world of a seed."""

    seed: int
    faults: Faults
    trace: Trace
    folder: Path | None = None
    """Where the embedded adapters keep the file of one machine; None: a cloud in memory."""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random, self._size = Random(f"{self.seed}: world"), drawn_size(self.seed)
        lookback_days = drawn_lookback_days(self.seed)
        self.scheduler = Scheduler(Random(f"{self.seed}: schedule"))
        self.cloud = Cloud(
            scheduler=self.scheduler,
            faults=self.faults,
            trace=self.trace,
            random=Random(f"{self.seed}: cloud"),
            settings=drawn_settings(self.random, lookback_days=lookback_days, gone_days=drawn_gone_days(self.seed)),
            pseudonyms=drawn_pseudonyms(self.seed),
            documents=FileStore(self.folder, self.scheduler) if self.folder else Documents(),
        )
        accounts = self.random.choice(self._size.accounts)
        self.tenants = [
            Tenant(
                name,
                drawn_account(self.seed + 10_000_019 * n, self.random, size=self._size, lookback_days=lookback_days),
                cloud=self.cloud,
                number=n + 1,
            )
            for n, name in enumerate(ORGANIZATIONS[:accounts])
        ]
        self.calls = Calls(self.cloud)
        self._operators = Operators(self.cloud, self.calls, self.tenants, random=Random(f"{self.seed}: operators"))
        self._scheduled, self._calm_at = 0, world_time(self.scheduler)

    @property
    def requests(self) -> int:
        """Return how many requests all accounts have seen."""
        return sum(tenant.transport.requests for tenant in self.tenants)

    def live(self) -> None:
        """Let some days pass with trouble, then some without, and compare."""
        self.cloud.start()
        if len(self.tenants) > 1:
            self._trouble_for_days(self.tenants[-1])
        days = self.random.choice(self._size.days)
        for call, name in ((self._people, "people"), (self._schedule, "schedule"), (self._operators.act, "operator")):
            self._start(call, name, until=days * DAY_S)
        self.scheduler.run(until=days * DAY_S)
        self._calm_down()
        self._rest()
        self._ask_for_history()
        self.problems += self.cloud.problems()
        for tenant in self.tenants:
            self.problems += broken_promises(self.cloud, tenant, self.calls.asked)
            if tenant.is_ordinary:
                self._count_requests(tenant)
        self.scheduler.close()
        for tenant in self.tenants:
            tenant.close()
        if isinstance(self.cloud.documents, FileStore):
            self.cloud.documents.close()

    def _start(self, call: Callable[[], object], name: str, *, until: float) -> None:
        def repeat() -> None:
            while self.scheduler.now < until:
                call()

        self.scheduler.spawn(repeat, name=name)

    def _trouble_for_days(self, tenant: Tenant) -> None:
        """Have an account in trouble from the beginning, until the world calms down or an operator has it mended."""
        for kind, begin in ((Fault.SILENT, tenant.transport.hang), (Fault.KEY_LOST, tenant.revoke_key)):
            if self.faults.strikes(kind):
                begin()

    def _people(self) -> None:
        self.scheduler.sleep(self.random.uniform(2, 10) * HOUR_S)
        for tenant in self.tenants:
            account = tenant.account
            behind_s = (world_time(self.scheduler) - account.now).total_seconds()
            if behind_s > BUSY_S:
                account.pass_quiet_hours((behind_s - BUSY_S) / HOUR_S)
            account.pass_moments(min(behind_s, BUSY_S) if behind_s > 1 else 1)
        self.trace.add(self.scheduler.now, "people", "are busy")

    def _schedule(self) -> None:
        for tenant in self.tenants:
            self.problems += [*tenant.unseen_by_pass(), *tenant.said_to_be_lost()]
            self.problems += tenant.missing_of_recorded() if tenant.is_only_late else ()
        self.calls.dispatch(contacts=self._scheduled % CONTACTS_EVERY == 0)
        self._scheduled += 1
        self.scheduler.sleep(6 * HOUR_S)

    def _calm_down(self) -> None:
        self.faults.is_calm, self._calm_at = True, world_time(self.scheduler)
        self.trace.add(self.scheduler.now, "world", "calms down")
        for tenant in self.tenants:
            tenant.account.settle()
            tenant.transport.answer_again()
            tenant.accept_key()
        self.scheduler.run(until=self.scheduler.now + DAY_S / 2)  # operators end what they are at
        self._drain()
        for tenant in self.tenants:
            self.problems += [*tenant.abandoned(), *(tenant.missing_of_recorded() if tenant.is_only_late else ())]

    def _rest(self) -> None:
        trouble = OneTrouble(self.cloud, self.calls, self.tenants, drain=self._drain)
        if len(self.tenants) > 1:
            self.problems += [*trouble.of_an_account()]
        if {Fault.WAREHOUSE_OUT, Fault.TABLE_BUSY} & self.faults.kinds:
            self.problems += [*trouble.of_the_warehouse(is_out=Fault.WAREHOUSE_OUT in self.faults.kinds)]
        before = erased = self.cloud.erased_people
        for days in (0, *QUIET_DAYS):
            before = self.cloud.erased_people
            self.scheduler.run(until=self.scheduler.now + days * DAY_S)
            self._dispatch(f"{days} days later", contacts=days != 1)
            self._drain()
            for tenant in self.tenants:
                # What an earlier version has left unread is looked at within a day.
                if days == 0 and tenant.is_ordinary and Fault.OLDER_VERSION not in self.faults.kinds:
                    self.problems += [*tenant.missing_of_recorded(without_trouble=True)]
                # What is listed late is read by the first run after the next day's.
                if (days == 1 and tenant.is_ordinary) or (days == 2 and tenant.is_only_late):
                    has_contacts = tenant.has_contacts_of(self._calm_at)
                    left = erased if has_contacts else replace(erased, tokens=frozenset())
                    found = tenant.differences(left=left, with_contacts=has_contacts)
                    self.problems += [f"{'a day' if days == 1 else 'three days'} later, {each}" for each in found]
        if self.cloud.erased_people != before:  # a worker that had their rows in hand has stored them since
            self.scheduler.run(until=self.scheduler.now + DAY_S)
            self._dispatch("to delete whom the last pass has erased")
            self._drain()

    def _ask_for_history(self) -> None:
        """Where the first sync did not go back to all, have the next runs of an account do so, as an operator does.

        One run may hand out the history of one campaign, and the run after the last one finds that all is done.
        """
        if self.cloud.settings.lookback_days >= EVERYTHING_DAYS or not self.tenants[0].is_in_time:
            return  # what counters hide that fell is not read
        self._operators.ask_for_all(self.tenants[0])
        for _ in range(len(self.tenants[0].campaign_ids) + 1):
            self._dispatch("to read all history", contacts=False)
            self._drain()

    def _count_requests(self, tenant: Tenant) -> None:
        """See that a day without news costs one request, and one with news little more than it must."""
        quiet = [self._requests_of_a_day(tenant)]
        while quiet[-1] > CAMPAIGN_LIST and len(quiet) < LAST_LOOKS:
            quiet.append(self._requests_of_a_day(tenant))
        if quiet[-1] > CAMPAIGN_LIST:
            self.problems.append(f"{tenant.organization_id}: days without news take {quiet} requests")
        measured = [self._requests_for_news(tenant)]
        while measured[-1] is not None and len(measured) < NEWS:
            measured.append(self._requests_for_news(tenant))
        if measured[-1] is not None:
            spent, most = measured[-1]
            self.problems.append(f"{tenant.organization_id}: {spent} requests are made, where {most} are enough")

    def _requests_for_news(self, tenant: Tenant) -> tuple[int, int] | None:
        """Return how many requests a run with news makes, and how many are enough; None where it makes no more."""
        began, before = tenant.account.now, tenant.counters()
        tenant.account.pass_moments(BUSY_S / 2)
        spent = self._requests_of_a_day(tenant, days=BUSY_S / DAY_S)
        moved = {report for report, counted in tenant.counters().items() if counted != before[report]}
        most = most_requests(tenant.account.pages(began), moved=moved)
        return (spent, most) if spent > most else None

    def _requests_of_a_day(self, tenant: Tenant, *, days: float = 1) -> int:
        self.scheduler.run(until=self.scheduler.now + days * DAY_S)
        before = tenant.transport.requests
        self._dispatch("to count requests", contacts=False)
        self._drain()
        return tenant.transport.requests - before

    def _dispatch(self, when: str, *, contacts: bool = True) -> None:
        """Have the dispatcher called, and see that it comes to its end for every account within an hour."""
        for tenant in self.tenants:
            catch_up(tenant.account, self.scheduler)
        outcome: list[object] = []
        self.scheduler.spawn(lambda: outcome.append(self.calls.dispatch(contacts=contacts)), name="day")
        self.scheduler.run(until=self.scheduler.now + HOUR_S, while_=lambda: not outcome)
        if outcome != [{}]:
            self.problems.append(f"the dispatcher fails without trouble, {when}: {outcome}")

    def _drain(self, organizations: Collection[str] = ORGANIZATIONS, *, within_s: float = PATIENCE_S) -> None:
        queue = self.cloud.queue
        self.scheduler.run(until=self.scheduler.now + within_s, while_=lambda: bool(queue.waiting(organizations)))
        if waiting := queue.waiting(organizations):
            names = ", ".join(sorted(set(waiting)))
            self.problems.append(
                f"{len(waiting)} messages still wait after {within_s / HOUR_S:.0f} quiet hours ({names})"
            )
