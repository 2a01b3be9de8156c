"""Each alert fires when it must and is silent when it must not, over series of made-up days."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from sendtrail.sync.due import RunKind
from tests.terraform.plans import Plan, plan_of
from tests.terraform.promql import EVALUATED_EVERY, Series, firing
from tests.terraform.workspace import REPOSITORY, Workspace

HOUR, DAY = 60, 24 * 60
GIB = 2**30
LOGGED, PUBSUB = "logging_googleapis_com:user_sendtrail_", "pubsub_googleapis_com:subscription_"
RUNBOOK = (REPOSITORY / "docs" / "runbook.md").read_text(encoding="utf-8")
# How far increase() may extrapolate past what was counted.
STRETCHES = (0.9, 1.0, 1.1)


def logged(metric: str, organization_id: str, *minutes: float, by: float = 1, **labels: str) -> Series:
    """Return what the functions' log lines of an account are counted as."""
    named = {"monitored_resource": "cloud_run_revision", "organization_id": organization_id, **labels}
    return Series(name=LOGGED + metric, labels=named, points=[(minute, by) for minute in minutes])


def of_subscription(metric: str, name: str, *points: tuple[float, float]) -> Series:
    """Return what Google counts of a subscription."""
    labels = {"monitored_resource": "pubsub_subscription", "subscription_id": name}
    return Series(name=PUBSUB + metric, labels=labels, points=points)


def of_dispatcher(*minutes: float, status: str = "5xx", service: str = "sendtrail-dispatcher") -> Series:
    """Return what Google counts of a function's responses."""
    labels = {"monitored_resource": "cloud_run_revision", "service_name": service, "response_code_class": status}
    return Series(name="run_googleapis_com:request_count", labels=labels, points=[(minute, 1) for minute in minutes])


def of_scheduler(job: str, *minutes: float) -> Series:
    """Return the calls of Cloud Scheduler that the log says have failed."""
    labels = {"monitored_resource": "cloud_scheduler_job", "job_id": job}
    return Series(name=f"{LOGGED}scheduler_failures", labels=labels, points=[(minute, 1) for minute in minutes])


def billed(*points: tuple[float, float]) -> Series:
    """Return what BigQuery bills."""
    return Series(name=f"{LOGGED}bytes_billed_sum", labels={"monitored_resource": "bigquery_project"}, points=points)


def of_scheduled_query(state: str, *minutes: float, config: str = "6f1") -> Series:
    """Return the runs of a scheduled query that have ended in a state."""
    labels = {"monitored_resource": "bigquery_dts_config", "config_id": config, "completion_state": state}
    name = "bigquerydatatransfer_googleapis_com:transfer_config_completed_runs"
    return Series(name=name, labels=labels, points=[(minute, 1) for minute in minutes])


def waiting(hours: float) -> Series:
    """Return a subscription whose oldest message is never acknowledged, for so long."""
    ages = [(minute, minute * 60) for minute in range(0, int(hours * HOUR), EVALUATED_EVERY)]
    return of_subscription("oldest_unacked_message_age", "sendtrail-campaigns", *ages)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Two days as an alert sees them, and how often it must notify, by account or whatever it is about."""

    alert: str
    what: str
    series: Sequence[Series]
    notifies: dict[str, int]


def case(alert: str, what: str, *series: Series, notifies: dict[str, int] | None = None) -> Case:
    """Return a case, of silence unless it says otherwise."""
    return Case(alert=alert, what=what, series=series, notifies=notifies or {})


CASES = [
    case("failures", "nothing"),
    case("failures", "one failure", logged("failures", "acme", 100), notifies={"acme": 1}),
    case(
        "failures",
        "a new one beside old ones that nobody acknowledged",
        logged("failures", "acme", 10, 900),
        notifies={"acme": 2},
    ),
    case("failures", "a hundred at once", logged("failures", "acme", *range(100, 110), by=10), notifies={"acme": 1}),
    case(
        "failures",
        "of two accounts",
        logged("failures", "a", 10),
        logged("failures", "b", 90),
        notifies={"a": 1, "b": 1},
    ),
    case("dead_letters", "delivered", of_subscription("dead_letter_message_count", "sendtrail-campaigns")),
    case("dead_letters", "of another system", of_subscription("dead_letter_message_count", "orders", (50, 1))),
    case(
        "dead_letters",
        "one, and a new one beside it",
        of_subscription("dead_letter_message_count", "sendtrail-contacts", (50, 1), (800, 1)),
        notifies={"sendtrail-contacts": 2},
    ),
    case("oldest_message", "a queue that moves", waiting(11)),
    case("oldest_message", "a queue that stands", waiting(14), notifies={"sendtrail-campaigns": 1}),
    case("run_unfinished", "runs that end", logged("runs", "acme", 0, 360, 720)),
    case("run_unfinished", "a run that did not end", logged("runs_unfinished", "acme", 360), notifies={"acme": 1}),
    case("scheduler_failed", "another job", of_scheduler("sendtrail-campaigns")),
    case(
        "scheduler_failed",
        "a call that was refused",
        of_scheduler("sendtrail-campaigns", 361),
        notifies={"sendtrail-campaigns": 1},
    ),
    case("dispatcher_failed", "successes", of_dispatcher(*range(0, 500, 10), status="2xx")),
    case("dispatcher_failed", "a death, and the retries while its run is locked", of_dispatcher(360, 361, 362)),
    case("dispatcher_failed", "single deaths", of_dispatcher(360, 720, 1080, 1440)),
    case("dispatcher_failed", "a worker", of_dispatcher(*range(0, 500, 10), service="sendtrail-campaign-worker")),
    case(
        "dispatcher_failed",
        "an account that hangs",
        of_dispatcher(369, 378, 388, 400, 414),
        notifies={"sendtrail-dispatcher": 1},
    ),
    case("throttled", "a few", logged("api_throttled_sum", "acme", *range(0, 2000, 12))),
    case("throttled", "many", logged("api_throttled_sum", "acme", 100, by=30), notifies={"acme": 1}),
    case("bytes_billed", "a quiet day", billed((100, 20 * GIB), (1600, 5 * GIB))),
    case("bytes_billed", "a dear day", billed((100, 20 * GIB), (900, 25 * GIB)), notifies={"": 1}),
]
RENEWED = [270 + day * DAY for day in range(-1, 3)]  # at half past four, the first time on the day before
CASES_OF_STORED_VIEWS = [
    case("stored_views", "runs that succeed", of_scheduled_query("SUCCEEDED", *RENEWED)),
    case(
        "stored_views",
        "a run that takes three quarters of an hour longer",
        of_scheduled_query("SUCCEEDED", RENEWED[0], RENEWED[1] + 45, *RENEWED[2:]),
    ),
    case(
        "stored_views",
        "another try that succeeds",
        of_scheduled_query("FAILED", RENEWED[1]),
        of_scheduled_query("SUCCEEDED", RENEWED[0], RENEWED[1] + 30, *RENEWED[2:]),
    ),
    case("stored_views", "no run at all", notifies={"6f1": 1}),
    case(
        "stored_views",
        "a run that failed",
        of_scheduled_query("FAILED", RENEWED[1]),
        of_scheduled_query("SUCCEEDED", RENEWED[0], RENEWED[2]),
        notifies={"6f1": 1},
    ),
    case("stored_views", "runs that stopped", of_scheduled_query("SUCCEEDED", RENEWED[0]), notifies={"6f1": 1}),
    case(
        "stored_views",
        "another query of the project that succeeds",
        of_scheduled_query("SUCCEEDED", *RENEWED, config="7a2"),
        notifies={"6f1": 1},
    ),
]
CASES_OF_NO_RUN = {"no_run"}  # below, as they depend on the interval


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("case", CASES, ids=[f"{case.alert}: {case.what}" for case in CASES])
def test_an_alert_notifies_as_often_as_it_should(plan: Plan, case: Case, stretch: float) -> None:
    """Once for each time that something begins, however far increase() extrapolates."""
    assert incidents(plan, case.alert, case.series, stretch=stretch) == case.notifies


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("case", CASES_OF_STORED_VIEWS, ids=[each.what for each in CASES_OF_STORED_VIEWS])
def test_stored_views_that_are_not_renewed_notify(plan_with_stored_views: Plan, case: Case, stretch: float) -> None:
    """Each time, and nobody else's scheduled query does."""
    assert incidents(plan_with_stored_views, case.alert, case.series, stretch=stretch) == case.notifies


def test_every_alert_is_seen_to_fire_and_to_be_silent(plan: Plan, plan_with_stored_views: Plan) -> None:
    """A new alert needs both cases."""
    cases = [*CASES, *CASES_OF_STORED_VIEWS]
    fires = {case.alert for case in cases if case.notifies} | CASES_OF_NO_RUN
    silent = {case.alert for case in cases if not case.notifies} | CASES_OF_NO_RUN

    assert set(plan_with_stored_views.by_key("google_monitoring_alert_policy", "alert")) == fires == silent
    assert set(plan.by_key("google_monitoring_alert_policy", "alert")) == fires - {"stored_views"}


@pytest.fixture(scope="module", params=[1, 2, 3, 4, 6, 8, 12], ids=lambda hours: f"every {hours} h")
def every(request: pytest.FixtureRequest, workspace: Workspace) -> tuple[int, Plan]:
    """Return each interval that is allowed, in minutes, and its plan."""
    return request.param * HOUR, plan_of(workspace, f"-var=dispatch_every_hours={request.param}")


def test_an_account_without_runs_is_noticed_within_two_intervals(every: tuple[int, Plan]) -> None:
    """And not while its next run may just be late, nor for the accounts that go on."""
    interval, plan = every
    last = 3 * interval
    series = [runs("acme", interval, until=last), runs("beta", interval, until=10 * DAY)]

    fired = fires(plan, "no_run", series, until=last + 3 * interval)

    assert fired.keys() == {"acme"}
    assert last + 1.5 * interval < fired["acme"][0] <= last + 2 * interval


def test_late_runs_are_no_alarm(every: tuple[int, Plan]) -> None:
    """A dispatcher that is tried again for a quarter of an hour, every other time."""
    interval, plan = every
    series = [runs(name, interval, until=4 * DAY, late=15) for name in ("acme", "beta")]

    assert fires(plan, "no_run", series, until=4 * DAY) == {}


def test_a_new_account_is_given_time_for_its_first_run(every: tuple[int, Plan]) -> None:
    """It may be applied right after the hour, and its first run takes a while; one that never runs is noticed."""
    interval, plan = every
    series = [runs("acme", interval, until=4 * DAY, first=interval + 9)]

    fired = fires(plan, "no_run", series, until=4 * DAY)

    assert fired.keys() == {"beta"}
    assert interval < fired["beta"][0] <= 2 * interval


def test_an_alert_looks_back_no_further_than_monitoring_does(every: tuple[int, Plan]) -> None:
    """Window and duration together are 25 hours at most, and each is 24."""
    interval, plan = every
    condition = _condition(plan, "no_run")

    window = interval / 2
    assert f"[{window:.0f}m]" in condition["query"]
    assert max(window, _duration(plan, "no_run")) <= 24 * HOUR
    assert window + _duration(plan, "no_run") <= 25 * HOUR


def test_only_runs_of_all_campaigns_count_as_runs(plan: Plan) -> None:
    """The contacts' run of each day, and campaigns that somebody asks for, do not hide a schedule that is dead."""
    condition = plan.by_key("google_logging_metric", "metric")["runs"]["filter"].partition(" NOT ")[2]

    assert condition == 'jsonPayload.kind=("contacts" OR "named_campaigns")'
    assert {kind for kind in RunKind if f'"{kind}"' not in condition} == {RunKind.CAMPAIGNS}


def test_every_alert_has_its_section_of_the_runbook(plan_with_stored_views: Plan) -> None:
    """With what it means, what to type and how to see that it is over; and no section is left over."""
    of_alerts, questions = RUNBOOK.split("\n# Questions\n")
    sections = dict(section.split("\n", 1) for section in of_alerts.split("\n## ")[1:])
    alerts = plan_with_stored_views.by_key("google_monitoring_alert_policy", "alert").values()
    titles = {alert["conditions"][0]["display_name"]: alert["documentation"][0] for alert in alerts}

    assert sections.keys() == titles.keys()
    for title, documentation in titles.items():
        anchor = "#" + title.lower().replace(" ", "-")
        assert documentation["content"].endswith(f"docs/runbook.md{anchor}")
        assert documentation["links"][0]["url"] == f"https://wiki.example.com/runbook{anchor}"
        assert all(f"**{part}**" in sections[title] for part in ("It means", "Do", "It is over"))
        assert "```sh" in sections[title]
    assert all("```sh" in section or "Terraform" in section for section in questions.split("\n## ")[1:])


def runs(organization_id: str, interval: int, *, until: float, first: float = 0, late: float = 0) -> Series:
    """Return the runs of an account, every other one of which is late."""
    times = range(0, int(until) + 1, interval)
    minutes = [time + (late if number % 2 else 0) for number, time in enumerate(times)]
    return logged("runs", organization_id, first, *(minute for minute in minutes if minute > first))


def incidents(plan: Plan, alert: str, series: Sequence[Series], *, stretch: float) -> dict[str, int]:
    """Return how often an alert begins to fire in two days, by what it is about."""
    fired = fires(plan, alert, series, until=2 * DAY, stretch=stretch)
    return {
        name: 1 + sum(later - earlier > EVALUATED_EVERY for earlier, later in pairwise(times))
        for name, times in fired.items()
    }


def fires(
    plan: Plan, alert: str, series: Sequence[Series], *, until: float, stretch: float = 1
) -> dict[str, list[float]]:
    """Return when an alert fires, by what it is about."""
    query = _condition(plan, alert)["query"]
    return firing(query, series, duration=_duration(plan, alert), until=until, stretch=stretch)


def _duration(plan: Plan, alert: str) -> float:
    return float(str(_condition(plan, alert)["duration"]).removesuffix("s")) / 60


def _condition(plan: Plan, alert: str) -> dict[str, str]:
    policy = plan.by_key("google_monitoring_alert_policy", "alert")[alert]
    found: dict[str, str] = policy["conditions"][0]["condition_prometheus_query_language"][0]
    return found
