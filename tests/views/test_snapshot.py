"""Views that are read together: which are kept, what of them, and that each says what it says when read alone."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_snapshot import DuckDbSnapshot, snapshot
from sendtrail.report.attributed import Counting
from sendtrail.report.queries import COUNTINGS
from sendtrail.warehouse.view_snapshot import PlannedView, ViewRequest, plan_views
from sendtrail.warehouse.views import READ_IN_PLACE, columns, names, stored_among
from tests.report.samples import make_database

DATASET = "marketing_ai"
HUMAN, RAW = COUNTINGS[Counting.HUMAN], COUNTINGS[Counting.RAW]
EVERYTHING = [ViewRequest(view=view) for view in names()]
# Relative to the present, which moves while the views are read.
MOVING = {"as_of", "hours_since_sync", "account_hours_since_sync"}


def by_name(requests: list[ViewRequest]) -> dict[str, PlannedView]:
    """Return the planned views by their names."""
    return {view.name: view for view in plan_views(requests)}


def test_a_view_is_created_after_those_that_it_reads() -> None:
    """So that each can be created in turn."""
    plan = plan_views(EVERYTHING)
    order = [view.name for view in plan]

    assert all(order.index(read) < order.index(view.name) for view in plan for read in view.reads.values())


def test_a_view_that_several_read_is_materialized() -> None:
    """One that is read once is computed by its reader; one that reads another twice is two readers."""
    plan = plan_views([ViewRequest(view="completeness"), ViewRequest(view="user_mapping")])
    kept = {view.name: view.is_materialized for view in plan}

    assert kept["contact_addresses"]
    assert not any(kept[view] for view in ("completeness", "user_mapping", "touch_observations", "campaign_engagement"))


def test_a_request_is_a_reader_too() -> None:
    """Its rows are asked for, and so are those of the view that reads it."""
    assert by_name([ViewRequest(view="completeness"), ViewRequest(view="campaign_engagement")])[
        "campaign_engagement"
    ].is_materialized


def test_what_nobody_reads_is_not_created() -> None:
    """Neither a view, nor one that is as cheap to read as a table."""
    assert list(by_name([ViewRequest(view="pipeline_freshness"), ViewRequest(view="observations")])) == [
        "pipeline_freshness"
    ]


def test_only_columns_that_are_read_are_materialized() -> None:
    """The columns that its readers name, in the order of the view; all of them where all are requested."""
    some = ViewRequest(view="campaign_engagement", columns=frozenset({"sent"}))

    kept = by_name([some, ViewRequest(view="daily_activity")])["machine_activity"].columns

    assert set(kept) < {column.name for column in columns("machine_activity")}
    assert {"contact_key", "link_id", "event_type", "campaign_id"} <= set(kept)
    assert by_name(EVERYTHING)["machine_activity"].columns == tuple(c.name for c in columns("machine_activity"))


def test_an_override_has_its_own_copy_of_what_depends_on_it_and_nothing_else() -> None:
    """What machines clicked is found once, whoever it counts for."""
    both = [ViewRequest(view="attribution_paths", override=override) for override in (HUMAN, RAW)]
    found = by_name(both)

    assert [each.name for each in both] == ["attribution_paths__human", "attribution_paths__raw"]
    assert {"attribution_touches__human", "attribution_touches__raw", "touch_observations"} <= found.keys()
    assert not {"attribution_touches", "touch_observations__raw"} & found.keys()
    assert found["attribution_touches__raw"].reads["attribution_parameters"] == "attribution_parameters__raw"
    assert ViewRequest(view="daily_activity", override=RAW).name == "daily_activity"


def test_what_a_dataset_has_stored_is_not_computed() -> None:
    """It is read where it is, and so nothing that only it reads is needed."""
    planned = {view.name: view for view in plan_views(EVERYTHING, stored={"touch_observations", "attribution"})}

    assert not planned.keys() & {"touch_observations", "attribution"}
    assert planned["attribution_touches"].reads["user_mapping"] == "user_mapping"
    assert "touch_observations" not in planned["attribution_touches"].reads
    assert "attribution_touches" not in {
        view.name for view in plan_views([ViewRequest(view="attribution_by_month")], stored={"attribution"})
    }


def test_what_is_stored_is_computed_where_an_override_changes_it() -> None:
    """The stored rows are those of the account's own choice; what the override does not change is read all the same."""
    stored = {"touch_observations", "attribution_touches", "attribution"}
    planned = {view.name for view in plan_views([ViewRequest(view="attribution_paths", override=RAW)], stored=stored)}

    assert "attribution_touches__raw" in planned
    assert not planned & stored


def test_a_dataset_has_stored_what_it_has_tables_for() -> None:
    """Only where it says for which moment; a table that takes the place of a view is its owner's."""
    tables = {"refreshes", "stored_touch_observations", "stored_of_another_version", "view_settings", "touches"}

    assert stored_among(tables) == {"touch_observations", "completeness"}
    assert stored_among(tables - {"refreshes"}) == frozenset()


def create_all(views: DuckDbSnapshot) -> None:
    """Create every view."""
    for view in plan_views(EVERYTHING):
        views.create(view)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbSnapshot]:
    """Give a snapshot of every view of a small account."""
    database = make_database(tmp_path_factory.mktemp("snapshot") / "sample.duckdb")
    with snapshot(database, dataset=DATASET) as views:
        create_all(views)
        yield views


@pytest.mark.parametrize("view", names())
def test_a_view_says_the_same_in_a_snapshot(view: str, taken: DuckDbSnapshot) -> None:
    """Every column of every row."""
    shown = ", ".join(f'"{column.name}"' for column in columns(view) if column.name not in MOVING)

    def rows(source: str) -> list[str]:
        return sorted(map(str, taken.query(f"SELECT {shown} FROM {source}").rows))

    assert rows(taken.source(view)) == rows(f"{DATASET}.{view}")
    assert (taken.source(view) == f"{DATASET}.{view}") == (view in READ_IN_PLACE)


def test_the_file_never_sees_a_snapshot(tmp_path: Path) -> None:
    """It stays as it is, to the byte, and nothing is left beside it."""
    database = make_database(tmp_path / "sample.duckdb")
    before = database.read_bytes()

    with snapshot(database, dataset=DATASET) as views:
        create_all(views)

    assert database.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["sample.duckdb"]


def test_a_file_of_an_earlier_version_is_to_be_synced_first(tmp_path: Path) -> None:
    """Its tables lack a column that the views read by now."""
    database = make_database(tmp_path / "sample.duckdb")
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"ALTER TABLE {DATASET}.contacts DROP COLUMN mpp_tracking")

    with snapshot(database, dataset=DATASET) as views, pytest.raises(SettingsError, match="run sendtrail sync once"):
        create_all(views)
