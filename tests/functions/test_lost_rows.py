"""A dataset that was swapped, emptied, restored or partly deleted is noticed, and what is missing is read again."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from sendtrail.domain.messages import SyncCampaign, decode
from sendtrail.errors import Unavailable
from sendtrail.ports import Topic
from sendtrail.simulator import Account
from sendtrail.state.documents import connection_path
from sendtrail.state.stored_rows import TABLE_PATH
from sendtrail.warehouse.rows import Table
from tests.functions.conftest import Connect
from tests.functions.instance import Instance

HOUR, WEEK_H, YEARS_H = 1, 7 * 24, 740 * 24


@dataclass
class Installation:
    """An instance of the functions, and the account that it syncs."""

    instance: Instance
    account: Account

    def dispatch(self, *, after_h: float = HOUR) -> set[int]:
        """Run the dispatcher some hours later and return the campaigns that are due."""
        self.instance.clock.advance(after_h * 3_600)
        answer = self.instance.post("dispatcher", b'{"contacts": false}')
        assert (answer.status_code, (answer.json or {})["failed"]) == (202, {})
        return {decode(SyncCampaign, data).campaign_id for data in self.instance.publisher.published[Topic.CAMPAIGNS]}

    def deliver(self) -> None:
        """Deliver every message until there is none."""
        while messages := self.instance.publisher.take(Topic.CAMPAIGNS):
            for message in messages:
                self.instance.push("campaign_worker", message)

    def sync(self, *, after_h: float = HOUR) -> set[int]:
        """Dispatch and deliver; return the campaigns that were due."""
        due = self.dispatch(after_h=after_h)
        self.deliver()
        return due

    def settle(self) -> None:
        """Sync until no report is looked at once more."""
        for _ in range(4):
            self.sync(after_h=3 * 24)

    def rows(self) -> set[str]:
        """Return the ids of the stored activities."""
        return {row["activity_id"] for row in self.instance.warehouse.rows(Table.EMAIL_ACTIVITIES)}

    def delete(self, is_deleted: Callable[[dict[str, Any]], bool]) -> set[int]:
        """Delete rows from the table, and return the campaigns that had any of them."""
        table = self.instance.warehouse.tables[Table.EMAIL_ACTIVITIES]
        gone = {key: row for key, row in table.items() if is_deleted(row)}
        for key in gone:
            del table[key]
        return {row["campaign_id"] for row in gone.values()}

    def errors(self) -> list[str]:
        """Return what was logged as a warning or worse."""
        return [line["message"] for line in self.instance.lines() if line["severity"] in {"WARNING", "ERROR"}]


@pytest.fixture
def installed(instance: Instance, connect: Connect) -> Installation:
    """Give an installation that has synced all there is."""
    it = Installation(instance=instance, account=connect("acme"))
    instance.post("dispatcher", b'{"contacts": false, "since": "2020-01-01T00:00:00Z"}')
    it.deliver()
    it.settle()
    return it


def everything(_row: dict[str, Any]) -> bool:
    """Return True: every row."""
    return True


def test_an_ordinary_run_counts_nothing(installed: Installation) -> None:
    """The metadata of the table says enough: the statement is billed once a week."""
    before = installed.instance.stored.counted

    assert [installed.sync() for _ in range(5)] == [set()] * 5

    assert installed.instance.stored.counted == before
    assert len(installed.sync(after_h=WEEK_H)) <= 1  # after a week without reading, one shows whether counters move
    assert installed.instance.stored.counted == before + 1


def test_an_emptied_table_is_filled_again(installed: Installation) -> None:
    """The next run sees that rows are missing, and of which campaigns."""
    before, lost = installed.rows(), installed.delete(everything)

    assert installed.sync() == lost != set()

    assert installed.rows() == before
    assert any("have lost rows" in message for message in installed.errors())
    assert installed.sync() == set()


def test_another_dataset_is_filled(installed: Installation) -> None:
    """A table of the same name that was created at another time, however many rows it has."""
    before, lost = installed.rows(), installed.delete(lambda row: row["event_type"] == "open")
    installed.instance.stored.identity = "created-later"

    assert installed.sync() == lost

    assert installed.rows() == before


def test_the_rows_of_one_campaign_cost_one_campaign(installed: Installation) -> None:
    """The others are left alone."""
    before = installed.rows()
    chosen = next(iter(installed.instance.warehouse.rows(Table.EMAIL_ACTIVITIES)))["campaign_id"]
    installed.delete(lambda row: row["campaign_id"] == chosen)

    assert installed.sync() == {chosen}

    assert installed.rows() == before


def test_an_older_copy_of_the_table_lacks_what_was_merged_since(installed: Installation) -> None:
    """Rows that came after the last count are known from their merges."""
    older = installed.rows()
    installed.account.pass_day()
    installed.sync(after_h=24)
    before = installed.rows()
    lost = installed.delete(lambda row: row["activity_id"] not in older)
    assert lost

    assert installed.sync() >= lost

    assert installed.rows() == before


def test_a_loss_is_not_hidden_by_growth(installed: Installation) -> None:
    """More rows came than went: the merges say how many there have to be."""
    installed.account.pass_day()
    due = installed.dispatch(after_h=24)
    rows = len(installed.rows())
    installed.deliver()
    before = installed.rows()
    oldest = sorted(row["activity_id"] for row in installed.instance.warehouse.rows(Table.EMAIL_ACTIVITIES))[:2]
    lost = installed.delete(lambda row: row["activity_id"] in oldest)
    assert due
    assert len(installed.rows()) > rows

    assert installed.sync() >= lost

    assert installed.rows() == before


def test_what_is_lost_stays_due_until_it_was_read(installed: Installation) -> None:
    """Messages that die, and runs in between, make nobody forget it."""
    before, lost = installed.rows(), installed.delete(everything)

    assert installed.dispatch() == lost
    installed.instance.publisher.take(Topic.CAMPAIGNS)
    assert installed.dispatch() == lost
    installed.deliver()

    assert installed.rows() == before
    assert installed.sync() == set()


def test_rows_that_expire_are_not_missed(installed: Installation) -> None:
    """A partition goes when it is two years old, a day at a time."""
    table = installed.instance.warehouse.tables[Table.EMAIL_ACTIVITIES]
    installed.instance.stored.expiry = timedelta(days=120)
    installed.sync(after_h=WEEK_H)
    expired = set[int]()
    for _day in range(20):
        oldest = (installed.instance.clock.now() - timedelta(days=120) + timedelta(days=1)).date().isoformat()
        expired |= installed.delete(lambda row, oldest=oldest: row["activity_date"] < oldest)  # type: ignore[misc]
        installed.sync(after_h=24)
    assert expired
    assert table

    assert not any("have lost rows" in message for message in installed.errors())


def test_a_state_that_is_gone_starts_anew_and_says_so(installed: Installation) -> None:
    """Nothing is lost, and nothing is stored twice."""
    before, documents = installed.rows(), installed.instance.state.documents
    for path in [path for path in documents if path != connection_path("acme")]:
        del documents[path]

    assert installed.sync()

    assert installed.rows() == before
    assert any("knows no campaign of acme" in message for message in installed.errors())


def test_a_state_that_is_older_than_the_table_reads_again_and_loses_nothing(installed: Installation) -> None:
    """More is stored than it knows of."""
    older = deepcopy(installed.instance.state.documents)
    installed.account.pass_day()
    installed.sync(after_h=24)
    before = installed.rows()
    installed.instance.state.documents = older

    installed.sync()

    assert installed.rows() == before
    assert not any("have lost rows" in message for message in installed.errors())


def test_a_state_of_an_earlier_version_beside_an_empty_table_reads_all_again(installed: Installation) -> None:
    """It never counted what it merged: that campaigns were synced and nothing is stored says enough."""
    before, documents = installed.rows(), installed.instance.state.documents
    for path in [path for path in documents if path.startswith(("stored_rows", "row_baselines", TABLE_PATH))]:
        del documents[path]
    lost = installed.delete(everything)

    assert installed.sync() == lost

    assert installed.rows() == before


def test_an_account_of_which_nothing_had_to_be_stored_has_lost_nothing(instance: Instance, connect: Connect) -> None:
    """All that it shows is older than what is read, or was refused: its counters promise rows, and there are none."""
    connect("acme")
    instance.post("dispatcher", b'{"contacts": false}')  # counts the table
    added = Installation(instance=instance, account=connect("bolt"))
    now = instance.clock.now().isoformat()
    instance.post("dispatcher", f'{{"contacts": false, "organization_id": "bolt", "since": "{now}"}}'.encode())
    added.deliver()

    added.sync(after_h=WEEK_H)

    assert not any("have lost rows" in message for message in added.errors())


@pytest.mark.parametrize("prefix", ["stored_rows", "row_baselines", "lost_rows", "warehouses"])
def test_a_document_that_cannot_be_read_starts_anew(installed: Installation, prefix: str) -> None:
    """It stops neither the dispatcher nor a worker, and is written again."""
    installed.delete(everything)
    installed.dispatch()
    documents = installed.instance.state.documents
    broken = [path for path in documents if path.startswith(prefix)]
    for path in broken:
        documents[path] = {"rows": "many", "campaigns": "{", "identity": None}
    assert broken

    installed.deliver()

    assert installed.sync(after_h=WEEK_H) is not None
    assert installed.sync() == set()


def test_a_warehouse_that_cannot_be_looked_at_holds_up_no_run(
    installed: Installation,
) -> None:
    """The next run looks again."""
    lost = installed.delete(everything)
    look = installed.instance.stored.look

    def failing() -> Any:
        raise Unavailable("BigQuery did not finish its part: try again")

    installed.instance.stored.look = failing  # type: ignore[method-assign]
    assert installed.dispatch() == set()
    installed.instance.stored.look = look  # type: ignore[method-assign]

    assert installed.dispatch() == lost


def test_tables_of_a_later_version_are_left_to_its_functions(installed: Installation) -> None:
    """Nothing is dispatched, and the log says what to do: messages that nobody could handle would only fail."""
    installed.instance.stored.schema_version = 2
    installed.instance.clock.advance(3_600)

    answer = installed.instance.post("dispatcher", b"")

    assert answer.status_code == 503
    assert any("deploy the functions of the release" in message for message in installed.errors())
    assert installed.instance.publisher.published[Topic.CAMPAIGNS] == []
