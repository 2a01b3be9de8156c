"""Views that are read together: which are kept, what of them, and that each says what it says when read alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sendtrail.local.duckdb_snapshot import DuckDbSnapshot, snapshot
from sendtrail.report.figures import Counting
from sendtrail.report.queries import COUNTINGS
from sendtrail.warehouse.view_snapshot import PlannedView, ViewRequest, parts
from sendtrail.warehouse.views import PASSED_THROUGH, columns, names
from tests.report.samples import make_database

DATASET = "marketing_ai"
HUMAN, RAW = COUNTINGS[Counting.HUMAN], COUNTINGS[Counting.RAW]
EVERYTHING = [ViewRequest(view=view) for view in names()]
# What is told in hours before the present moves while it is read.
MOVING = {"as_of", "hours_since_sync", "account_hours_since_sync"}


def by_name(wanted: list[ViewRequest]) -> dict[str, PlannedView]:
    """Return the parts of a snapshot by their names."""
    return {part.name: part for part in parts(wanted)}


def test_a_part_comes_after_those_that_it_reads() -> None:
    """So that each can be made in turn."""
    order = [part.name for part in parts(EVERYTHING)]

    assert all(order.index(read) < order.index(part.name) for part in parts(EVERYTHING) for read in part.reads.values())


def test_a_view_that_several_read_is_kept() -> None:
    """One that is read once is computed by its reader; one that reads another twice is two readers."""
    kept = {
        part.name: part.is_kept for part in parts([ViewRequest(view="completeness"), ViewRequest(view="user_mapping")])
    }

    assert kept["contact_addresses"]
    assert not any(kept[view] for view in ("completeness", "user_mapping", "reduced_touches", "campaign_engagement"))


def test_what_is_wanted_itself_is_a_reader() -> None:
    """Its rows are asked for, and so are those of the view that reads it."""
    assert by_name([ViewRequest(view="completeness"), ViewRequest(view="campaign_engagement")])[
        "campaign_engagement"
    ].is_kept


def test_what_nobody_wants_is_not_made() -> None:
    """Neither a view, nor one that is as cheap to read as a table."""
    assert list(by_name([ViewRequest(view="pipeline_freshness"), ViewRequest(view="observations")])) == [
        "pipeline_freshness"
    ]


def test_of_a_kept_view_what_is_read_is_kept() -> None:
    """The columns that its readers name, in the order of the view; all of them where all are wanted."""
    wanted = [ViewRequest(view="campaign_engagement", columns=frozenset({"sent"})), ViewRequest(view="daily_activity")]

    kept = by_name(wanted)["machine_activity"].columns

    assert set(kept) < {column.name for column in columns("machine_activity")}
    assert {"contact_key", "link_id", "event_type", "campaign_id"} <= set(kept)
    assert by_name(EVERYTHING)["machine_activity"].columns == tuple(c.name for c in columns("machine_activity"))


def test_a_variant_has_its_own_of_what_depends_on_it_and_nothing_else() -> None:
    """What machines clicked is found once, whoever it counts for."""
    both = [ViewRequest(view="attribution_paths", variant=variant) for variant in (HUMAN, RAW)]
    found = by_name(both)

    assert [each.name for each in both] == ["attribution_paths__human", "attribution_paths__raw"]
    assert {"attribution_touches__human", "attribution_touches__raw", "reduced_touches"} <= found.keys()
    assert not {"attribution_touches", "reduced_touches__raw"} & found.keys()
    assert found["attribution_touches__raw"].reads["attribution_parameters"] == "attribution_parameters__raw"
    assert ViewRequest(view="daily_activity", variant=RAW).name == "daily_activity"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbSnapshot]:
    """Give a snapshot of every view of a small account."""
    database = make_database(tmp_path_factory.mktemp("snapshot") / "sample.duckdb")
    with snapshot(database, dataset=DATASET) as views:
        for part in parts(EVERYTHING):
            views.make(part)
        yield views


@pytest.mark.parametrize("view", names())
def test_a_view_says_the_same_in_a_snapshot(view: str, taken: DuckDbSnapshot) -> None:
    """Every column of every row."""
    shown = ", ".join(f'"{column.name}"' for column in columns(view) if column.name not in MOVING)

    def rows(source: str) -> list[str]:
        return sorted(map(str, taken.query(f"SELECT {shown} FROM {source}").rows))

    assert rows(taken.source(view)) == rows(f"{DATASET}.{view}")
    assert (taken.source(view) == f"{DATASET}.{view}") == (view in PASSED_THROUGH)


def test_the_file_never_sees_a_snapshot(tmp_path: Path) -> None:
    """It stays as it is, to the byte, and nothing is left beside it."""
    database = make_database(tmp_path / "sample.duckdb")
    before = database.read_bytes()

    with snapshot(database, dataset=DATASET) as views:
        for part in parts(EVERYTHING):
            views.make(part)

    assert database.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["sample.duckdb"]
