"""The Python API, as a program uses it, on a simulated account."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

import sendtrail
from sendtrail import api
from sendtrail.cli.demo.truth import account_activities
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.simulator import Account, Network, Plan, TruthRow, serve
from tests.fakes import FakeClock


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def simulated() -> Account:
    """Give a simulated account."""
    return Account(seed=3, plan=Plan(campaigns=8, openers=60), network=Network(rate=0))


@pytest.fixture
def url(simulated: Account) -> Iterator[str]:
    """Serve it."""
    with serve(simulated) as running:
        yield running.url


@pytest.fixture
def account(simulated: Account, url: str) -> Iterator[sendtrail.Account]:
    """Give it as a program sees it."""
    with sendtrail.Account(api_url=url, api_key=simulated.api_key, clock=FakeClock()) as opened:
        yield opened


def as_truth(activity: sendtrail.Activity) -> TruthRow:
    """Return an activity as the simulator describes it."""
    values = asdict(activity)
    return TruthRow(**{name: values[name] for name in TruthRow.__annotations__} | {"detail": values["detail"] or {}})


def test_every_activity_of_an_account_is_read(account: sendtrail.Account, simulated: Account) -> None:
    """Of every kind, as typed values."""
    read = [activity for campaign in account.campaigns() for activity in account.activities(campaign)]

    assert {activity.event_type for activity in read} == set(sendtrail.EventType)
    assert set(account_activities(map(as_truth, read))) == set(account_activities(simulated.truth()))
    assert len({sendtrail.activity_id("main", activity) for activity in read}) == len(read)


def test_what_is_older_is_left_out(account: sendtrail.Account) -> None:
    """`since` is a moment, not a page."""
    campaign = max(account.campaigns(), key=lambda each: each.counters["opens"])
    everything = list(account.activities(campaign))
    middle = sorted(activity.activity_timestamp for activity in everything)[len(everything) // 2]

    recent = list(account.activities(campaign, since=middle))

    assert 0 < len(recent) < len(everything)
    assert min(each.activity_timestamp + timedelta(days=each.day_only) for each in recent) >= middle


def test_reports_whose_counters_have_not_changed_are_not_requested(
    account: sendtrail.Account, simulated: Account
) -> None:
    """A program that stores the counters reads only what changed."""
    seen = {campaign.campaign_id: campaign.counters for campaign in account.campaigns()}
    before = simulated.stats().requests

    read = [
        activity
        for campaign in account.campaigns()
        for activity in account.activities(campaign, seen=seen[campaign.campaign_id])
    ]

    assert read == []
    assert simulated.stats().requests == before + 1


def test_contacts_are_read_in_the_order_of_their_ids(account: sendtrail.Account, simulated: Account) -> None:
    """From any of them on."""
    contacts = list(account.contacts())
    ids = [contact.contact_id for contact in contacts]

    assert sorted(contact.email for contact in contacts) == sorted(each.email for each in simulated.contacts_truth())
    assert ids == sorted(ids)
    assert [contact.contact_id for contact in account.contacts(after=ids[2])] == ids[3:]


def test_an_account_is_synced_into_a_file(simulated: Account, url: str, tmp_path: Path) -> None:
    """Its result says what was read; a second one finds nothing new."""
    arguments: api.AccountArguments = {"api_url": url, "api_key": simulated.api_key, "requests_per_second": 1000}

    first = sendtrail.sync_to_duckdb(**arguments, all=True, database=tmp_path / "mail.duckdb")
    second = sendtrail.sync_to_duckdb(**arguments, database=tmp_path / "mail.duckdb")

    with duckdb.connect(tmp_path / "mail.duckdb", read_only=True) as connection:
        stored = connection.execute("SELECT COUNT(*) FROM marketing_ai.email_activities").fetchone()
    assert stored == (first.activities_new,)
    assert first.activities_new == sum(first.activities_read.values()) > 0
    assert (second.activities_new, second.failures) == (0, ())


def test_a_wrong_key_is_an_error_of_its_own(url: str) -> None:
    """A program can tell it from an account that does not answer."""
    account = sendtrail.Account(api_url=url, api_key="wrong", clock=FakeClock())

    with account, pytest.raises(sendtrail.KeyRefused):
        list(account.campaigns())


def test_every_wrong_argument_is_named_at_once() -> None:
    """By the argument's name."""
    with pytest.raises(sendtrail.SettingsError) as raised:
        sendtrail.Account(api_url="acme.com", api_key="key", time_zone="Mars")

    assert [problem.split(":")[0] for problem in raised.value.problems] == ["api_url", "time_zone"]


def test_each_argument_is_a_setting() -> None:
    """None is accepted and then ignored."""
    assert api.SyncArguments.__annotations__.keys() <= SyncSettings.model_fields.keys()


def test_the_names_of_the_package_are_those_of_its_api() -> None:
    """Listed once for whoever reads the package, once for whoever reads the module."""
    assert sorted(sendtrail.__all__) == sorted([*api.__all__, "__version__"])
    assert all(getattr(sendtrail, name) for name in sendtrail.__all__)


def test_importing_the_package_imports_nothing_else() -> None:
    """The functions import it at every cold start."""
    script = "import sys, sendtrail; print({*sys.modules} - {*sys.stdlib_module_names})"

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert "'sendtrail'" in printed
    assert not [name for name in ("sendtrail.", "pydantic", "requests", "duckdb", "typer") if f"'{name}" in printed]
