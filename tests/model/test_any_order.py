"""Whatever happens between two syncs, and in whatever order: the next healthy one brings in all that is wanted.

Ten histories of up to eight events are tried with each run of the tests. For hundreds, which take an hour:

    .venv/bin/pytest tests/model --hypothesis-profile deep
"""

import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sendtrail.cli.process.exit_codes import DONE, MISSING
from sendtrail.simulator import Account, Network, Plan, serve
from tests.fakes import NOON
from tests.model.faults import Fuse
from tests.model.older_versions import CAN_ADD_COLUMNS, look_older, state_of_an_earlier_version
from tests.model.world import DOUBTS_CLOCKS, KEEPS_WANTS, KNOWS_WHOSE_IT_IS, Served, World

# A history of several syncs is one of the examples of which other tests try so many in its place.
EXAMPLES_PER_HISTORY = 10
EVENTS = 8
PLAN = Plan(campaigns=5, openers=25, contacts=None)
SKEWS = [timedelta(minutes=10), timedelta(days=2), timedelta(days=400)]

# No `since` is later than the days that are read unasked: it would allow less than these.
options = st.sampled_from(
    [{}, {"all": True}, {"since": 30}, {"since": 10}, {"campaign": 0, "all": True}, {"campaign": 1}, {"force": True}]
)
calls = st.integers(1, 80)


class AnyOrder(RuleBasedStateMachine):
    """A person, an account, a machine and its clock."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()

    @initialize(seed=st.integers(1, 9))
    def begin(self, seed: int) -> None:
        """Serve two accounts, and name a file that is not there yet."""
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.served, self.other = self._serve(seed), self._serve(seed + 100)
        self.world = World(self.served, database=folder / "mail.duckdb", now=NOON)

    @rule(days=st.integers(1, 3))
    def pass_days(self, days: int) -> None:
        """Let people open, click, subscribe and leave."""
        for _ in range(days):
            self.world.pass_day()

    @rule(options=options, contacts=st.booleans())
    def sync(self, options: dict[str, Any], contacts: bool) -> None:
        """Sync without any trouble: it says so, unless it leaves contacts out that an earlier one did not bring in."""
        code = self.world.sync(**self._settings(options), contacts=contacts)

        assert code == DONE or (code == MISSING and not contacts and not self.world.has_all_contacts)

    @rule(options=options, call=calls)
    def killed_sync(self, options: dict[str, Any], call: int) -> None:
        """Kill a sync at one of its calls to the outside."""
        self.world.sync(Fuse(call), **self._settings(options))

    @rule(options=options, call=calls)
    def interrupted_sync(self, options: dict[str, Any], call: int) -> None:
        """Press Ctrl-C at one of its calls to the outside."""
        self.world.sync(Fuse(call, is_kill=False), **self._settings(options))

    @precondition(lambda self: self.world.database.exists())
    @rule()
    def copy(self) -> None:
        """Make a copy while no sync runs."""
        self.world.copy()

    @precondition(lambda self: self.world.copies)
    @rule(number=st.integers(0, 9))
    def restore(self, number: int) -> None:
        """Put one of the copies in place of the file."""
        self.world.restore(number % self.world.copies)

    @precondition(lambda self: self.world.database.exists())
    @rule(one_in=st.integers(1, 5))
    def delete_rows(self, one_in: int) -> None:
        """Delete rows from the file by hand."""
        self.world.delete_rows(one_in)

    @precondition(lambda _: DOUBTS_CLOCKS)
    @rule(skew=st.sampled_from(SKEWS), sign=st.sampled_from([1, -1]), options=options)
    def sync_by_a_wrong_clock(self, skew: timedelta, sign: int, options: dict[str, Any]) -> None:
        """Sync while the machine's clock is wrong; then somebody sets it."""
        self.world.clock.off_by = sign * skew
        self.world.sync(**self._settings(options))
        self.world.clock.off_by = timedelta()

    @precondition(lambda self: KNOWS_WHOSE_IT_IS and self.world.done_once)
    @rule(options=options)
    def sync_another_account(self, options: dict[str, Any]) -> None:
        """Use the key of another account by mistake: it is refused."""
        assert self.world.sync(served=self.other, **self._settings(options)) != DONE

    @precondition(lambda _: KEEPS_WANTS)
    @rule()
    def withdraw(self) -> None:
        """Take back what was asked for and is not done."""
        assert self.world.withdraw() == DONE

    @precondition(lambda self: self.world.database.exists())
    @rule()
    def go_back_a_version_of_the_state(self) -> None:
        """Let the state look as an earlier version wrote it: the next sync is an upgrade."""
        self.world.transact(state_of_an_earlier_version)

    @precondition(lambda self: CAN_ADD_COLUMNS and self.world.database.exists())
    @rule()
    def go_back_a_version_of_the_tables(self) -> None:
        """Let a table lack a column that an earlier version did not have."""
        look_older(self.world.database)

    @rule()
    def healthy_sync(self) -> None:
        """Sync with nothing new to want; then all that is wanted is in the file, once each."""
        code = self.world.sync(**self.world.wanted_options())

        wanted, ever = self.world.activities()
        assert code == DONE
        assert (wanted.missing, ever.extra, ever.twice) == (0, 0, 0), (wanted, ever)
        contacts = self.world.contacts()
        assert contacts.holds, contacts

    def teardown(self) -> None:
        """End each history with a healthy sync."""
        with self._open:
            if hasattr(self, "world"):
                self.healthy_sync()

    def _serve(self, seed: int) -> Served:
        account = Account(seed=seed, now=NOON, plan=PLAN, network=Network(rate=0))
        return Served(account=account, url=self._open.enter_context(serve(account, date=self._right_time)).url)

    def _right_time(self) -> datetime:
        return self.world.clock.right()

    def _settings(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return settings from options that speak of days ago and of the first or second campaign."""
        given = dict(options)
        if "since" in given:
            given["since"] = (self.world.clock.now() - timedelta(days=given["since"])).date()
        if "campaign" in given:
            given["campaign"] = [list(self.served.account.campaigns_truth())[given["campaign"]].id]
        return given


AnyOrder.TestCase.settings = settings(
    max_examples=settings().max_examples // EXAMPLES_PER_HISTORY, stateful_step_count=EVENTS
)
TestAnyOrder = pytest.mark.timeout(10 * settings().max_examples)(AnyOrder.TestCase)
