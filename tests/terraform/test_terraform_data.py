"""The warehouse that is planned is the one that the code writes to."""

import json
from pathlib import Path

from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN
from sendtrail.warehouse.views import columns, names, references
from tests.terraform.plans import Plan, plan_of
from tests.terraform.problems import table_problems
from tests.terraform.workspace import REPOSITORY, Workspace


def test_tables_are_those_of_the_code(plan: Plan) -> None:
    """Schemas, partitions and clusters equal the files in sql/, which the adapters read too."""
    assert table_problems(plan, REPOSITORY / "sql") == []


# A person fills these, not a function.
OF_THE_CUSTOMER = {Table.CONVERSIONS, Table.USERS, Table.ATTRIBUTION_SETTINGS}


def test_every_table_has_one_writer(plan: Plan) -> None:
    """Each table that functions merge rows into is granted to one of them."""
    granted = [values["table_id"] for values in plan.by_key("google_bigquery_table_iam_member", "merge").values()]

    assert sorted(granted) == sorted(set(Table) - OF_THE_CUSTOMER)


def test_working_table_is_staged(plan: Plan) -> None:
    """The contacts that a sync has seen are stored where the code looks for them: in the staging dataset."""
    tables = plan.by_key("google_bigquery_table", "table")

    assert [name for name, values in tables.items() if values["dataset_id"] == "marketing_ai_staging"] == [
        CONTACTS_SEEN
    ]


def test_views_wait_for_those_they_read(workspace: Workspace, tmp_path: Path) -> None:
    """A view added to sql/ is planned, in the layer above the views that it reads."""
    changed = workspace.copy(tmp_path / "changed")
    changed.add_view("opens", "-- One row is an open.\nSELECT 1 FROM `${dataset}`.`email_activities`")
    changed.add_view("open_counts", "-- One row is a count.\nSELECT 1 FROM `${dataset}`.`opens`")

    views = {r.address: r for r in plan_of(changed).of("google_bigquery_table") if r.name == "view"}

    assert 'module.views.module.views_0.google_bigquery_table.view["opens"]' in views
    counts = views['module.views.module.views_1.google_bigquery_table.view["open_counts"]']
    assert counts.values["view"][0]["query"].endswith("FROM `example-project`.`marketing_ai`.`opens`")
    assert counts.values["description"] == "One row is a count."


def test_every_view_is_planned_above_those_it_reads_with_its_columns_described(plan: Plan) -> None:
    """The files in sql/ are all there is to write."""
    planned = {r.key: r for r in plan.of("google_bigquery_table") if r.name == "view"}
    layers = {name: int(r.address.partition("module.views_")[2].partition(".")[0]) for name, r in planned.items()}

    assert planned.keys() == set(names())
    for name in names():
        assert all(layers[other] < layers[name] for other in references(name) if other in layers)
        described = json.loads(planned[name].values["schema"])
        assert [column["name"] for column in described] == [column.name for column in columns(name)]
