"""What can be wrong with a plan that HCL cannot say: each function returns a sentence for each problem."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.terraform.plans import Plan

# Google's own metrics that are charted or alerted on. https://cloud.google.com/monitoring/api/metrics_gcp
GOOGLE_SERIES = {
    "pubsub_googleapis_com:subscription_dead_letter_message_count",
    "pubsub_googleapis_com:subscription_num_undelivered_messages",
    "pubsub_googleapis_com:subscription_oldest_unacked_message_age",
    "run_googleapis_com:container_memory_utilizations_bucket",
    "run_googleapis_com:request_count",
    "run_googleapis_com:request_latencies_bucket",
}
# https://cloud.google.com/monitoring/promql/promql-mapping
_SERIES = re.compile(r"[a-z_]+_googleapis_com:[a-z0-9_]+")
_GROUPED_BY = re.compile(r"by \(([a-z_, ]+)\)")
_PRIMITIVE = {"roles/owner", "roles/editor", "roles/viewer"}
_EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
# What no configuration can set.
_ONLY_COMPUTED = {("google_bigquery_table", "location")}
_OF_GOOGLE = {"job_id", "le", "service_name", "subscription_id"}


def table_problems(plan: Plan, sql: Path) -> list[str]:
    """Compare the planned tables with the files that the code reads."""
    files = {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in sql.glob("*/table.json")}
    planned = plan.by_key("google_bigquery_table", "table")
    missing = [f"{name} is not planned" for name in sorted(files.keys() ^ planned.keys())]
    return missing + [
        f"{name}: {what} differs from sql/{name}/table.json"
        for name in sorted(files.keys() & planned.keys())
        for what, wanted, found in _facts(files[name], planned[name])
        if wanted != found
    ]


def _facts(file: Mapping[str, Any], planned: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    partitioning = file.get("timePartitioning", {})
    found: Mapping[str, Any] = next(iter(planned["time_partitioning"]), {})
    expiration = partitioning.get("expirationMs")
    yield "schema", file["schema"]["fields"], json.loads(planned["schema"])
    yield "description", file["description"], planned["description"]
    yield "clustering", file.get("clustering", {}).get("fields"), planned["clustering"]
    yield "partitioning", partitioning.get("type"), found.get("type")
    yield "partitioning column", partitioning.get("field"), found.get("field")
    yield "partition expiry", expiration and int(expiration), found.get("expiration_ms")


def access_problems(plan: Plan) -> list[str]:
    """Find grants to everybody, and roles that hold everything."""
    grants = [resource for resource in plan.resources if "_iam_" in resource.type]
    return [
        f"{grant.address} grants {grant.values['role']} to {grant.values['member']}"
        for grant in grants
        if grant.values["role"] in _PRIMITIVE or grant.values["member"] in _EVERYBODY
    ]


def provider_problems(plan: Plan) -> list[str]:
    """Find what is left to the provider's configuration, which a module does not have."""
    return [
        f"{resource.address} leaves its {place} to the provider"
        for resource in plan.resources
        for place in ("project", "region", "location")
        if place in resource.unknown and (resource.type, place) not in _ONLY_COMPUTED
    ]


def label_problems(plan: Plan, labels: Mapping[str, str]) -> list[str]:
    """Find resources that can have labels and lack one of these."""
    return [
        f"{resource.address} has the labels {resource.values['labels']}"
        for resource in plan.resources
        if "labels" in resource.values and not labels.items() <= (resource.values["labels"] or {}).items()
    ]


def environment_problems(plan: Plan, *, parsed: Collection[str], required: Collection[str]) -> list[str]:
    """Compare the variables set on each function with those that its settings parse, and those that they must have."""
    return [
        problem
        for function, values in plan.by_key("google_cloudfunctions2_function", "function").items()
        for problem in _of_function(
            function, values["service_config"][0]["environment_variables"] or {}, parsed, required
        )
    ]


def _of_function(
    function: str, variables: Collection[str], parsed: Collection[str], required: Collection[str]
) -> list[str]:
    unknown = [f"{function} is given {name}, which nothing parses" for name in sorted(set(variables) - set(parsed))]
    return unknown + [f"{function} is not given {name}" for name in sorted(set(required) - set(variables))]


def topic_problems(plan: Plan, topics: Collection[str]) -> list[str]:
    """Compare the planned topics, and what is granted on them, with those that the code publishes to."""
    planned = plan.by_key("google_pubsub_topic", "topic")
    granted = {str(key).split("/")[1] for key in plan.by_key("google_pubsub_topic_iam_member", "publisher")}
    return [f"the topic {topic} is not planned" for topic in sorted(set(topics) - planned.keys())] + [
        f"nobody may publish to {topic}" for topic in sorted(set(topics) - granted)
    ]


def metric_problems(plan: Plan) -> list[str]:
    """Find queries of the dashboard and the alerts that name a metric or a label that does not exist."""
    labels = dict(_our_series(plan))
    return [problem for where, query in queries(plan) for problem in _of_query(where, query, labels)]


def queries(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield each PromQL query with the chart or alert that it is of."""
    for dashboard in plan.of("google_monitoring_dashboard"):
        for widget in json.loads(dashboard.values["dashboard_json"])["gridLayout"]["widgets"]:
            for data in widget["xyChart"]["dataSets"]:
                yield widget["title"], data["timeSeriesQuery"]["prometheusQuery"]
    for alert in plan.of("google_monitoring_alert_policy"):
        condition = alert.values["conditions"][0]["condition_prometheus_query_language"][0]
        yield alert.values["display_name"], condition["query"]


def _our_series(plan: Plan) -> Iterator[tuple[str, set[str]]]:
    for metric in plan.of("google_logging_metric"):
        is_sum = metric.values["metric_descriptor"][0]["value_type"] == "DISTRIBUTION"
        name = f"logging_googleapis_com:user_{metric.values['name']}{'_sum' if is_sum else ''}"
        yield name, set(metric.values["label_extractors"])


def _of_query(where: str, query: str, labels: Mapping[str, set[str]]) -> list[str]:
    named = _SERIES.findall(query)
    unknown = [f"{where}: there is no metric {name}" for name in named if name not in labels.keys() | GOOGLE_SERIES]
    known = _OF_GOOGLE.union(*(labels.get(name, set()) for name in named))
    grouped = {label.strip() for group in _GROUPED_BY.findall(query) for label in group.split(",")}
    return unknown + [f"{where}: there is no label {label}" for label in sorted(grouped - known)]
