"""People who were erased leave no trace in any file of ours, whatever is synced, audited or loaded after that."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.simulator import Plan, Quirks, TruthRow
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
DAY_S = 86_400


def files_with(folder: Path, text: str) -> list[str]:
    """Return the files in which the bytes of a text are."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if text.encode() in path.read_bytes()]


def busiest(line: Pipeline) -> TruthRow:
    """Return an activity of the contact who has most."""
    rows: dict[str, list[TruthRow]] = {}
    for row in line.account.truth():
        rows.setdefault(row.contact_id, []).append(row)
    rows.pop("", None)
    return max(rows.values(), key=len)[0]


def erase(line: Pipeline, *words: str, code: int = 0) -> str:
    """Type the command, and return what it prints."""
    result = CliRunner().invoke(app, ["erase", *words, "--database", str(line.database), "--yes"])
    assert result.exit_code == code, result.output or result.exception
    return result.output


def others(line: Pipeline, person: TruthRow) -> Iterator[tuple[object, ...]]:
    """Yield what the account shows of everybody else."""
    for row in line.account.truth():
        if row.contact_id != person.contact_id and row.contact_email != person.contact_email:
            yield row.campaign_id, row.event_type, row.contact_id, row.link_id, row.times


def stored(line: Pipeline) -> set[tuple[object, ...]]:
    """Return what is stored of everybody."""
    with duckdb.connect(line.database) as connection:
        rows = connection.execute(
            "SELECT campaign_id, event_type, coalesce(contact_id, ''), coalesce(link_id, ''), times"
            " FROM marketing_ai.email_activities"
        ).fetchall()
    return set(rows)


def test_a_contact_that_the_account_has_deleted_is_erased_once_two_passes_agree(pipeline: Make, tmp_path: Path) -> None:
    """Their bytes are nowhere once the command has ended, and nothing of theirs is read again."""
    line = pipeline()
    line.sync(erase_gone_after_days=0)
    person = busiest(line)
    line.account.delete_contact(int(person.contact_id))
    found = []
    for _ in range(3):
        line.clock.advance(DAY_S)
        assert line.sync(erase_gone_after_days=0, force=True).failures == ()
        found.append(files_with(tmp_path, person.contact_email))

    assert found == [["test.duckdb"], [], []]
    assert not [row for row in stored(line) if row[2] == person.contact_id]


class SignalledWhileAsking(RunStats):
    """Somebody presses Ctrl-C at each answer to the thread that asks for contacts by id."""

    def on_contacts_response(self, status: int) -> None:
        """Count an answer."""
        super().on_contacts_response(status)
        if threading.current_thread() is threading.main_thread():
            signal.raise_signal(signal.SIGINT)


def test_a_run_that_is_stopped_while_it_asks_for_contacts_ends_as_one_that_was_stopped(pipeline: Make) -> None:
    """It is recorded, and the next one erases them."""
    line, unheard = pipeline(plan=Plan(campaigns=1, openers=12)), list[int]()
    line.sync(erase_gone_after_days=0)
    person = busiest(line)
    line.account.delete_contact(int(person.contact_id))
    line.clock.advance(DAY_S)
    line.sync(erase_gone_after_days=0, force=True)
    line.clock.advance(DAY_S)
    line.stats = SignalledWhileAsking()
    before = signal.signal(signal.SIGINT, lambda number, _: unheard.append(number))
    try:
        with line.open(erase_gone_after_days=0, force=True) as run:
            stopped = run.sync(RunObserver())
    finally:
        signal.signal(signal.SIGINT, before)
    was_kept = any(row[2] == person.contact_id for row in stored(line))
    line.clock.advance(DAY_S)
    line.sync(erase_gone_after_days=0, force=True)

    assert (stopped.interrupted, stopped.failures, unheard, was_kept) == (True, (), [], True)
    assert not [row for row in stored(line) if row[2] == person.contact_id]


@pytest.mark.parametrize(("by_id", "says"), [("shown", "there when asked for by id"), ("refused", "does not say of")])
def test_whom_the_key_loses_sight_of_is_not_erased(pipeline: Make, by_id: str, says: str) -> None:
    """Any number of passes agrees that they are gone, too few for the guard; whoever is gone is erased beside them."""
    quirks = Quirks(hidden_list=1, hidden_from_h=12, hidden_by_id=by_id)  # type: ignore[arg-type]
    line = pipeline(quirks=quirks, plan=Plan(campaigns=2, openers=60, lists=8))
    line.sync(erase_gone_after_days=0)
    everybody = {each.id for each in line.account.contacts_truth()}
    deleted = next(each for each in line.account.contacts if [number for number, _ in each.lists] != [1])
    line.account.delete_contact(deleted.id)
    reasons = []
    for _ in range(3):
        line.clock.advance(DAY_S)
        line.account.pass_quiet_day()
        reasons.append([each.reason for each in line.sync(erase_gone_after_days=0, force=True).failures])

    visible = {each.id for each in line.account.contacts_truth()}
    with duckdb.connect(line.database) as connection:
        kept = {each for (each,) in connection.execute("SELECT contact_id FROM marketing_ai.contacts").fetchall()}
    assert 3 < len(everybody) - len(visible) < len(everybody) / 5
    assert kept == everybody - {str(deleted.id)}
    assert reasons[0] == []
    assert says in reasons[-1][0]


def test_an_erased_person_stays_erased(pipeline: Make, tmp_path: Path) -> None:
    """Their bytes are nowhere, everybody else's rows are there, and nothing is read for ever or missed."""
    line = pipeline()
    line.sync()
    person = busiest(line)
    assert files_with(tmp_path, person.contact_email) == ["test.duckdb"]

    receipt = json.loads(erase(line, person.contact_email.upper(), "--json"))

    assert files_with(tmp_path, person.contact_email) == []
    assert receipt[0]["rows"]["email_activities"] > 0
    assert receipt[0]["rows"]["contacts"] == 1
    assert person.contact_email not in json.dumps(receipt)
    line.clock.advance(3_600)
    idle = line.sync(all=None, contacts=False)
    assert (idle.failures, dict(idle.fates)) == ((), {})

    line.account.pass_day()
    line.clock.advance(DAY_S)
    assert line.sync(force=True).failures == ()

    assert files_with(tmp_path, person.contact_email) == []
    assert stored(line) >= set(others(line, person))
    assert not [row for row in stored(line) if row[2] == person.contact_id]
