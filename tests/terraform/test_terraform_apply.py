"""Applied to nothing: schema-only providers say yes to every request, so these show terraform's own part only."""

import re

from tests.terraform.conftest import VARIABLES
from tests.terraform.workspace import Workspace

CHANGED = re.compile(r"# (\S+) (?:will be|must be) (?:updated|replaced)")


def test_applying_twice_changes_nothing(applied: Workspace) -> None:
    """A second apply finds nothing to do."""
    result = applied.run("plan", "-detailed-exitcode", *VARIABLES)

    assert result.status == 0, result.output
    assert "No changes" in result.output


def test_changed_code_is_deployed_and_nothing_else_touched(applied: Workspace) -> None:
    """New code of one function changes its object and the function."""
    (applied.root / "tests/bundles/before/dispatcher.zip").write_text("changed", encoding="utf-8")

    result = applied.run("plan", *VARIABLES)

    assert CHANGED.findall(result.output) == [
        'google_cloudfunctions2_function.function["dispatcher"]',
        'google_storage_bucket_object.bundle["dispatcher"]',
    ]


def test_a_second_account_touches_nothing_of_the_first(applied: Workspace) -> None:
    """Another account adds a secret, its readers and a connection; what looks at all accounts follows."""
    accounts = '-var=accounts={acme={api_url="https://acme.api-us1.com"},beta={api_url="https://beta.api-us1.com"}}'

    result = applied.run("plan", *VARIABLES, accounts)

    assert "Plan: 5 to add, 3 to change, 0 to destroy." in result.output
    assert CHANGED.findall(result.output) == [
        'google_cloudfunctions2_function.function["campaign_worker"]',
        'google_monitoring_alert_policy.alert["no_run"]',
        "google_monitoring_dashboard.dashboard",
    ]


def test_no_key_is_in_the_state(applied: Workspace) -> None:
    """The state holds secrets without versions: keys are added by hand."""
    resources = applied.run("state", "list").output

    assert 'google_secret_manager_secret.api_key["acme"]' in resources
    assert "google_secret_manager_secret_version" not in resources


def test_the_notice_of_an_older_state_is_moved(applied: Workspace) -> None:
    """An installation from before the notice was renamed keeps it: nothing is printed or destroyed when upgrading."""
    applied.run("state", "mv", "terraform_data.destroy_notice[0]", "terraform_data.kept[0]")

    result = applied.run("plan", *VARIABLES)

    assert "terraform_data.kept[0] has moved to terraform_data.destroy_notice[0]" in result.output
    assert "Plan: 0 to add, 0 to change, 0 to destroy." in result.output


def test_destroying_says_what_is_kept(applied: Workspace) -> None:
    """Whoever destroys is told which data stays, and how to remove that, too."""
    result = applied.run("destroy", "-auto-approve", *VARIABLES)

    assert "Kept: the BigQuery tables of marketing_ai" in result.output
    assert "protect_data = false" in result.output


def test_a_plan_that_tells_nobody_of_alerts_warns(applied: Workspace) -> None:
    """And it is no error: whoever only tries it out needs no channel."""
    result = applied.run("plan", *VARIABLES)
    told = applied.run(
        "plan", *VARIABLES, '-var=notification_channels=["projects/example-project/notificationChannels/1"]'
    )

    assert (result.status, told.status) == (0, 0)
    assert "alerts are raised in the console and nobody is told" in " ".join(result.output.split())
    assert "nobody is told" not in told.output
