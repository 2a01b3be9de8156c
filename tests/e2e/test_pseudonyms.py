"""Under pseudonyms, no plain address is in any file of ours, whatever is synced, audited or loaded."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.errors import SettingsError
from sendtrail.local.pseudonyms.key_file import pseudonyms_in
from sendtrail.simulator import Plan, Quirks
from tests.e2e.conftest import Pipeline
from tests.e2e.test_erasure import busiest

Make = Callable[..., Pipeline]
DAY_S = 86_400
PLAIN = re.compile(rb"(?<![\w-])(?!hmac-[0-9a-f]{32}@)[\w.+-]{2,}(?:@|%40)[\w-]+\.(?:example|com|org|net)")


def type_in(*words: str) -> str:
    """Type a command, and return what it prints."""
    result = CliRunner().invoke(app, [*words])
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def texts(database: Path) -> set[str]:
    """Return every value of every column of text in a file: DuckDB stores some of them compressed."""
    found: set[str] = set()
    with duckdb.connect(database, read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        for schema, table in tables:
            rows = connection.execute(f'SELECT to_json(t)::VARCHAR FROM "{schema}"."{table}" AS t').fetchall()
            found.update(row for (row,) in rows)
    return found


def plain_addresses(folder: Path, people: Sequence[str]) -> set[str]:
    """Return what looks like an address in the texts of the files, or is one of the people's in their bytes."""
    found: set[str] = set()
    for path in (each for each in folder.rglob("*") if each.is_file() and each.suffix != ".csv"):
        content = path.read_bytes()
        found.update(address for address in people if address.encode() in content)
        if path.suffix == ".duckdb":
            found.update(match.decode() for text in texts(path) for match in PLAIN.findall(text.encode()))
    return found


def test_no_plain_address_is_in_any_file(pipeline: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After syncs, an audit and loads; conversions are joined by the address all the same, and a person is erased."""
    key, database = tmp_path / "pseudonyms.key", tmp_path / "test.duckdb"
    monkeypatch.setenv("SENDTRAIL_PSEUDONYM_KEY_FILE", str(key))
    monkeypatch.setenv("SENDTRAIL_DATABASE", str(database))
    line = pipeline(
        plan=Plan(campaigns=4, openers=60, contacts=None), quirks=Quirks(bad_rows=("no_date", "nested", "text"))
    )
    line.sync()
    people = sorted({row.contact_email for row in line.account.truth() if row.contact_email})
    person = busiest(line)
    (tmp_path / "orders.csv").write_text(
        f"conversion_id,converted_at,email,value\nc1,2025-05-31T10:00:00Z,{person.contact_email.upper()},10\n"
    )
    (tmp_path / "users.csv").write_text(f"user_id,email\n{person.contact_email},{person.contact_email}\n")

    said = type_in("conversions", "load", str(tmp_path / "orders.csv"), "--currency", "EUR")
    type_in("users", "load", str(tmp_path / "users.csv"))
    line.clock.advance(DAY_S)
    line.sync(force=True)

    assert "1 of 1 belongs to a known contact" in said
    assert len(people) > 50
    assert plain_addresses(tmp_path, people) == set()
    pseudonym = pseudonyms_in(key).address(person.contact_email)
    assert any(pseudonym in text for text in texts(database))

    receipt = json.loads(type_in("erase", person.contact_email.upper(), "--yes", "--json"))

    assert receipt[0]["rows"]["conversions"] == receipt[0]["rows"]["users"] == 1
    assert receipt[0]["rows"]["email_activities"] > 0
    assert not any(pseudonym in text for text in texts(database))


def test_data_and_key_that_do_not_belong_together_are_refused(pipeline: Make, tmp_path: Path) -> None:
    """It is one sentence, and nothing is written."""
    key, other = tmp_path / "a.key", tmp_path / "b.key"
    line = pipeline()
    line.sync(since="2025-05-31", contacts=True, campaign="1")
    with pytest.raises(SettingsError, match="the data holds addresses as they are already"):
        line.sync(pseudonym_key_file=key)
    assert not key.exists()
    line.database.unlink()
    line.sync(since="2025-05-31", campaign="1", contacts=True, pseudonym_key_file=key)

    with pytest.raises(SettingsError, match="name its file with --pseudonym-key-file"):
        line.sync()
    with pytest.raises(SettingsError, match=r"b\.key, the key of the pseudonyms, is not there: restore it"):
        line.sync(pseudonym_key_file=other)
    other.write_text("ab" * 32)
    with pytest.raises(SettingsError, match="is another one than the data was stored with"):
        line.sync(pseudonym_key_file=other)
    assert key.stat().st_mode & 0o077 == 0
