"""A backup is one file that is the whole; a restore takes no other file's place without being told, and loses none."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sendtrail.erasure.erased_people import Kind
from sendtrail.errors import Busy, SettingsError
from sendtrail.local.copies.backup import back_up
from sendtrail.local.copies.erased_list import copy_list, newer_list
from sendtrail.local.copies.restore import plan_restore, restore
from sendtrail.local.duckdb_reader import read_only
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.list_file import list_path, new_list, write_list
from sendtrail.local.state.adoption import open_state
from sendtrail.local.write_ahead_log import log_of
from sendtrail.state.account_identity import AccountIdentity, write_identity
from sendtrail.state.account_pause import AccountPause
from sendtrail.state.documents import account_pause_path, to_document
from tests.contracts.samples import contact, contacts
from tests.fakes import NOON, FakeClock
from tests.local.processes import running
from tests.local.test_live_copy import COUNT, WRITE

Make = Callable[[Path], Path]


def fill(path: Path, *ids: str, host: str = "acme.example", day: int = 1, paused: bool = False) -> Path:
    """Merge contacts, and bind the account acme."""
    with DuckDbWarehouse(path) as warehouse:
        for each in ids:
            warehouse.merge(contacts(contact(contact_id=each)))
        with open_state(warehouse, clock=FakeClock(NOON)) as state:
            witnesses = {number: NOON + timedelta(days=day, seconds=number) for number in range(1, 6)}
            bound = AccountIdentity(host=host, bound_at=NOON, witnesses=witnesses)
            state.transact(lambda transaction: write_identity(transaction, "acme", bound))
            pause = to_document(AccountPause(paused_at=NOON if paused else None))
            state.transact(lambda transaction: transaction.set(account_pause_path("acme"), pause))
    return path


def count(path: Path) -> int:
    """Return how many contacts a database has."""
    with read_only(path) as query:
        [(found,)] = query(COUNT).rows
    return int(found)


def test_a_backup_has_what_was_merged_up_to_now(path: Path) -> None:
    """Although a sync has the file, and the row in its log; the backup needs no log."""
    target = path.with_name("backup.duckdb")

    with running(WRITE, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        content = back_up(path, target)

    assert content.rows["marketing_ai.contacts"] == count(target) == 1
    assert not log_of(target).exists()


def test_a_backup_overwrites_nothing(path: Path) -> None:
    """Whatever is there stays as it is."""
    there = path.with_name("there.duckdb")
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(SettingsError, match="is there already, and is not overwritten"):
        back_up(path, there)

    assert there.read_text(encoding="utf-8") == "mine"


def test_a_backup_that_cannot_be_made_leaves_nothing(path: Path) -> None:
    """A damaged database is found out before there is a file that looks like a backup."""
    content = bytearray(fill(path, "1").read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    before = sorted(path.parent.iterdir())

    with pytest.raises((SettingsError, Busy)):
        back_up(path, path.with_name("backup.duckdb"))

    assert sorted(path.parent.iterdir()) == before


def test_a_restore_keeps_the_file_that_it_replaces(path: Path) -> None:
    """And can be undone the same way."""
    backup = path.with_name("backup.duckdb")
    back_up(fill(path, "1"), backup)
    fill(path, "2", "3")

    plan = plan_restore(backup, path)
    aside = restore(backup, path, now=NOON)

    assert plan.replaces
    assert aside is not None
    assert (count(path), count(aside)) == (1, 3)
    restore(aside, path, now=NOON + timedelta(seconds=1))
    assert count(path) == 3


def test_a_lost_file_is_restored_without_the_log_that_it_left(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """That log is of another moment: it is kept, and not applied."""
    backup = path.with_name("backup.duckdb")
    back_up(fill(path, "1"), backup)
    path.unlink()
    log_of(path).write_bytes(b"of another moment")
    caplog.clear()

    restore(backup, path, now=NOON)

    assert count(path) == 1
    assert not log_of(path).exists()
    assert not caplog.records


def test_the_backup_of_another_account_is_refused(path: Path, make_database: Make) -> None:
    """By the days on which its campaigns were created: the same name can be anybody's."""
    backup = fill(make_database(path.with_name("other.duckdb")), "1", host="globex.example", day=2)
    before = fill(path, "1").read_bytes()

    with pytest.raises(SettingsError, match=r"another account as acme .*acme.example, and not globex.example"):
        plan_restore(backup, path)

    assert path.read_bytes() == before


def test_an_account_that_has_moved_is_the_same(path: Path, make_database: Make) -> None:
    """Another host, and the same campaigns."""
    backup = fill(make_database(path.with_name("other.duckdb")), "1", host="old.example")

    assert plan_restore(backup, fill(path, "1")).backup.accounts["acme"].identity is not None


def test_a_pause_that_would_end_is_said(path: Path) -> None:
    """Somebody does not want the account to be asked."""
    backup = path.with_name("backup.duckdb")
    back_up(fill(path, "1"), backup)
    fill(path, paused=True)

    assert plan_restore(backup, path).ended_pauses == ["acme"]


def test_the_backup_of_a_newer_version_is_refused(path: Path) -> None:
    """Before anything is replaced."""
    with DuckDbWarehouse(path) as warehouse:
        warehouse.connection.raw.execute('UPDATE "sendtrail_internal"."schema_versions" SET oldest_reader = 99')

    with pytest.raises(SettingsError, match="written by a newer Sendtrail"):
        plan_restore(path, path.with_name("database.duckdb"))


def test_a_file_that_a_sync_has_is_not_replaced(path: Path) -> None:
    """It would go on writing to a file that nobody looks at."""
    backup = path.with_name("backup.duckdb")
    back_up(fill(path, "1"), backup)

    with running(WRITE, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(Busy):
            restore(backup, path, now=NOON)
        with pytest.raises(Busy):
            plan_restore(backup, path)
    assert not path.with_name(f".{path.name}.restored").exists()


def test_a_damaged_file_is_replaced(path: Path) -> None:
    """That is what backups are for."""
    backup = path.with_name("backup.duckdb")
    back_up(fill(path, "1"), backup)
    path.write_bytes(path.read_bytes()[:20_000])

    plan = plan_restore(backup, path)
    restore(backup, path, now=NOON)

    assert plan.replaced is None
    assert count(path) == 1


def test_the_erased_list_goes_with_the_backup_and_the_newer_one_counts(path: Path) -> None:
    """Also where the machine of the database is lost, with its list."""
    backup, people = path.with_name("backup.duckdb"), new_list()
    write_list(list_path(path), people)
    copied = copy_list(path, backup)
    later = people.plus([people.token(Kind.ADDRESS, "acme", "ann@example.com")])
    write_list(list_path(path), later)

    assert copied == list_path(backup)
    assert newer_list(backup, path) == later
    list_path(path).unlink()
    assert newer_list(backup, path) == people


def test_no_list_is_copied_where_nobody_was_erased(path: Path) -> None:
    """And none counts."""
    backup = path.with_name("backup.duckdb")

    assert copy_list(path, backup) is None
    assert newer_list(backup, path) is None


def test_an_erased_list_of_another_database_is_refused(path: Path) -> None:
    """With it, nobody could tell who is not to be stored."""
    backup = path.with_name("backup.duckdb")
    for each in (backup, path):
        write_list(list_path(each), new_list())

    with pytest.raises(SettingsError, match="erased lists of two databases"):
        newer_list(backup, path)
