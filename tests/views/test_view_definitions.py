"""The files of the views: each says what it is, and can be filled by Terraform and by Python alike."""

import re

import pytest
import sqlglot
from sqlglot import expressions

from sendtrail.local.duckdb_sql import duckdb_type
from sendtrail.warehouse.tables import FOLDER, definition
from sendtrail.warehouse.views import CUSTOMER_TABLES, columns, description, names, references, view_sql
from tests.views.engines import DuckDbEngine


def _text(view: str) -> str:
    return (FOLDER / view / "view.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("view", names())
def test_a_view_says_what_one_row_is(view: str) -> None:
    """The header's first line becomes the view's description."""
    assert description(view).startswith("One row is ")
    assert description(view).endswith(".")


@pytest.mark.parametrize("view", names())
def test_every_column_is_described(view: str) -> None:
    """`columns.json` has a sentence on each column of the query, in its order."""
    query = sqlglot.parse_one(view_sql(view, dataset="d"), read="bigquery")
    assert isinstance(query, expressions.Query)
    assert all(column.description.endswith(".") for column in columns(view))
    assert query.is_star or query.named_selects == [column.name for column in columns(view)]


@pytest.mark.parametrize("view", names())
def test_duckdb_gives_a_view_the_types_of_bigquery(view: str, duckdb_engine: DuckDbEngine) -> None:
    """A count is a BIGINT in both, whatever DuckDB makes of COUNTIF."""
    duckdb_engine.create(view)
    types = duckdb_engine.query(f"SELECT column_name, column_type FROM (DESCRIBE {duckdb_engine.dataset}.{view})")
    assert [tuple(row.values()) for row in types] == [(c.name, duckdb_type(c)) for c in columns(view)]


@pytest.mark.parametrize("view", names())
def test_the_dataset_is_the_only_placeholder(view: str) -> None:
    """Terraform and Python read any other dollar or percent sign in ways of their own."""
    assert set(re.findall(r"[$%]\S{0,9}", _text(view))) <= {"${dataset}"}


@pytest.mark.parametrize("view", names())
def test_a_view_has_nothing_that_engines_read_differently(view: str) -> None:
    """Translated, DIV loses the brackets of a sum, and the days of a week are counted from another one."""
    query = sqlglot.parse_one(view_sql(view, dataset="d"), read="bigquery")

    divided = [found.this for found in query.find_all(expressions.IntDiv)]
    assert not any(isinstance(each, expressions.Add | expressions.Sub) for each in divided)
    assert "DAYOFWEEK" not in _text(view)


def test_a_view_comes_after_those_that_it_reads() -> None:
    """BigQuery checks a view when it is made."""
    order = names()
    assert all(order.index(name) < order.index(view) for view in order for name in references(view) if name in order)


@pytest.mark.parametrize("view", names())
def test_a_view_reads_what_there_is(view: str) -> None:
    """Each name that it reads is a view's or a table's of `sql/`."""
    assert all(name in names() or definition(name).columns for name in references(view))


@pytest.mark.parametrize("table", CUSTOMER_TABLES)
def test_the_customers_tables_are_described(table: str) -> None:
    """They are a contract."""
    assert all(column.description.endswith(".") for column in definition(table).columns)


def test_the_project_is_named_where_it_is_given() -> None:
    """Who queries from another project finds the tables."""
    query = view_sql("observations", dataset="marketing_ai", project="my-project")
    assert "FROM `my-project`.`marketing_ai`.`email_activities`" in query


def test_a_project_that_could_be_anything_else_is_refused() -> None:
    """It is filled into SQL."""
    with pytest.raises(ValueError, match="not a project id"):
        view_sql("observations", dataset="marketing_ai", project="x`; DROP TABLE y")
