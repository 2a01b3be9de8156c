"""An erasure in a DuckDB file: killed in between, undone by a backup, or without its list."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.operate.erase_command import Wish, erase_people, readmit_people
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.user import User
from sendtrail.domain.work_item import WorkItem
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.person import named_person
from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure import rewritten_file
from sendtrail.local.erasure.erased_marker import ErasedMarker, check_list
from sendtrail.local.erasure.list_file import list_path, read_list
from sendtrail.local.erasure.local_erasure import guarded, settle_erasures
from sendtrail.local.state.adoption import open_state
from sendtrail.state.documents import account_path, account_pause_path
from sendtrail.warehouse.domain_rows import conversion_row, user_row
from sendtrail.warehouse.rows import Batch, Row, Table
from tests.contracts.samples import activities, contact, contacts, opened, unreadable
from tests.fakes import NOON, FakeClock
from tests.operate.conftest import put

ANN, JOE = "ann@example.com", "joe@example.com"
TABLES = (Table.EMAIL_ACTIVITIES, Table.CONTACTS, Table.CONVERSIONS, Table.USERS, Table.UNREADABLE_ROWS)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give what is in a file in which two people are named wherever somebody can be; without views, to save time."""
    path = tmp_path_factory.mktemp("filled") / "test.duckdb"
    with DuckDbWarehouse(path, has_views=False) as warehouse, open_state(warehouse, clock=FakeClock()) as state:
        warehouse.create_customer_tables()
        fill(warehouse)
        put(state, account_path("acme"), {"run_id": "run1", "last_run": NOON.isoformat(), "campaigns_total": 0})
        put(state, account_pause_path("acme"), {"reason": f"{ANN} complained, and {JOE} did not"})
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path, content: bytes) -> Path:
    """Give a copy of that file."""
    path = tmp_path / "test.duckdb"
    path.write_bytes(content)
    return path


def fill(warehouse: Any) -> None:
    """Merge rows of two people, as syncs and loads do."""
    warehouse.merge(
        activities(
            opened(),
            opened(contact_email="ann@old.example", times=2),
            opened(contact_id="2", contact_email=JOE),
            opened(contact_id="2", contact_email=JOE, event_type="forward", detail={"recipient": ANN.upper()}),
        )
    )
    warehouse.merge(contacts(contact(), contact(contact_id=2, email=JOE)))
    warehouse.merge(unreadable(f'{{"email": "{ANN}"}}', f'{{"email": "{JOE}"}}'))
    people = [("u1", "1", ""), ("u2", "", JOE)]
    users = [User(user_id=user, contact_id=number, email=email, valid_from=None) for user, number, email in people]
    warehouse.merge(batch(Table.USERS, [user_row(each, organization_id="acme") for each in users]))
    sales = [("c1", "u1", ""), ("c2", "", "Ann@Old.example"), ("c3", "u2", "")]
    warehouse.merge(batch(Table.CONVERSIONS, [sale(*each) for each in sales]))


def sale(conversion_id: str, user_id: str, email: str) -> Row:
    """Return the row of a conversion."""
    conversion = Conversion(
        conversion_id=conversion_id, user_id=user_id, email=email, converted_at=NOON, value=None, currency="", kind=""
    )
    return conversion_row(conversion, organization_id="acme", now=NOON)


def batch(table: Table, rows: Sequence[Row]) -> Batch:
    """Return a batch of a file that somebody loads."""
    item = WorkItem(organization_id="acme", run_id="load", subject=str(table), sequence=1)
    return Batch(table=table, item=item, number=0, delivery="token", rows=rows)


def erase(database: Path, *words: str, **changes: Any) -> None:
    """Erase people as the command does."""
    wish = Wish(named=[named_person(word) for word in words], words=words, is_agreed=True, **changes)
    erase_people(wish, OperatorSettings.read({"database": str(database)}), every=False, clock=FakeClock())


def traces(folder: Path) -> set[str]:
    """Return which of Ann's addresses are in any file, in either case."""
    files = [path.read_bytes().lower() for path in folder.rglob("*") if path.is_file()]
    return {text for text in (ANN, "ann@old.example") if any(text.encode() in content for content in files)}


def sizes(database: Path) -> list[int]:
    """Return how many rows each table has."""
    with DuckDbWarehouse(database, has_views=False) as warehouse:
        rows = [warehouse.query(f"SELECT count(*) FROM marketing_ai.{table}").rows for table in TABLES]
        return [next(each)[0] for each in rows]


@pytest.mark.parametrize("word", ["1", "ANN@OLD.example"])
def test_whatever_somebody_is_called_all_of_them_goes(database: Path, word: str) -> None:
    """Each id and address leads to the others, and to each table and document; Joe keeps what does not name her."""
    assert traces(database.parent) == {ANN, "ann@old.example"}

    erase(database, word)

    assert traces(database.parent) == set()
    assert sizes(database) == [1, 1, 1, 1, 1]
    assert b"and joe@example.com did not" in database.read_bytes()


def test_what_is_read_and_loaded_later_obeys_the_list(database: Path) -> None:
    """A replay, an audit and a file of a shop bring the same rows again."""
    erase(database, ANN)

    with DuckDbWarehouse(database, has_views=False) as warehouse:
        guard = guarded(warehouse, clock=FakeClock())
        fill(guard)

    assert guard.withheld == 8
    assert sizes(database) == [1, 1, 1, 1, 1]
    assert traces(database.parent) == set()


def test_an_erasure_that_was_killed_is_finished_by_the_next_program(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She is on the list first; whoever opens the file next does the rest, once."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context, suppress(KeyboardInterrupt):
        context.setattr("sendtrail.cli.operate.erase_place.sweep", lambda *_, **__: die())
        erase(database, ANN)
    assert sizes(database)[1] == 2

    settle_erasures(database, dataset="marketing_ai", clock=FakeClock())

    assert sizes(database) == [1, 1, 1, 1, 1]
    assert traces(database.parent) == set()


def test_deleted_bytes_are_cleared_by_the_next_program(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may have been no room for a second copy of the file."""

    def full(_: Path) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as context, suppress(Unavailable):
        context.setattr("sendtrail.cli.operate.erase_place.rewrite", full)
        erase(database, ANN)

    settle_erasures(database, dataset="marketing_ai", clock=FakeClock())
    before = database.stat().st_mtime_ns
    settle_erasures(database, dataset="marketing_ai", clock=FakeClock())

    assert traces(database.parent) == set()
    assert database.stat().st_mtime_ns == before


def test_a_backup_that_is_restored_is_swept(database: Path) -> None:
    """The list beside the file is newer than what the file knows of it."""
    backup = database.read_bytes()
    erase(database, ANN)
    database.write_bytes(backup)

    settle_erasures(database, dataset="marketing_ai", clock=FakeClock())

    assert sizes(database) == [1, 1, 1, 1, 1]
    assert traces(database.parent) == set()


def test_without_its_list_a_database_is_not_written_to(database: Path) -> None:
    """Nobody would know who was erased, so they would be read again."""
    erase(database, ANN)
    list_path(database).unlink()

    with pytest.raises(SettingsError, match="is missing"), DuckDbWarehouse(database, has_views=False) as warehouse:
        guarded(warehouse, clock=FakeClock())


NOBODY = ErasedPeople(key=b"a" * 32, revision=1)
MARKER = ErasedMarker(fingerprint=NOBODY.fingerprint, revision=2, is_rewritten=True)


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        (None, "is missing"),
        (replace(NOBODY, key=b"b" * 32, revision=2), "its key is another one"),
        (NOBODY, r"is an older copy \(revision 1, and not 2\)"),
    ],
)
def test_another_list_than_the_one_by_which_people_were_erased_is_refused(
    people: ErasedPeople | None, problem: str
) -> None:
    """The sentence says what it is, and what to do."""
    with pytest.raises(SettingsError, match=f"{problem}.*: restore the newest copy of it"):
        check_list(people, MARKER, Path("sendtrail.duckdb.erased"))


@pytest.mark.parametrize(
    ("damage", "problem"), [(b"{}", "is not an erased list, or is damaged"), (b"\xff", "cannot be read")]
)
def test_a_damaged_list_is_said_to_be_one(tmp_path: Path, damage: bytes, problem: str) -> None:
    """It is not taken for an empty one."""
    (tmp_path / "list").write_bytes(damage)

    with pytest.raises(SettingsError, match=problem):
        read_list(tmp_path / "list")


def test_a_list_that_is_lost_for_good_can_be_begun_anew(database: Path) -> None:
    """It is said so, as the others are read again."""
    erase(database, ANN)
    list_path(database).unlink()

    erase(database, JOE, has_new_list=True)

    assert sizes(database) == [0, 0, 0, 0, 0]


def test_a_stranger_is_not_erased(database: Path) -> None:
    """It may be a mistyped name, so nothing is done at all, unless it is said twice."""
    with pytest.raises(SettingsError, match=r"nothing is stored of jnae@example.com in .*; nobody was erased"):
        erase(database, ANN, "jnae@example.com")
    assert sizes(database)[1] == 2
    assert not list_path(database).exists()

    erase(database, "jnae@example.com", even_unknown=True)
    erase(database, "jnae@example.com")

    assert list_path(database).stat().st_mode & 0o077 == 0
    assert "jnae" not in list_path(database).read_text()


def test_whoever_consents_anew_is_readmitted_by_name(database: Path) -> None:
    """The address alone: rows of the id from before stay out."""
    erase(database, ANN)
    wish = Wish(named=[named_person(ANN)], words=[ANN])

    readmit_people(wish, OperatorSettings.read({"database": str(database)}), every=False, clock=FakeClock())

    with DuckDbWarehouse(database, has_views=False) as warehouse:
        guard = guarded(warehouse, clock=FakeClock())
        guard.merge(contacts(contact(contact_id=77), contact()))
    assert sizes(database)[1] == 2
    assert guard.withheld == 1


def test_a_file_that_is_written_anew_keeps_what_a_person_has_made(database: Path) -> None:
    """Tables, views and descriptions of their own included."""
    with DuckDbWarehouse(database, has_views=False) as warehouse:
        warehouse.connection.raw.execute("CREATE TABLE mine AS SELECT 42 AS answer")
        warehouse.connection.raw.execute("COMMENT ON COLUMN mine.answer IS 'it''s all'")
        warehouse.connection.raw.execute("CREATE VIEW a_view AS SELECT answer + 1 AS more FROM mine")
    erase(database, ANN)

    with DuckDbWarehouse(database, has_views=False) as warehouse:
        assert list(warehouse.query("SELECT more FROM a_view").rows) == [(43,)]
        comments = warehouse.query(
            "SELECT comment FROM duckdb_columns() WHERE (table_name, column_name) IN"
            " (('mine', 'answer'), ('contacts', 'email')) ORDER BY table_name"
        ).rows
        assert [comment for (comment,) in comments][1] == "it's all"
        assert list(warehouse.query("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL").rows)
    assert not list(database.parent.glob(f"*{rewritten_file.ENDING}*"))
