"""The functions that are planned are those that the code has."""

from typing import get_args

import pytest

from sendtrail.domain.connection import DEFAULT_REQUESTS_PER_SECOND, DEFAULT_TIME_ZONE
from sendtrail.domain.messages import OrganizationId
from sendtrail.entrypoints.settings import PREFIX, FunctionSettings
from sendtrail.ports import Topic
from tests.terraform.plans import Plan
from tests.terraform.problems import access_problems, environment_problems, topic_problems
from tests.terraform.workspace import REPOSITORY

# The emulators' addresses have names of their own, and have to be unset in the cloud.
PARSED = {
    f"{PREFIX}{name.upper()}" for name, field in FunctionSettings.model_fields.items() if field.validation_alias is None
} | {"THREADS"}  # functions-framework's own

FUNCTIONS = {"dispatcher", "campaign_worker", "contacts_worker"}
ACCOUNTS = (REPOSITORY / "terraform" / "variables_accounts.tf").read_text(encoding="utf-8")


def test_every_topic_exists(plan: Plan) -> None:
    """Each topic that the code publishes to is made, and somebody may publish to it."""
    assert topic_problems(plan, [topic.value for topic in Topic]) == []


def test_functions_are_told_what_they_parse(plan: Plan) -> None:
    """Each variable that is set is one that the settings parse, and the reverse."""
    assert environment_problems(plan, parsed=PARSED, required=PARSED) == []


def test_what_functions_are_told_is_accepted(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings take the values that are set, which are the code's own defaults where nobody said otherwise."""
    settings = plan.by_key("google_cloudfunctions2_function", "function")["dispatcher"]["service_config"][0]
    for name, value in settings["environment_variables"].items():
        monkeypatch.setenv(name, value)

    told = FunctionSettings.read()

    defaults = FunctionSettings.read(location="us-central1", firestore_database="sendtrail")
    assert told.project_id == "example-project"
    assert told == defaults


def test_nobody_has_everything(plan: Plan) -> None:
    """No grant of any kind is to everybody or of a primitive role."""
    assert access_problems(plan) == []


def test_every_function_is_planned(plan: Plan) -> None:
    """There are three functions, each named after its folder."""
    assert plan.by_key("google_cloudfunctions2_function", "function").keys() == FUNCTIONS
    assert all((REPOSITORY / function).is_dir() for function in FUNCTIONS)


@pytest.mark.parametrize("kind", ["google_cloudfunctions2_function", "google_service_account"])
def test_names_hold_the_prefix(plan: Plan, kind: str) -> None:
    """Two installations can share a project: every name starts with this one's."""
    named = [resource.values.get("name") or resource.values["account_id"] for resource in plan.of(kind)]

    assert all(name.startswith("sendtrail-") for name in named)


def test_accounts_default_to_what_the_code_assumes() -> None:
    """An account's defaults are the same here and in the code."""
    assert f'time_zone           = optional(string, "{DEFAULT_TIME_ZONE}")' in ACCOUNTS
    assert f"requests_per_second = optional(number, {DEFAULT_REQUESTS_PER_SECOND:g})" in ACCOUNTS


def test_organizations_are_named_as_in_messages() -> None:
    """An organization id that terraform takes is one that the messages take."""
    (constraints,) = get_args(OrganizationId)[1:]

    assert f'regex("{constraints.pattern}", id)' in ACCOUNTS
