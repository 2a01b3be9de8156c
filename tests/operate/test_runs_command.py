"""`sendtrail runs`, on a file and on Firestore; and what a run on this machine stores of itself."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sendtrail.cli.operate.runs_command import outcome
from sendtrail.delivery.checkpoint import Lease, Status
from sendtrail.ports import State
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, run_path, to_document
from sendtrail.sync.forecast import Forecast
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.run_history import PastRun, past_runs
from sendtrail.sync.runs.stored_run import DISPATCH_LEASE, Run, Summary, store_figures
from tests.fakes import NOON, MemoryState
from tests.operate.conftest import MakePlace, put
from tests.sync.checkpoints import a_checkpoint

FIGURES = RunFigures(
    ended_at=NOON, seconds=12.5, requests=120, contacts_requests=10, refused=1, activities_read=900, activities_new=800,
    contacts_read=3, contacts_changed=2, unreadable_rows=0, failures=0, interrupted=False,
)  # fmt: skip
SUMMARY = Summary(
    run_id="run1", organization_id="acme", campaigns=250, due=2, published=3, forecast=Forecast(requests=105)
)


def a_run(*, hours: int, **fields: object) -> Run:
    """Return a run of acme that began so many hours after noon."""
    lease = NOON + timedelta(hours=hours) + DISPATCH_LEASE
    given = {"expires_at": NOON, "leases": {"acme": lease}, "summaries": {}, **fields}
    return Run(**given)  # type: ignore[arg-type]


def fill(state: State) -> None:
    """Store three runs: one that came to its end, one that could not list the campaigns, and another account's."""
    put(state, run_path("run1"), to_document(a_run(hours=0, summaries={"acme": SUMMARY})))
    put(state, run_path("run2"), to_document(a_run(hours=1)))
    put(state, run_path("run3"), to_document(a_run(hours=2, leases={"globex": NOON})))
    put(state, run_path("run4"), {"leases": "spoilt"})
    store_figures("run1", "acme", FIGURES, state)


def test_the_latest_runs_come_first(make_place: MakePlace) -> None:
    """Of all accounts or of one; a document that cannot be read costs itself."""
    place = make_place("acme", "globex")
    place.reading(fill)

    # What is logged of the spoilt one is on stderr, where another test had logs printed.
    words = place.run("runs").stdout
    found = json.loads(place.run("runs", "--json", "--organization", "acme").stdout)
    latest = json.loads(place.run("runs", "--json", "--last", "1").stdout)

    assert [line.partition(" UTC  ")[2] for line in words.splitlines()] == [
        "acme  not dispatched",
        "acme  complete: 2 due, 120 requests (110 without contacts, 108 expected), 1 answer 429, 800 new rows, 12.5 s",
        "globex  not dispatched",
    ]
    assert [(each["run_id"], each["outcome"], each["forecast_error"]) for each in found] == [
        ("run2", "not dispatched", None),
        ("run1", "complete", 2),
    ]
    assert found[1]["figures"]["refused"] == 1
    assert [each["run_id"] for each in latest] == ["run2"]


def test_a_narrow_terminal_cuts_nothing(make_place: MakePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are wrapped between words."""
    place = make_place("acme")
    place.reading(fill)
    wide = place.run("runs").stdout
    monkeypatch.setenv("COLUMNS", "60")

    narrow = place.run("runs").stdout

    assert max(map(len, narrow.splitlines())) <= 60 < max(map(len, wide.splitlines()))
    assert narrow.split() == wide.split()


def test_an_account_without_a_run(make_place: MakePlace) -> None:
    """It is said."""
    assert "There was no run yet" in make_place("acme").say("runs")


def test_a_document_of_a_version_before_can_be_read(make_place: MakePlace) -> None:
    """It has no figures."""
    place = make_place("acme")
    document = to_document(a_run(hours=0, summaries={"acme": SUMMARY}))
    del document["figures"]
    place.reading(lambda state: put(state, run_path("run0"), document))

    found: list[PastRun] = []
    place.reading(lambda state: found.extend(past_runs(state, ["acme"], last=9, is_shared=True)))
    assert [(run.figures, outcome(run)) for run in found] == [(None, "dispatched")]


def held(*, seconds: int) -> Mapping[str, Any]:
    """Return the checkpoint of a campaign that a worker is at, whose lease ends so long after noon."""
    lease = Lease(token="worker", expires_at=NOON + timedelta(seconds=seconds))
    return to_document(a_checkpoint(status=Status.RUNNING, lease=lease))


@pytest.mark.parametrize(
    ("lease_s", "on_one_machine", "on_google_cloud"), [(60, "running", "running"), (-60, "interrupted", "dispatched")]
)
def test_a_run_that_was_killed_is_interrupted(lease_s: int, on_one_machine: str, on_google_cloud: str) -> None:
    """Once its lease has passed or a later one has begun; on Google Cloud its messages may be waiting all the same."""
    state = MemoryState()
    for hours in (-2, -1):
        run = a_run(hours=hours, summaries={"acme": replace(SUMMARY, run_id=f"run{hours}")})
        put(state, run_path(f"run{hours}"), to_document(run))
    put(state, campaign_path("acme", 1), held(seconds=lease_s))

    found = {is_shared: past_runs(state, ["acme"], last=9, is_shared=is_shared) for is_shared in (False, True)}

    assert list(map(outcome, found[False])) == [on_one_machine, "interrupted"]
    assert list(map(outcome, found[True])) == [on_google_cloud, "dispatched"]


@pytest.mark.parametrize(("failed", "said"), [(0, "complete"), (2, "2 missing")])
def test_the_latest_run_on_google_cloud_has_ended_with_its_last_campaign(failed: int, said: str) -> None:
    """The account's status counts them."""
    state = MemoryState()
    put(state, run_path("run1"), to_document(a_run(hours=0, summaries={"acme": SUMMARY})))
    status = AccountStatus(
        run_id="run1", last_run=NOON, campaigns_total=2, campaigns_completed=2 - failed, campaigns_failed=failed
    )
    put(state, account_path("acme"), to_document(status))

    assert [outcome(run) for run in past_runs(state, ["acme"], last=9, is_shared=True)] == [said]
