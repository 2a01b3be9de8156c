"""The tables and statements of `sql/`: they fit the rows, and BigQuery prunes by them."""

from collections.abc import Mapping
from dataclasses import asdict
from string import Template

import pytest
import sqlglot
from sqlglot import expressions

from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN, FOLDER, definition, sql
from tests.contracts.samples import campaign, contact, opened

STATEMENTS = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.sql"))
MERGES = [f"{table}/merge" for table in Table]


def _text(statement: str) -> str:
    return (FOLDER / f"{statement}.sql").read_text(encoding="utf-8")


def _filled(statement: str) -> str:
    return Template(_text(statement)).safe_substitute(dataset="d", staging="s", batch="b")


def _names(table: str) -> list[str]:
    return [column.name for column in definition(table).columns]


@pytest.mark.parametrize(("table", "row"), [(Table.EMAIL_ACTIVITIES, opened()), (Table.CONTACTS, asdict(contact()))])
def test_the_columns_are_the_fields_of_the_row(table: Table, row: Mapping[str, object]) -> None:
    """Rows are loaded by the names of their fields."""
    assert _names(table) == list(row)


def test_the_columns_of_campaigns_are_the_keys_of_the_row() -> None:
    """Every counter is a column."""
    assert _names(Table.CAMPAIGNS) == list(campaign())


@pytest.mark.parametrize("table", [*Table, CONTACTS_SEEN])
def test_every_column_says_what_it_is(table: str) -> None:
    """Nobody has to ask what a column holds."""
    columns = definition(table).columns
    assert all(column.description.endswith(".") for outer in columns for column in (outer, *outer.fields))


def test_activities_are_partitioned_clustered_and_expire() -> None:
    """Two years of activities are kept, a partition a day."""
    resource = definition(Table.EMAIL_ACTIVITIES).resource
    assert resource["timePartitioning"] == {"type": "DAY", "field": "activity_date", "expirationMs": "63072000000"}
    assert resource["clustering"] == {"fields": ["organization_id", "campaign_id", "contact_email", "event_type"]}
    assert resource["requirePartitionFilter"] is False


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_says_what_it_does_and_can_be_read(statement: str) -> None:
    """A header comes first, and one statement follows."""
    assert _text(statement).startswith("-- ")
    assert len(sqlglot.parse(_filled(statement), read="bigquery")) == 1


@pytest.mark.parametrize("merge", MERGES)
def test_a_merge_takes_each_key_of_a_batch_once(merge: str) -> None:
    """MERGE would insert both of two rows with a new key."""
    assert sqlglot.parse_one(_filled(merge), read="bigquery").find(expressions.Qualify) is not None


def test_merging_activities_only_inserts_and_reads_what_is_bounded() -> None:
    """Without constant bounds BigQuery reads the whole table, or all accounts' days; an UPDATE would conflict."""
    merge = sql("email_activities/merge", dataset="d", staging="s", batch="b")
    assert "T.activity_date BETWEEN @first_date AND @last_date" in merge
    assert "T.organization_id = @organization_id" in merge
    assert "T.campaign_id BETWEEN @first_campaign AND @last_campaign" in merge
    assert "UPDATE" not in merge


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a.b", "a`; DROP TABLE x", "a" * 1025])
def test_a_name_that_could_be_anything_else_is_refused(name: str) -> None:
    """Names are filled into SQL: only letters, digits and _ may be."""
    with pytest.raises(ValueError, match="use letters, digits"):
        sql("contacts/merge", dataset=name, staging="s", batch="b")


def test_a_placeholder_that_is_left_out_is_an_error() -> None:
    """A statement is never run with a hole in it."""
    with pytest.raises(KeyError):
        sql("contacts/merge", dataset="d")
