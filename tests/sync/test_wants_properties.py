"""In any order of runs, kills, lost messages, asks and withdrawals, what was asked for is done in the end, and ends."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sendtrail.domain.campaign_report import Report
from sendtrail.errors import KeyRefused, Rejected, Retryable, Unavailable
from sendtrail.ports import Topic
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, from_document
from sendtrail.state.stored_wants import read_wants, withdraw_wants
from sendtrail.sync.campaign_checkpoints import close_wants
from sendtrail.sync.due import Policy
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, Crash, PipelineHarness
from tests.sync.test_wants import failing

CAMPAIGNS = (1, 2, 3)
LONG_AGO, LATER = datetime(2000, 1, 1, tzinfo=UTC), NOON - timedelta(days=20)
AGE = timedelta(days=3_650)
AGES = (timedelta(days=40), timedelta(days=10), timedelta(hours=1))
# A run for each campaign's portion, a run more for what was left half done, one to see that all is in.
ENOUGH_RUNS = 3 * len(CAMPAIGNS) + 2
asks = st.sampled_from([LONG_AGO, LATER, None])
some = st.none() | st.frozensets(st.sampled_from(CAMPAIGNS), min_size=1)
which = st.integers(0, 9)


def an_account() -> FakeAccount:
    """Return an account whose campaigns have opens of several ages."""
    account = FakeAccount()
    for campaign_id in CAMPAIGNS:
        for age in AGES:
            account.fill(campaign_id, Report.OPENS, 25, at=NOON - age)
    return account


class WantsMachine(RuleBasedStateMachine):
    """The pipeline on fakes, and what somebody has asked of it and has not taken back."""

    def __init__(self) -> None:
        super().__init__()
        # Nothing else is due by itself: no report is looked at again, and nothing is audited.
        policy = Policy(lookback=timedelta(hours=3), backfill_requests=1, settle=AGE, audit=AGE)
        self.pipeline = PipelineHarness(account=an_account(), policy=policy, steps=3)
        self.queue: list[tuple[Topic, bytes]] = []
        self.runs = 0
        self.wanted: dict[int, datetime] = {}
        self.lost: set[str] = set()
        self.given_up: set[str] = set()

    def run(self, **asked: object) -> int:
        """Run the dispatcher an hour later, and return how many campaigns were due."""
        self.pipeline.clock.advance(3_600)
        self.runs += 1
        due = self.pipeline.dispatch(f"run{self.runs}", contacts=False, **asked).due
        self.queue += self.pipeline.waiting()
        return due

    @initialize(is_in=st.booleans())
    def begin(self, *, is_in: bool) -> None:
        """Begin with an account of which all is in, or nothing."""
        if is_in:
            self.ask(since=LONG_AGO, force=False, campaign_ids=frozenset(CAMPAIGNS))
            self.run_undisturbed()

    @rule()
    def ordinary_run(self) -> None:
        """Run as the schedule does."""
        self.run()

    @rule()
    def healthy_run(self) -> None:
        """Run, and deliver all that waits."""
        self.run_undisturbed()

    @rule(since=asks, force=st.booleans(), campaign_ids=some)
    def ask(self, *, since: datetime | None, force: bool, campaign_ids: frozenset[int] | None) -> None:
        """Ask as a person does, who forces a read because the table has lost rows."""
        for campaign_id in campaign_ids or CAMPAIGNS:
            if since is not None:
                self.wanted[campaign_id] = min(since, self.wanted.get(campaign_id, since))
            if force and since is not None:
                self._lose_rows(self._ids(campaign_id, since))
        self.run(since=since, force=force, campaign_ids=campaign_ids)

    @rule()
    def withdraw(self) -> None:
        """Drop what is wanted; what is in stays in."""
        withdraw_wants(self.pipeline.state, ORGANIZATION)
        self.wanted.clear()
        self.given_up |= self.lost - self.pipeline.stored_ids()

    @rule(number=which, kill_at=st.none() | st.integers(1, 16))
    def deliver(self, *, number: int, kill_at: int | None) -> None:
        """Deliver a message, perhaps to a worker that dies at some operation."""
        if not self.queue:
            return
        message = self.queue.pop(number % len(self.queue))
        crash_point = self.pipeline.crash_point
        crash_point.kill_at = None if kill_at is None else crash_point.operations + kill_at
        try:
            self.pipeline.handle(*message)
        except (Crash, Retryable):
            self.queue.append(message)
            self.pipeline.clock.advance(121)
        finally:
            crash_point.kill_at = None
        self.queue += self.pipeline.waiting()

    @rule(number=which, error=st.sampled_from([KeyRefused, Unavailable, Rejected]))
    def deliver_in_vain(self, *, number: int, error: type[KeyRefused | Unavailable | Rejected]) -> None:
        """Deliver a message while the account refuses the key or a report, or does not answer; it comes no more."""
        if self.queue:
            message = self.queue.pop(number % len(self.queue))
            with failing(self.pipeline.account, error("not now")), suppress(Retryable):
                self.pipeline.handle(*message)
            self.queue += self.pipeline.waiting()

    @rule(number=which)
    def lose(self, *, number: int) -> None:
        """Lose a message: it is purged, or given up."""
        if self.queue:
            self.queue.pop(number % len(self.queue))

    @rule(number=which)
    def duplicate(self, *, number: int) -> None:
        """Deliver a message twice, as queues do."""
        if self.queue:
            self.queue.append(self.queue[number % len(self.queue)])

    @rule(number=which)
    def change(self, *, number: int) -> None:
        """Have somebody open a mail."""
        self.pipeline.account.fill(CAMPAIGNS[number % 3], Report.OPENS, 1, at=self.pipeline.clock.now())

    @invariant()
    def counts_add_up(self) -> None:
        """Check that no more ended than began, in what the operator looks at."""
        document = self.pipeline.state.documents.get(account_path(ORGANIZATION))
        if document is not None:
            status = from_document(AccountStatus, document)
            assert status.campaigns_completed >= 0
            assert status.campaigns_failed >= 0
            assert status.campaigns_completed + status.campaigns_failed <= status.campaigns_total

    def teardown(self) -> None:
        """Let the pipeline run undisturbed: soon nothing is due, nothing is wanted, and all that was wanted is in."""
        due = [self.run_undisturbed() for _ in range(ENOUGH_RUNS)]
        left = close_wants(ORGANIZATION, self.pipeline.state)

        assert due[-1] == 0, due
        assert left.is_empty
        assert self.pipeline.state.transact(lambda transaction: read_wants(transaction, ORGANIZATION)).is_empty
        stored = self.pipeline.stored_ids()
        for campaign_id, since in self.wanted.items():
            assert self._ids(campaign_id, since) - self.given_up <= stored, campaign_id

    def run_undisturbed(self) -> int:
        """Run the dispatcher, deliver all that waits, and return how many campaigns were due."""
        due = self.run()
        while self.queue:
            self.deliver(number=0, kill_at=None)
        return due

    def _ids(self, campaign_id: int, since: datetime) -> set[str]:
        """Return the activities of a campaign since a moment."""
        activities = self.pipeline.account.reports[campaign_id, Report.OPENS]
        return {
            activity_row(each, organization_id=ORGANIZATION, campaign_name="", run_id="", now=NOON)["activity_id"]
            for each in activities
            if each.activity_timestamp >= since
        }

    def _lose_rows(self, ids: set[str]) -> None:
        """Remove rows from the warehouse, which a forced read is to bring back."""
        rows = self.pipeline.warehouse.tables[Table.EMAIL_ACTIVITIES]
        for key in [key for key in rows if set(key) & ids]:
            del rows[key]
        self.lost |= ids
        self.given_up -= ids


TestWants = WantsMachine.TestCase
TestWants.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def test_the_machine_tells_a_warehouse_that_lacks_rows() -> None:
    """Otherwise it would prove nothing."""
    machine = WantsMachine()
    machine.ask(since=LONG_AGO, force=False, campaign_ids=None)
    machine.teardown()
    rows = machine.pipeline.warehouse.tables[Table.EMAIL_ACTIVITIES]
    rows.clear()

    missing = machine._ids(1, LONG_AGO) - machine.pipeline.stored_ids()

    assert len(missing) == 75
