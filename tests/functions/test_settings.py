"""The settings of the functions, from an environment."""

import pytest

from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.errors import SettingsError
from sendtrail.ports import Topic


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment that names the project and nothing else."""
    for name in ("BIGQUERY_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SENDTRAIL_PROJECT_ID", "my-project")
    return monkeypatch


def test_a_project_is_enough() -> None:
    """Everything else has a default that works."""
    settings = FunctionSettings.read()

    assert settings.topics[Topic.CAMPAIGNS] == "projects/my-project/topics/sendtrail-campaigns"
    assert (settings.datasets.tables, settings.datasets.staging) == ("marketing_ai", "marketing_ai_staging")
    assert settings.time_budget_s < settings.job_deadline_s < 540
    assert (settings.bigquery_endpoint, settings.firestore_emulator_host) == (None, None)


def test_every_problem_is_told_at_once_by_the_name_of_its_variable(environment: pytest.MonkeyPatch) -> None:
    """A deployment is mended in one go."""
    environment.delenv("SENDTRAIL_PROJECT_ID")
    environment.setenv("SENDTRAIL_TIME_BUDGET_S", "soon")
    environment.setenv("SENDTRAIL_DATASET", "marketing-ai")

    with pytest.raises(SettingsError) as raised:
        FunctionSettings.read()

    names = sorted(problem.split(": ")[0] for problem in raised.value.problems)
    assert names == ["SENDTRAIL_DATASET", "SENDTRAIL_PROJECT_ID", "SENDTRAIL_TIME_BUDGET_S"]


def test_an_empty_variable_is_none() -> None:
    """Terraform sets what it has no value for to nothing."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SENDTRAIL_LOOKBACK_DAYS", "")
        assert FunctionSettings.read().lookback_days == 7


@pytest.mark.parametrize("host", ["127.0.0.1:9050", "http://127.0.0.1:9050"])
def test_an_emulator_is_reached_where_its_variable_says(environment: pytest.MonkeyPatch, host: str) -> None:
    """With or without a scheme."""
    environment.setenv("BIGQUERY_EMULATOR_HOST", host)

    assert FunctionSettings.read().bigquery_endpoint == "http://127.0.0.1:9050"


def test_a_hand_over_fits_between_the_budget_and_the_end(environment: pytest.MonkeyPatch) -> None:
    """A worker that reads until its jobs have no time left would never merge anything."""
    environment.setenv("SENDTRAIL_TIME_BUDGET_S", "530")

    with pytest.raises(SettingsError, match="SENDTRAIL_JOB_DEADLINE_S"):
        FunctionSettings.read()
