"""Rows from elsewhere become files as those of a database do: all of them, or nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sendtrail.errors import SendtrailError, SettingsError, Unavailable
from sendtrail.local.export.export import Row, export_rows
from sendtrail.local.export.exported import Exported, Form
from sendtrail.warehouse.relations import Relation, relations
from tests.contracts.samples import contact, opened

KNOWN = {each.name: each for each in relations()}
ACTIVITIES, CONTACTS = KNOWN["email_activities"], KNOWN["contacts"]
ROWS: dict[str, list[Row]] = {
    "email_activities": [dict(opened()), dict(opened(contact_id="2")), dict(opened(organization_id="globex"))],
    "contacts": [{name: getattr(contact(), name) for name in contact().__slots__}],
}


def pages(relation: Relation) -> Iterator[Sequence[Row]]:
    """Yield the rows of a relation, a page per row."""
    for row in ROWS[relation.name]:
        yield [row]


def export(folder: Path, *wanted: Relation, read: Any = pages) -> Sequence[Exported]:
    """Export relations as Parquet files."""
    return export_rows(folder, relations=wanted, read=read, form=Form.PARQUET, manifest=lambda _: "{}")


def test_pages_are_one_relation(tmp_path: Path) -> None:
    """Split by account and month, where its table is."""
    exported = export(tmp_path / "out", ACTIVITIES, CONTACTS)

    assert [each.rows for each in exported] == [3, 1]
    assert sorted(each.relative_to(tmp_path / "out").as_posix() for each in (tmp_path / "out").rglob("*.*")) == [
        "contacts.parquet",
        "email_activities/organization=acme/month=2025-05/data_0.parquet",
        "email_activities/organization=globex/month=2025-05/data_0.parquet",
        "manifest.json",
    ]


def test_a_page_is_stored_before_the_next_one_is_asked_for(tmp_path: Path) -> None:
    """So memory holds one of them, however many there are."""
    held: list[int] = []

    class Page(list[Row]):
        """A page that says when nobody holds it any more."""

        def __del__(self) -> None:
            held.pop()

    def read(_: Relation) -> Iterator[Sequence[Row]]:
        for row in ROWS["email_activities"]:
            assert len(held) <= 1
            held.append(1)
            yield Page([row])

    assert [each.rows for each in export(tmp_path / "out", ACTIVITIES, read=read)] == [3]


def test_a_column_that_a_row_lacks_is_empty(tmp_path: Path) -> None:
    """As in a database that has got the column since."""
    export(tmp_path / "out", CONTACTS, read=lambda _: [[{"organization_id": "acme", "contact_id": "1"}]])

    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT contact_id, email, tags FROM '{tmp_path}/out/contacts.parquet'").fetchall()
    assert found == [("1", None, None)]


@pytest.mark.parametrize(
    "error", [Unavailable("BigQuery does not answer"), KeyboardInterrupt(), OSError(28, "no space")]
)
def test_what_ends_half_way_leaves_nothing(error: BaseException, tmp_path: Path) -> None:
    """Not even a part under another name: Ctrl-C, an outage, a full disk."""

    def read(relation: Relation) -> Iterator[Sequence[Row]]:
        yield from pages(relation)
        if relation is CONTACTS:
            raise error

    with pytest.raises((SendtrailError, KeyboardInterrupt)):
        export(tmp_path / "out", ACTIVITIES, CONTACTS, read=read)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Nothing is read for it."""

    def read(_: Relation) -> Iterator[Sequence[Row]]:
        raise AssertionError

    (tmp_path / "out").mkdir()

    with pytest.raises(SettingsError, match="is there already, and is not overwritten"):
        export(tmp_path / "out", CONTACTS, read=read)
