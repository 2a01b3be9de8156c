"""The dispatcher as Cloud Scheduler and people call it, over HTTP through functions-framework."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from sendtrail.domain.messages import SyncCampaign, SyncContacts, WorkFailed, decode, encode
from sendtrail.errors import Unavailable
from sendtrail.ports import Topic
from sendtrail.simulator import Failure, FailureKind
from sendtrail.state.account_pause import pause_account
from sendtrail.state.documents import campaign_path, connection_path, run_path, to_document
from sendtrail.sync.overview.account_overview import overview_of
from sendtrail.sync.runs.stored_run import Run
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON
from tests.functions.conftest import Connect
from tests.functions.instance import Instance
from tests.functions.test_worker_functions import NO_DOCUMENT

TRACE = "105445aa7843bc8bf206b12000100000"
SCHEDULED = {"X-CloudScheduler-JobName": "sendtrail-campaigns", "X-CloudScheduler-ScheduleTime": "2025-06-01T12:00:00Z"}
RUN_ID = "20250601T120000Z-sendtrail-campaigns"


def organizations(instance: Instance) -> set[str]:
    """Return the accounts that campaigns were published of."""
    return {decode(SyncCampaign, data).organization_id for data in instance.publisher.published[Topic.CAMPAIGNS]}


class LateKeys(dict[str, str]):
    """Keys of which one is given only when another account's is asked for."""

    def __init__(self, keys: Mapping[str, str], *, late: str, after: str) -> None:
        super().__init__(keys)
        self._late, self._after, self._is_asked = late, after, Event()

    def __getitem__(self, name: str) -> str:
        """Return a key; fail if the other account is not reached while this one hangs."""
        if name.endswith(self._after):
            self._is_asked.set()
        if name.endswith(self._late) and not self._is_asked.wait(timeout=60):
            raise AssertionError(f"{self._after} waits for {self._late}")
        return super().__getitem__(name)


def reasons(instance: Instance) -> dict[str, str]:
    """Return what was published to the failures topic, by account."""
    failed = [decode(WorkFailed, data) for data in instance.publisher.published[Topic.FAILURES]]
    return {work.organization_id: work.reason for work in failed}


def test_all_enabled_accounts_are_dispatched(instance: Instance, connect: Connect) -> None:
    """An empty body asks for everything; the answer says what was listed, due and published."""
    connect("acme")
    connect("globex")

    answer = instance.post("dispatcher", b"", SCHEDULED)

    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["run_id"], answer.json["failed"]) == (RUN_ID, {})
    summaries = {account.pop("organization_id"): account for account in answer.json["accounts"]}
    assert summaries.keys() == {"acme", "globex"} == organizations(instance)
    assert summaries["acme"].items() >= {"run_id": RUN_ID, "campaigns": 3, "due": 3, "published": 4}.items()


def test_a_person_asks_for_one_account_and_some_campaigns(instance: Instance, connect: Connect) -> None:
    """Each call is a run of its own."""
    account = connect("acme")
    connect("globex")
    chosen = next(account.campaigns_truth()).id
    body = f'{{"organization_id": "acme", "campaign_ids": [{chosen}], "contacts": false, "force": true}}'.encode()

    first, second = (instance.post("dispatcher", body) for _ in range(2))

    assert first.json is not None
    assert second.json is not None
    assert first.json["run_id"] != second.json["run_id"]
    assert [account["published"] for account in first.json["accounts"]] == [1]
    assert organizations(instance) == {"acme"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not JSON", "Invalid JSON"),
        (b"[]", "object"),
        (b'{"organization_id": "a/b", "since": "yesterday"}', "since"),
        (b'{"campaigns": [1]}', "campaigns: Extra inputs are not permitted"),
        (b'{"campaign_ids": [0]}', "campaign_ids.0"),
        (b'{"since": "2025-01-01T00:00:00"}', "timezone"),
        (b'{"cancel_backfill": true, "force": true}', "leave out since, force and campaign_ids"),
        (b'{"cancel_backfill": true, "campaign_ids": [1]}', "leave out since, force and campaign_ids"),
    ],
)
def test_a_bad_body_is_refused_with_the_reason(instance: Instance, body: bytes, reason: str) -> None:
    """Nothing is dispatched."""
    answer = instance.post("dispatcher", body)

    assert answer.status_code == 400
    assert answer.json is not None
    assert reason in answer.json["error"]


def test_a_schedule_time_that_is_none_is_refused(instance: Instance) -> None:
    """A run must not be known by nonsense."""
    answer = instance.post("dispatcher", b"", {"X-CloudScheduler-ScheduleTime": "soon"})

    assert answer.status_code == 400


def test_one_schedule_time_is_one_run(instance: Instance, connect: Connect) -> None:
    """Cloud Scheduler delivers at least once: the second answer is the first, and nothing is published twice."""
    connect("acme")

    first = instance.post("dispatcher", b"", SCHEDULED)
    published = [data for messages in instance.publisher.published.values() for data in messages]
    second = instance.post("dispatcher", b"", SCHEDULED)

    assert second.json == first.json
    assert [data for messages in instance.publisher.published.values() for data in messages] == published


def test_two_jobs_at_one_time_are_two_runs(instance: Instance, connect: Connect) -> None:
    """The contacts' schedule may meet the campaigns'."""
    connect("acme")

    first = instance.post("dispatcher", b"", SCHEDULED)
    other = instance.post("dispatcher", b"", {**SCHEDULED, "X-CloudScheduler-JobName": "sendtrail-contacts"})

    assert first.json is not None
    assert other.json is not None
    assert first.json["run_id"] != other.json["run_id"]


def test_an_account_that_can_never_be_dispatched_holds_up_no_other(instance: Instance, connect: Connect) -> None:
    """Its reason is in the answer and in the failures topic."""
    connect("acme", key="revoked")
    connect("globex")
    instance.connect("initech", url="http://example.com", key="k")

    answer = instance.post("dispatcher", b"", SCHEDULED)

    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["failed"].keys() == {"acme", "initech"} == reasons(instance).keys()
    assert "https" in answer.json["failed"]["initech"]
    assert organizations(instance) == {"globex"}


def test_an_account_that_does_not_answer_is_tried_again_and_holds_up_no_other(
    instance: Instance, connect: Connect
) -> None:
    """The whole request is: what is done by then publishes nothing again."""
    account = connect("acme", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))
    connect("globex")

    first = instance.post("dispatcher", b"", SCHEDULED)
    assert (first.status_code, first.data, organizations(instance)) == (503, b"", {"globex"})
    account.failures.clear()
    instance.clock.advance(200)
    second = instance.post("dispatcher", b"", SCHEDULED)

    assert second.status_code == 202
    assert len(instance.publisher.published[Topic.CAMPAIGNS]) == 6


def failures(instance: Instance, organization_id: str) -> list[tuple[str, int]]:
    """Return what `sendtrail failures` lists of an account: the reason, and how many runs in a row failed."""
    return [(each.reason, each.runs) for each in overview_of(organization_id, instance.state).failures]


def test_an_account_that_does_not_answer_is_a_failure_until_a_run_gets_through(
    instance: Instance, connect: Connect
) -> None:
    """Another attempt at the same run, too; a key that is refused in that one is published all the same."""
    account = connect("acme", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))

    for _ in range(2):
        instance.post("dispatcher", b"", SCHEDULED)
        instance.clock.advance(200)
    [(reason, runs)] = failures(instance, "acme")
    account.failures.clear()
    instance.post("dispatcher", b"", SCHEDULED)
    after = failures(instance, "acme")
    instance.keys = dict.fromkeys(instance.keys, "revoked")
    instance.push("campaign_worker", instance.publisher.take(Topic.CAMPAIGNS)[0])

    assert ("in trouble" in reason, runs, after) == (True, 1, [])
    assert [each for each in reasons(instance).values() if "does not accept the API key" in each]
    assert failures(instance, "acme")[0][1] == 1


@pytest.mark.parametrize("body", [b"", b'{"campaign_ids": []}'], ids=["campaigns", "contacts"])
def test_a_run_that_is_refused_is_a_failure_with_its_reason(instance: Instance, connect: Connect, body: bytes) -> None:
    """Runs in a row are counted, and the next attempt that gets through ends it, whatever it is to read."""
    connect("acme")
    key = instance.keys.pop(next(iter(instance.keys)))
    name = next(iter(instance.state.documents))
    instance.state.documents[name] = {**instance.state.documents[name], "apiUrl": "http://example.com"}

    for hour in (12, 13):
        instance.post("dispatcher", body, {**SCHEDULED, "X-CloudScheduler-ScheduleTime": f"2025-06-01T{hour}:00:00Z"})

    [(reason, runs)] = failures(instance, "acme")
    assert ("https" in reason, runs, key in reason) == (True, 2, False)


def test_an_account_that_hangs_delays_no_other(instance: Instance, connect: Connect) -> None:
    """The first one goes on only when the last one is being dispatched."""
    connect("acme")
    connect("globex")
    instance.keys = LateKeys(instance.keys, late="acme", after="globex")

    answer = instance.post("dispatcher", b"", SCHEDULED)

    assert answer.status_code == 202
    assert organizations(instance) == {"acme", "globex"}


def test_a_run_that_is_being_dispatched_is_left_to_it(instance: Instance, connect: Connect) -> None:
    """The Scheduler gave up waiting, and the first request is still at it."""
    connect("acme")
    leases = {"acme": NOON + timedelta(minutes=1)}
    instance.state.documents[run_path(RUN_ID)] = to_document(Run(expires_at=NOON, leases=leases, summaries={}))

    answer = instance.post("dispatcher", b"", SCHEDULED)

    assert (answer.status_code, answer.data) == (503, b"")
    assert organizations(instance) == set()


def test_an_uncaught_error_is_a_bare_500_and_holds_up_no_other(instance: Instance, connect: Connect) -> None:
    """What went wrong is in the log, labelled, and not in the answer."""
    account = connect("acme")
    connect("globex")
    campaign_id = next(account.campaigns_truth()).id
    instance.state.documents[campaign_path("acme", campaign_id)] = NO_DOCUMENT

    answer = instance.post("dispatcher", b"", {**SCHEDULED, "X-Cloud-Trace-Context": f"{TRACE}/1"})

    assert (answer.status_code, answer.data, organizations(instance)) == (500, b"", {"globex"})
    (failure,) = [line for line in instance.lines() if line["severity"] == "ERROR"]
    assert "Traceback" in failure["message"]
    assert failure["logging.googleapis.com/labels"] == {"run_id": RUN_ID, "organization_id": "acme"}
    assert failure["logging.googleapis.com/trace"].endswith(TRACE)


def test_the_log_says_whose_run_it_is_and_never_the_key(instance: Instance, connect: Connect) -> None:
    """Every line of an account carries its labels; each is one JSON object."""
    account = connect("acme")

    instance.post("dispatcher", b"", {**SCHEDULED, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})

    events = {line["event"]: line for line in instance.lines() if "event" in line}
    dispatched = events["run_dispatched"]
    assert (dispatched["severity"], dispatched["due"]) == ("INFO", 3)
    assert dispatched["logging.googleapis.com/labels"] == {"run_id": RUN_ID, "organization_id": "acme"}
    assert dispatched["logging.googleapis.com/trace"] == f"projects/p-acme/traces/{TRACE}"
    assert events["api_used"]["requests"] > 0
    assert account.api_key not in instance.log.getvalue()


def test_each_line_about_an_account_in_trouble_says_which_it_is(instance: Instance, connect: Connect) -> None:
    """The runbook's queries show that label: of one that is paused, one whose key is refused, one that is away."""
    connect("acme")
    connect("globex", key="revoked")
    connect("initech", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))
    pause_account(instance.state, "acme")

    instance.post("dispatcher", b"", SCHEDULED)

    found = {
        (words, line["logging.googleapis.com/labels"].get("organization_id"))
        for line in instance.lines()
        for words in ("nothing is published for", "cannot be dispatched", "is not dispatched yet")
        if words in line["message"]
    }
    assert found == {
        ("nothing is published for", "acme"),
        ("cannot be dispatched", "globex"),
        ("is not dispatched yet", "initech"),
    }


def test_another_account_is_refused_by_every_function_and_holds_up_no_other(
    instance: Instance, connect: Connect
) -> None:
    """Nothing is asked of it, and not a row changes: no contact of the one before is marked as deleted."""
    connect("acme")
    instance.post("dispatcher", b"")
    (contacts,) = instance.publisher.take(Topic.CONTACTS)
    campaigns = instance.publisher.take(Topic.CAMPAIGNS)
    instance.push("contacts_worker", contacts)
    before = {table: instance.warehouse.rows(table) for table in Table}
    other = connect("acme")
    connect("globex")

    answer = instance.post("dispatcher", b"")
    next_pass = encode(replace(decode(SyncContacts, contacts), sequence=2))
    delivered = [instance.push("contacts_worker", next_pass), *(instance.push("campaign_worker", m) for m in campaigns)]

    assert (answer.status_code, {each.status_code for each in delivered}) == (202, {200})
    assert answer.json is not None
    assert answer.json["failed"].keys() == {"acme"} == reasons(instance).keys()
    assert "movedFrom" in answer.json["failed"]["acme"]
    assert organizations(instance) == {"globex"}
    assert other.stats().requests == 0
    assert {row["organization_id"] for row in instance.warehouse.rows(Table.CAMPAIGNS)} == {"acme", "globex"}
    assert instance.warehouse.rows(Table.CONTACTS) == before[Table.CONTACTS]


def test_an_account_that_moved_goes_on_once_its_connection_says_so(instance: Instance, connect: Connect) -> None:
    """Its campaigns are the same, so the dispatcher binds the new address, and the workers follow."""
    connect("acme")
    instance.post("dispatcher", b"")
    path = connection_path("acme")
    before = instance.state.documents[path]["apiUrl"]
    connect("acme")
    instance.state.documents[path] = {**instance.state.documents[path], "movedFrom": before}

    answer = instance.post("dispatcher", b"")
    instance.state.documents[path] = {**instance.state.documents[path], "movedFrom": ""}
    again = instance.post("dispatcher", b"")

    assert (answer.json or {})["failed"] == (again.json or {})["failed"] == {}


def kinds(instance: Instance) -> list[str]:
    """Return the kinds of the runs in the log, which only runs of all campaigns count as."""
    return [line["kind"] for line in instance.lines() if line.get("event") == "run_dispatched"]


def test_a_person_who_names_campaigns_starts_no_pass_over_all_contacts(instance: Instance, connect: Connect) -> None:
    """Unless it is asked for; and the log says that this was no run of the whole account."""
    account = connect("acme")
    chosen = next(account.campaigns_truth()).id

    named = instance.post("dispatcher", f'{{"campaign_ids": [{chosen}]}}'.encode())
    before = len(instance.publisher.published[Topic.CONTACTS])
    both = instance.post("dispatcher", f'{{"campaign_ids": [{chosen}], "contacts": true}}'.encode())

    assert (named.status_code, both.status_code) == (202, 202)
    assert (before, len(instance.publisher.published[Topic.CONTACTS])) == (0, 1)
    assert kinds(instance) == ["named_campaigns", "named_campaigns"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", "campaigns"), (b'{"contacts": false}', "campaigns"), (b'{"campaign_ids": []}', "contacts")],
)
def test_the_log_says_which_kind_of_run_it_was(instance: Instance, connect: Connect, body: bytes, kind: str) -> None:
    """The daily pass over the contacts must not pass for a run of the campaigns."""
    connect("acme")

    instance.post("dispatcher", body)

    assert kinds(instance) == [kind]


def test_a_revoked_key_is_one_failure_however_often_the_run_is_dispatched(instance: Instance, connect: Connect) -> None:
    """The Scheduler repeats the whole request while another account does not answer; the next run says it once more."""
    connect("acme", key="revoked")
    connect("globex", failures=(Failure(kind=FailureKind.UNAVAILABLE, times=None),))

    first = instance.post("dispatcher", b"", SCHEDULED)
    instance.clock.advance(200)  # the run is not locked any more
    second = instance.post("dispatcher", b"", SCHEDULED)
    once = len(instance.publisher.published[Topic.FAILURES])
    instance.post("dispatcher", b"", {**SCHEDULED, "X-CloudScheduler-ScheduleTime": "2025-06-01T18:00:00Z"})

    assert (first.status_code, second.status_code) == (503, 503)
    assert (once, len(instance.publisher.published[Topic.FAILURES])) == (1, 2)


def test_a_failure_that_cannot_be_published_is_tried_again_and_holds_up_no_other(
    instance: Instance, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer asks for another attempt, which publishes it."""
    connect("acme", key="revoked")
    connect("globex")
    publish = instance.publisher.publish

    def refuse_failures(topic: Topic, messages: Sequence[bytes]) -> None:
        if topic is Topic.FAILURES:
            raise Unavailable("the topic cannot be reached")
        publish(topic, messages)

    with monkeypatch.context() as patched:
        patched.setattr(instance.publisher, "publish", refuse_failures)
        first = instance.post("dispatcher", b"", SCHEDULED)
    instance.clock.advance(200)  # the run is not locked any more
    second = instance.post("dispatcher", b"", SCHEDULED)

    assert (first.status_code, second.status_code) == (503, 202)
    assert organizations(instance) == {"globex"}
    assert reasons(instance).keys() == {"acme"}
