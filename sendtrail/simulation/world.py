"""One simulated world, from its beginning to the last check: people, operators and trouble, then some quiet days."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sendtrail.activecampaign.http.session import session_of
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.ports import Document
from sendtrail.simulation.cloud.functions import KEY_NAME, Cloud
from sendtrail.simulation.cloud.process import START, world_time
from sendtrail.simulation.cloud.rate_watch import RateWatch
from sendtrail.simulation.cloud.transport import SimulatedTransport, catch_up
from sendtrail.simulation.comparison import differences
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.trace import Trace
from sendtrail.simulation.oddities import drawn_quirks
from sendtrail.simulator import Account, CampaignPlan, Network, Plan, Quirks
from sendtrail.sync.due import Request

ORGANIZATION = "acme"
URL = "http://127.0.0.1:9"
HOUR_S, DAY_S = 3_600.0, 86_400.0
BUSY_S = 60.0
"""What people do while nobody looks happens within so many seconds before somebody may."""
QUIET_DAYS = (1, 2, 4)
"""After so many days without trouble a report is looked at again."""
CONTACTS_EVERY = 2
"""How many scheduled calls come to one that syncs contacts as well."""
BACKUPS = 0.3
"""How often an operator keeps a copy of the state."""
PATIENCE_S = 2 * DAY_S
"""How long messages may take without trouble."""


@dataclass(kw_only=True)
class World:
    """The world of a seed."""

    seed: int
    faults: Faults
    trace: Trace
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed}: world")
        self.scheduler = Scheduler(Random(f"{self.seed}: schedule"))
        self.account = _account(self.seed, self.random)
        self.watch = RateWatch(most=5)
        self.transport = SimulatedTransport(
            self.account, scheduler=self.scheduler, faults=self.faults, watch=self.watch
        )
        self.cloud = Cloud(
            scheduler=self.scheduler,
            faults=self.faults,
            trace=self.trace,
            random=Random(f"{self.seed}: cloud"),
            settings=_settings(self.random),
            key=self.account.api_key,
        )
        self.runs = self.scheduled = 0
        self._copy: Mapping[str, Document] = {}

    def live(self) -> None:
        """Let some days pass with trouble, then some without, and compare."""
        session_of(URL).mount(URL, self.transport)
        self._connect()
        self.cloud.start()
        days = self.random.choice((1, 2, 3))
        for call, name in ((self._people, "people"), (self._schedule, "schedule"), (self._operator, "operator")):
            self._start(call, name, until=days * DAY_S)
        self.scheduler.run(until=days * DAY_S)
        self._calm_down()
        self._rest()
        self._check()
        self.scheduler.close()

    def request(self, **wanted: object) -> Request:
        """Return a request for a run of its own."""
        self.runs += 1
        return Request(organization_id=ORGANIZATION, run_id=f"run{self.runs:03d}", **wanted)  # type: ignore[arg-type]

    def _start(self, call: Callable[[], None], name: str, *, until: float) -> None:
        def repeat() -> None:
            while self.scheduler.now < until:
                call()

        self.scheduler.spawn(repeat, name=name)

    def _people(self) -> None:
        self.scheduler.sleep(self.random.uniform(2, 10) * HOUR_S)
        behind_s = (world_time(self.scheduler) - self.account.now).total_seconds()
        if behind_s > BUSY_S:
            self.account.pass_quiet_hours((behind_s - BUSY_S) / HOUR_S)
        self.account.pass_moments(min(behind_s, BUSY_S) if behind_s > 1 else 1)
        self.trace.add(self.scheduler.now, "people", "are busy")

    def _schedule(self) -> None:
        self.cloud.dispatch(self.request(contacts=self.scheduled % CONTACTS_EVERY == 0))
        self.scheduled += 1
        self.scheduler.sleep(6 * HOUR_S)

    def _operator(self) -> None:
        self.scheduler.sleep(self.random.uniform(1, 6) * HOUR_S)
        if self.random.random() < BACKUPS:
            self._copy = dict(self.cloud.documents.by_path)
        since = world_time(self.scheduler) - timedelta(days=self.random.choice((5, 20, 100)))
        for kind, act in {
            Fault.PURGE: self.cloud.queue.purge,
            Fault.REPLAY: self.cloud.queue.seek_back,
            Fault.BACKFILL: lambda: self.cloud.dispatch(self.request(since=since)),
            Fault.FORCE: lambda: self.cloud.dispatch(self.request(force=True)),
            Fault.ONE_CAMPAIGN: lambda: self.cloud.dispatch(
                self.request(campaign_ids=frozenset({self.random.choice(self._campaign_ids())}), since=since)
            ),
            Fault.REVOKED_KEY: self._revoke_for_a_while,
            Fault.DISABLED: self._disable_for_a_while,
            Fault.OLD_STATE: self._restore_state,
        }.items():
            if self.faults.strikes(kind):
                self.trace.add(self.scheduler.now, "operator", kind)
                act()

    def _campaign_ids(self) -> list[int]:
        return [campaign.id for campaign in self.account.campaigns]

    def _revoke_for_a_while(self) -> None:
        self.cloud.key = "another-key"
        self.scheduler.sleep(self.random.uniform(0.5, 8) * HOUR_S)
        self.cloud.key = self.account.api_key

    def _disable_for_a_while(self) -> None:
        self._connect(enabled=False)
        self.scheduler.sleep(self.random.uniform(0.5, 8) * HOUR_S)
        self._connect()

    def _restore_state(self) -> None:
        self.cloud.documents.by_path = dict(self._copy)
        self._connect()

    def _connect(self, *, enabled: bool = True) -> None:
        self.cloud.documents.by_path[f"activecampaign_connections/{ORGANIZATION}"] = {
            "apiUrl": URL,
            "apiKeySecret": KEY_NAME,
            "timeZone": "America/Chicago",
            "enabled": enabled,
        }

    def _calm_down(self) -> None:
        self.faults.is_calm = True
        self.trace.add(self.scheduler.now, "world", "calms down")
        self.account.settle()
        self.scheduler.run(until=self.scheduler.now + DAY_S / 2)  # operators end what they are at
        self._drain()

    def _rest(self) -> None:
        for days in (0, *QUIET_DAYS):
            self.scheduler.run(until=self.scheduler.now + days * DAY_S)
            catch_up(self.account, self.scheduler)
            if not self._dispatch():
                self.problems.append(f"the dispatcher fails without trouble, {days} days later")
            self._drain()
            if days == 1 and self.account.quirks == Quirks():  # what an odd account shows late is found later
                self.problems += [f"a day later, {each}" for each in self._differences()]

    def _dispatch(self) -> bool:
        """Have the dispatcher called, and return whether it came to its end within an hour."""
        outcome: list[bool] = []
        self.scheduler.spawn(lambda: outcome.append(self.cloud.dispatch(self.request())), name="day")
        self.scheduler.run(until=self.scheduler.now + HOUR_S, while_=lambda: not outcome)
        return outcome == [True]

    def _drain(self) -> None:
        end = self.scheduler.now + PATIENCE_S
        self.scheduler.run(until=end, while_=lambda: not self.cloud.queue.is_empty())
        if not self.cloud.queue.is_empty():
            self.problems.append(f"{self.cloud.queue.waiting()} messages still wait after two days without trouble")

    def _check(self) -> None:
        self.problems += self.cloud.unhandled
        if self.watch.violations:
            self.problems.append(f"{self.watch.violations} requests were more than 5 in a second")
        self.problems += self._differences()

    def _differences(self) -> Iterator[str]:
        return differences(self.account, self.cloud.tables, organization_id=ORGANIZATION)


def _account(seed: int, random: Random) -> Account:
    plan = Plan(
        sizes=tuple(
            CampaignPlan(
                kind=random.choice(("ordinary", "ordinary", "automation", "split")),
                openers=random.choice((3, 19, 20, 21, 45, 90)),
                clickers=random.choice((0, 2, 7)),
                links=random.choice((1, 2, 3)),
                bounces=random.choice((0, 1, 22)),
                unsubscribes=random.choice((0, 2)),
                forwards=random.choice((0, 1)),
                sent_days_ago=random.choice((2, 5, 15)),
            )
            for _ in range(random.choice((1, 2, 3)))
        ),
        daily_share=random.choice((0.02, 0.1)),
        shift_every=random.choice((0, 0, 7)),
    )
    return Account(seed=seed, now=START, plan=plan, quirks=drawn_quirks(random), network=Network(rate=0))


def _settings(random: Random) -> FunctionSettings:
    return FunctionSettings.read(
        project_id="simulated-project",
        time_budget_s=random.choice((20.0, 60.0, 480.0)),
        lookback_days=3_650,
        lease_s=random.choice((15.0, 120.0)),
        flush_rows=random.choice((10, 100, 5_000)),
        flush_s=random.choice((5.0, 240.0)),
        budget_block=random.choice((1, 10)),
        backfill_hours=random.choice((0.01, 1.0)),
    )
