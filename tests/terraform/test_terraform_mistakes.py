"""The checks notice: mistakes planted in a copy of the configuration."""

from pathlib import Path

import pytest

from sendtrail.ports import Topic
from tests.terraform.plans import Plan, plan_of
from tests.terraform.problems import (
    access_problems,
    environment_problems,
    label_problems,
    metric_problems,
    provider_problems,
    table_problems,
    topic_problems,
)
from tests.terraform.test_terraform_functions import PARSED
from tests.terraform.workspace import REPOSITORY, Result, Workspace

# What is changed in terraform/, and the sentence of `terraform test` that says so.
BROKEN_PROMISES = [
    (
        "subscriptions.tf",
        "ack_deadline_seconds       = 600",
        "ack_deadline_seconds       = 60",
        "A push may last 600 s",
    ),
    ("subscriptions.tf", "max_delivery_attempts = 100", "max_delivery_attempts = 5", "delivered at least 50 times"),
    ("subscriptions.tf", 'ttl = ""', 'ttl = "2678400s"', "No subscription expires"),
    (
        "subscriptions.tf",
        "message_retention     = ",
        'message_retention = "86400s" #',
        "Every topic keeps its messages",
    ),
    ("scheduler.tf", '"Etc/UTC"', '"America/Chicago"', "Schedules are in UTC"),
    ("bigquery.tf", "deletion_protection      = var.protect_data", "deletion_protection = false", "are protected"),
    (
        "functions.tf",
        "= local.function_emails[each.key]",
        '= local.function_emails["dispatcher"]',
        "a service account of its own",
    ),
    ("functions.tf", "roles/run.invoker", "roles/editor", "nobody has a primitive role"),
    ("storage.tf", "-${filesha256(local.bundle_paths[each.key])}", "", "contains the hash of its content"),
]
# What is changed, and the words with which terraform itself refuses it.
REFUSED = [
    ("subscriptions.tf", "ack_deadline_seconds ", "ack_deadline_second ", "Unsupported argument"),
    (
        "topics.tf",
        "google_pubsub_topic.topic[each.value.topic].name",
        "google_pubsub_topic.topics.name",
        "not been declared",
    ),
    ("firestore.tf", "FIRESTORE_NATIVE", "NATIVE", "FIRESTORE_NATIVE"),
]


@pytest.fixture
def changed(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a workspace to plant mistakes in."""
    return workspace.copy(tmp_path / "changed")


@pytest.fixture(scope="module")
def tested(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Return what `terraform test` says to all broken promises at once."""
    broken = workspace.copy(tmp_path_factory.mktemp("mistakes") / "broken")
    for file, before, after, _ in BROKEN_PROMISES:
        broken.replace(f"terraform/{file}", before, after)
    return broken.run("test", "-no-color", "-filter=tests/promises.tftest.hcl", "-filter=tests/code.tftest.hcl")


@pytest.mark.parametrize("sentence", [sentence for *_, sentence in BROKEN_PROMISES])
def test_a_broken_promise_is_noticed(tested: Result, sentence: str) -> None:
    """`terraform test` fails and says which promise is broken."""
    assert tested.status != 0
    assert sentence in tested.output


@pytest.mark.parametrize("mistake", REFUSED)
def test_nonsense_is_refused(changed: Workspace, mistake: tuple[str, str, str, str]) -> None:
    """A misspelt argument, a reference to nothing and an unknown value do not validate."""
    file, before, after, words = mistake
    changed.replace(f"terraform/{file}", before, after)

    result = changed.run("validate", "-no-color")

    assert result.status != 0
    assert words in result.output


def test_a_changed_schema_is_noticed(changed: Workspace) -> None:
    """A column that differs from the code's own file is a problem."""
    changed.replace("sql/campaigns/table.json", '"campaign_name"', '"name"')

    assert table_problems(plan_of(changed), REPOSITORY / "sql") == [
        "campaigns: schema differs from sql/campaigns/table.json"
    ]


def test_a_missing_table_is_noticed(changed: Workspace) -> None:
    """A table that terraform does not find is a problem."""
    (changed.folder / "sql/contacts_seen/table.json").unlink()

    assert table_problems(plan_of(changed), REPOSITORY / "sql") == ["contacts_seen is not planned"]


def test_a_misspelt_metric_is_noticed(changed: Workspace) -> None:
    """A chart of a metric that does not exist is a problem, and so is a label that no metric of the chart has."""
    changed.replace("terraform/dashboard.tf", "_unacked_message_age", "_unacked_age")
    changed.replace("terraform/dashboard.tf", "sum by (event_type)", "sum by (kind)")

    misspelt = "pubsub_googleapis_com:subscription_oldest_unacked_age"

    problems = metric_problems(plan_of(changed))

    assert problems == [
        "Activities per hour, by type: there is no label kind",
        f"Age of the oldest waiting message, in seconds: there is no metric {misspelt}",
    ]


def test_a_missing_topic_is_noticed(plan: Plan) -> None:
    """A topic that the code has and terraform has not is a problem."""
    problems = topic_problems(plan, [*(topic.value for topic in Topic), "surveys"])

    assert problems == ["the topic surveys is not planned", "nobody may publish to surveys"]


def test_a_misspelt_variable_is_noticed(changed: Workspace) -> None:
    """A variable that no setting parses is a problem, and so is the one that is missing for it."""
    changed.replace("terraform/functions.tf", "SENDTRAIL_LOCATION ", "SENDTRAIL_LOCATIONS ")

    problems = environment_problems(plan_of(changed), parsed=PARSED, required=PARSED)

    assert "campaign_worker is given SENDTRAIL_LOCATIONS, which nothing parses" in problems
    assert "campaign_worker is not given SENDTRAIL_LOCATION" in problems


def test_a_resource_without_project_and_labels_is_noticed(changed: Workspace) -> None:
    """A resource that only a provider block could complete is a problem."""
    changed.replace("terraform/secrets.tf", "project   = var.project_id", "")
    changed.replace("terraform/secrets.tf", "labels    = local.labels", "")

    plan = plan_of(changed)

    secret = 'google_secret_manager_secret.api_key["acme"]'
    assert f"{secret} leaves its project to the provider" in provider_problems(plan)
    assert f"{secret} has the labels None" in label_problems(plan, {"app": "sendtrail"})


def test_a_public_function_is_noticed(changed: Workspace) -> None:
    """A function that everybody may call is a problem."""
    changed.replace("terraform/functions.tf", '"serviceAccount:${local.push_email}"', '"allUsers"')

    problems = access_problems(plan_of(changed))

    assert [problem.split(" grants ")[1] for problem in problems] == ["roles/run.invoker to allUsers"] * 2
