"""What is charted and alerted on exists."""

import json
import re

import pytest

from tests.terraform.plans import Plan, Values
from tests.terraform.problems import metric_problems, queries
from tests.terraform.workspace import REPOSITORY

CODE = ("sendtrail", "dispatcher", "campaign_worker", "contacts_worker")
_EVENT = re.compile(r'jsonPayload\.event="([a-z_]+)"')
_FIELD = re.compile(r"jsonPayload\.([a-z_]+)")


def test_queries_name_metrics_that_exist(plan: Plan) -> None:
    """Each metric of a chart or an alert is one of ours or of Google's, and so is each label that it is grouped by."""
    assert metric_problems(plan) == []


def test_every_metric_is_looked_at(plan: Plan) -> None:
    """No metric is made that neither a chart nor an alert shows."""
    asked = " ".join(query for _, query in queries(plan))

    assert [
        m.values["name"] for m in plan.of("google_logging_metric") if f":user_{m.values['name']}" not in asked
    ] == []


def test_extracted_labels_are_declared(plan: Plan) -> None:
    """A metric declares the labels that it extracts, or Google refuses it."""
    for metric in plan.of("google_logging_metric"):
        declared = {label["key"] for label in metric.values["metric_descriptor"][0]["labels"]}

        assert declared == set(metric.values["label_extractors"])


def test_what_is_counted_is_logged(plan: Plan) -> None:
    """Each event that a metric counts, and each field that it adds up or groups by, stands in the code."""
    texts = [file.read_text(encoding="utf-8") for folder in CODE for file in (REPOSITORY / folder).rglob("*.py")]
    named = {name for metric in plan.of("google_logging_metric") for name in _names(metric.values)}

    assert [name for name in sorted(named) if not any(re.search(rf"\b{name}\b", text) for text in texts)] == []


def _names(metric: Values) -> set[str]:
    extracted = f"{metric['value_extractor']} {metric['label_extractors'].values()}"
    return {*_EVENT.findall(metric["filter"]), *_FIELD.findall(extracted)}


@pytest.mark.parametrize(
    "subject",
    ["Activities", "Campaigns", "429s", "budget", "oldest waiting message", "latency", "Memory", "Bytes billed"],
)
def test_dashboard_shows(plan: Plan, subject: str) -> None:
    """The dashboard has a chart for each thing that an operator asks about."""
    (dashboard,) = plan.of("google_monitoring_dashboard")
    titles = [widget["title"] for widget in json.loads(dashboard.values["dashboard_json"])["gridLayout"]["widgets"]]

    assert any(subject in title for title in titles)


@pytest.mark.parametrize(
    "alert",
    [
        "dead_letters",
        "failures",
        "oldest_message",
        "run_unfinished",
        "no_run",
        "scheduler_failed",
        "dispatcher_failed",
        "throttled",
        "bytes_billed",
    ],
)
def test_alerts_say_what_to_do(plan: Plan, alert: str) -> None:
    """Each trouble has an alert with advice."""
    policy = plan.by_key("google_monitoring_alert_policy", "alert")[alert]

    assert policy["documentation"][0]["content"]
    assert policy["alert_strategy"]
