"""Stored views: another dataset with all views and tables, of which some hold the rows of one moment."""

import json
import re

import pytest

from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import definition
from sendtrail.warehouse.views import ALWAYS_CURRENT, columns, names, references
from tests.terraform.plans import Plan, plan_of
from tests.terraform.workspace import Workspace

STORED = {"attribution", "attribution_touches", "campaigns_current", "contact_addresses", "touch_observations"}
BY_MONTH = {"attribution", "attribution_touches", "touch_observations"}
INTO = re.compile(r"INSERT INTO `example-project`\.`marketing_ai_stored`\.`(?:stored_)?(\w+)`")


def test_none_is_stored_unless_asked_for(plan: Plan) -> None:
    """Who does not ask for it gets no dataset, no schedule, no account, no right and no API."""
    assert not [r for r in plan.resources if "stored" in r.address or "refresh" in r.address]
    assert "bigquerydatatransfer.googleapis.com" not in plan.by_key("google_project_service", "api")


def test_everything_has_the_name_that_it_has_beside(plan_with_stored_views: Plan) -> None:
    """A query runs in either dataset: each has the same tables and views."""
    tables = plan_with_stored_views.of("google_bigquery_table")
    made = {r.values["table_id"] for r in tables if r.values["dataset_id"] == "marketing_ai_stored"}

    assert made == {*names(), *Table, "refreshes", *(f"stored_{view}" for view in STORED)} - {"contacts_seen"}


def test_what_is_stored_has_the_columns_of_its_view(plan_with_stored_views: Plan) -> None:
    """A stored view is read from a table, clustered by account and where it has many rows partitioned by month."""
    tables = plan_with_stored_views.by_key("google_bigquery_table", "stored")

    assert tables.keys() == STORED
    views = {
        r.key: r.values["view"][0]["query"]
        for r in plan_with_stored_views.of("google_bigquery_table")
        if _is_stored_view(r.address)
    }
    for name, values in tables.items():
        assert f"\nSELECT * FROM `example-project`.`marketing_ai_stored`.`stored_{name}`\nWHERE " in views[name]
        assert [column["name"] for column in json.loads(values["schema"])] == [each.name for each in columns(name)]
        assert values["clustering"][0] == "organization_id"
        assert [each["type"] for each in values["time_partitioning"]] == ["MONTH"] * (name in BY_MONTH)


def test_lists_stay_lists(plan_with_stored_views: Plan) -> None:
    """BigQuery takes no other mode for what a query returns; only a value that is never missing may be."""
    planned = {
        r.values["table_id"]: {column["name"]: column["mode"] for column in json.loads(r.values["schema"])}
        for r in plan_with_stored_views.of("google_bigquery_table")
        if _is_stored_view(r.address)
    }

    for name, modes in planned.items():
        known = columns(name) if name in names() else definition(name).columns
        assert modes == {each.name: "REPEATED" if each.mode == "REPEATED" else "NULLABLE" for each in known}, name
    assert planned["contacts"]["tags"] == planned["contact_engagement"]["lists"] == "REPEATED"


def test_a_view_with_lists_may_be_stored(workspace: Workspace) -> None:
    """Its table has them, too."""
    plan = plan_of(workspace, '-var=stored_views={views=["contact_engagement"]}')

    schema = json.loads(plan.by_key("google_bigquery_table", "stored")["contact_engagement"]["schema"])
    assert {column["mode"] for column in schema if column["name"] in {"tags", "lists"}} == {"REPEATED"}


def test_the_others_are_the_same_queries_over_what_is_stored(plan_with_stored_views: Plan) -> None:
    """They read this dataset alone; only tables, and what compares with counters of now, are read where they are."""
    views = {
        r.key: r.values["view"][0]["query"]
        for r in plan_with_stored_views.of("google_bigquery_table")
        if _is_stored_view(r.address)
    }

    elsewhere = {name for name, query in views.items() if "`marketing_ai`" in query}
    assert elsewhere == {*Table, *ALWAYS_CURRENT} - {"contacts_seen"}
    assert views["email_activities"].endswith(
        "WHERE created_at <= (SELECT MAX(as_of) FROM `example-project`.`marketing_ai_stored`.`refreshes`)"
    )
    assert "`example-project`.`marketing_ai_stored`.`touch_observations`" in views["daily_activity"]


def test_views_beside_stored_ones_wait_for_those_they_read(plan_with_stored_views: Plan) -> None:
    """A view is in a layer above those that it reads; one that is stored reads none."""
    layers = {
        r.key: int(r.address.partition("module.views_")[2].partition(".")[0])
        for r in plan_with_stored_views.of("google_bigquery_table")
        if r.address.startswith("module.stored_views.")
    }

    for name, layer in layers.items():
        reads = () if name in STORED else references(str(name))
        assert all(layers[other] < layer for other in reads if other in layers)


def test_they_are_renewed_all_or_none_each_after_those_it_reads(plan_with_stored_views: Plan) -> None:
    """One transaction: first the moment, then each view from those before it."""
    script = _script(plan_with_stored_views)
    order = INTO.findall(script)

    assert set(order[1:]) == STORED
    assert order[0] == "refreshes"
    assert all(order.index(read) < order.index(view) for view in STORED for read in {*references(view)} & STORED)
    assert script.count("BEGIN TRANSACTION;") == script.count("COMMIT TRANSACTION;") == 1
    assert re.findall(r"TRUNCATE TABLE `example-project`\.`marketing_ai_stored`\.`stored_(\w+)`", script) == order[1:]
    assert "`marketing_ai`" not in script


def test_whoever_renews_them_changes_nothing_else(plan_with_stored_views: Plan) -> None:
    """The schedule runs as an account that may read the data and write into the dataset beside it."""
    rights = plan_with_stored_views.by_key("google_bigquery_dataset_iam_member", "refresh")

    assert {key: values["role"] for key, values in rights.items()} == {
        "marketing_ai": "roles/bigquery.dataViewer",
        "marketing_ai_stored": "roles/bigquery.dataEditor",
    }
    (config,) = plan_with_stored_views.of("google_bigquery_data_transfer_config")
    assert (config.values["data_source_id"], config.values["schedule"]) == ("scheduled_query", "every day 04:30")
    (agent,) = [r for r in plan_with_stored_views.of("google_service_account_iam_member") if r.name == "refresh"]
    assert agent.values["member"].startswith("serviceAccount:service-123456789012@gcp-sa-bigquerydatatransfer.")
    assert "bigquerydatatransfer.googleapis.com" in plan_with_stored_views.by_key("google_project_service", "api")


def test_readers_may_read_both(plan_with_stored_views: Plan) -> None:
    """Tables are read where they are, with the rights of whoever asks."""
    assert list(plan_with_stored_views.by_key("google_bigquery_dataset_iam_member", "stored_reader")) == [
        "group:analysts@example.com"
    ]


def test_any_view_may_be_stored(workspace: Workspace) -> None:
    """Each choice has its layers, also one that leaves the heavy views as they are."""
    plan = plan_of(workspace, '-var=stored_views={at="23:59",views=["daily_activity","campaign_engagement"]}')

    assert INTO.findall(_script(plan)) == ["refreshes", "campaign_engagement", "daily_activity"]
    assert set(plan.by_key("google_bigquery_table", "stored")) == {"daily_activity", "campaign_engagement"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('{at="25:00"}', "must be a time of day"),
        ('{views=["touchpoints"]}', "must be names of views: attribution, "),
        ('{views=["completeness"]}', "must be names of views"),
        ('{views=["view_settings"]}', "must be names of views"),
        ('{views=["pipeline_freshness"]}', "must be names of views"),
        ("{views=[]}", "leave stored_views out"),
    ],
)
def test_what_cannot_be_stored_is_refused(workspace: Workspace, value: str, words: str) -> None:
    """A plan says what may stand there."""
    with pytest.raises(ValueError, match=words):
        plan_of(workspace, f"-var=stored_views={value}")


def _script(plan: Plan) -> str:
    (config,) = plan.of("google_bigquery_data_transfer_config")
    return str(config.values["params"]["query"])


def _is_stored_view(address: str) -> bool:
    return address.startswith(("module.stored_views.", "module.stored_sources."))
