"""BigQueryWarehouse against a server that answers as BigQuery does; tests/contracts runs it against the emulator."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
import pytest

from sendtrail.delivery.warehouse_breaker import TriedWarehouse, WarehouseBreaker
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import Busy, LeaseLost, Rejected, Retryable, Unavailable
from sendtrail.gcp.bigquery_jobs import MAX_ATTEMPTS, Jobs
from sendtrail.gcp.bigquery_warehouse import BigQueryWarehouse, Datasets, labels_of
from sendtrail.gcp.clients import bigquery_client
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import ActivityRow, Batch, Table
from tests.contracts.samples import contact, contacts
from tests.fakes import NOON, FakeClock
from tests.gcp.bigquery_server import BigQueryServer, Fault, serving

# By status and reason, of which most stand for other things as well.
CONTENTION = [
    (400, "invalidQuery", "Could not serialize access to table p:d.email_activities due to concurrent update"),
    (400, "invalidQuery", "Transaction is aborted due to concurrent update against table p:d.email_activities."),
    (
        *(400, "resourcesExceeded"),
        "Resources exceeded during query execution: Too many DML statements outstanding against table p:d.t, limit 20.",
    ),
    (
        *(403, "quotaExceeded"),
        "Quota exceeded: Your table exceeded quota for total number of dml jobs writing to a table, pending + running.",
    ),
    (403, "rateLimitExceeded", "Exceeded rate limits: too many table update operations for this table"),
    (400, "jobRateLimitExceeded", "Job exceeded rate limits: Your project_and_region exceeded quota for queries."),
]
DELIVERY_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A warehouse, the server behind it, and the clock that it waits on."""

    warehouse: BigQueryWarehouse
    server: BigQueryServer
    clock: FakeClock


@contextmanager
def bench(*faults: Fault, delivery_s: float = DELIVERY_S) -> Iterator[Bench]:
    """Give a warehouse whose server has these faults, and `delivery_s` until the end of the delivery."""
    clock, ids = FakeClock(), count()
    with serving(*faults) as (server, url), bigquery_client("p", location="US", endpoint=url) as client:
        yield Bench(
            warehouse=BigQueryWarehouse(
                client,
                Jobs(client, clock=clock, seconds_left=lambda: delivery_s - clock.monotonic()),
                datasets=Datasets(tables="marketing_ai", staging="staging"),
                new_id=lambda: f"id{next(ids)}",
                maximum_bytes_billed=10_000_000,
            ),
            server=server,
            clock=clock,
        )


def opened(day: int) -> ActivityRow:
    """Return an opening on a day of June 2025."""
    activity = Activity(
        campaign_id=7,
        message_id="1",
        contact_id=str(day),
        contact_email=f"{day}@example.com",
        event_type=EventType.OPEN,
        activity_timestamp=datetime(2025, 6, day, tzinfo=UTC),
        source_timestamp="2025-06-01",
    )
    return activity_row(activity, organization_id="Acme", campaign_name="June", run_id="run-1", now=NOON)


def batch(*days: int) -> Batch:
    """Return a batch of openings on these days of June 2025."""
    return Batch(
        item=WorkItem(organization_id="Acme", run_id="run-1", subject="7", sequence=2),
        table=Table.EMAIL_ACTIVITIES,
        number=0,
        rows=[opened(day) for day in days or (3, 1, 2)],
        delivery="token-1",
    )


def job(server: BigQueryServer, kind: str) -> dict[str, Any]:
    """Return the configuration of the first job of a kind."""
    received = next(received for received in server.received if received.call == kind)
    configuration: dict[str, Any] = received.body["configuration"]
    return configuration


def test_a_batch_is_loaded_merged_and_its_staging_table_dropped() -> None:
    """The rows go into a table of the batch's own, with the schema of the table that they are merged into."""
    with bench() as it:
        assert it.warehouse.merge(batch()) == 3

    load, query = job(it.server, "load"), job(it.server, "query")
    staging = load["load"]["destinationTable"]
    assert [received.call for received in it.server.received if received.call != "get"] == ["load", "query", "delete"]
    assert staging == {"projectId": "p", "datasetId": "staging", "tableId": "Acme_run_1_7_2_token_1_0_id0"}
    assert {"name": "activity_id", "mode": "REQUIRED"}.items() <= load["load"]["schema"]["fields"][1].items()
    assert [orjson.loads(line)["contact_id"] for line in it.server.received[0].data.splitlines()] == ["3", "1", "2"]
    assert "`staging`.`Acme_run_1_7_2_token_1_0_id0`" in query["query"]["query"]
    assert it.server.calls("delete") == [staging["tableId"]]


def test_the_merge_is_pruned_bounded_and_labelled() -> None:
    """It reads the partitions of the batch only, costs no more than it may, and says whose it is."""
    with bench() as it:
        it.warehouse.merge(batch(3, 1, 2))

    query = job(it.server, "query")
    parameters = {each["name"]: each["parameterValue"]["value"] for each in query["query"]["queryParameters"]}
    assert parameters == {
        "organization_id": "Acme",
        "first_campaign": "7",
        "last_campaign": "7",
        "first_date": "2025-06-01",
        "last_date": "2025-06-03",
    }
    assert query["query"]["maximumBytesBilled"] == "10000000"
    assert query["labels"] == {"run_id": "run-1", "organization": "acme", "campaign": "7"}
    assert job(it.server, "load")["labels"] == query["labels"]


def spans(server: BigQueryServer) -> list[tuple[int, int]]:
    """Return the first and the last day of June that each MERGE is bounded by."""
    found = []
    for received in server.received:
        if received.call == "query":
            parameters = received.body["configuration"]["query"]["queryParameters"]
            days = {each["name"]: each["parameterValue"]["value"] for each in parameters}
            found.append((int(days["first_date"][-2:]), int(days["last_date"][-2:])))
    return found


def test_days_that_lie_far_apart_are_merged_without_those_between() -> None:
    """Each span in a statement of its own, from one staging table; the counts add up."""
    with bench() as it:
        assert it.warehouse.merge(batch(30, 1, 2, 12, 13)) == 9

    assert spans(it.server) == [(1, 2), (12, 13), (30, 30)]
    assert [received.call for received in it.server.received if received.call != "get"] == [
        *("load", "query", "query", "query", "delete")
    ]


def too_much(times: int, *, fails_later: bool = False) -> list[Fault]:
    """Return that so many statements are refused as they read more than they may."""
    reason, message = "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1. 2 or higher required."
    return [Fault(on="query", status=400, reason=reason, message=message, fails_later=fails_later)] * times


@pytest.mark.parametrize("fails_later", [True, False])
def test_days_that_are_too_much_for_one_statement_are_halved(fails_later: bool) -> None:
    """Nothing is billed for a statement that is refused, and no row is merged twice."""
    with bench(*too_much(2, fails_later=fails_later)) as it:
        it.warehouse.merge(batch(1, 2, 4, 5))

    assert spans(it.server) == [(1, 5), (1, 2), (1, 1), (2, 2), (4, 5)]
    assert len(set(it.server.calls("query"))) == 5


def test_a_day_that_is_too_much_is_kept_until_a_person_raises_the_limit() -> None:
    """The batch is right, so it is not given up."""
    with bench(*too_much(1)) as it, pytest.raises(Retryable, match=r"maximum_bytes_billed.*Raise it in Terraform"):
        it.warehouse.merge(batch(1))

    assert spans(it.server) == [(1, 1)]


@pytest.mark.parametrize("call", ["load", "query"])
def test_a_job_whose_answer_was_lost_is_found_by_its_id(call: Any) -> None:
    """The retry meets the first job (409), which counts: nothing is loaded or merged twice, and no count is lost."""
    with bench(Fault(on=call, is_done=True)) as it:
        assert it.warehouse.merge(batch()) == 3

    asked = it.server.calls(call)
    assert len(asked) == 2
    assert len(set(asked)) == 1
    assert len(it.server.jobs) == 2


def test_a_job_that_is_not_shown_just_after_its_409_is_waited_for() -> None:
    """A 404 after a 409 passes."""
    lost = Fault(on="load", is_done=True)
    with bench(lost, Fault(on="get", status=404, reason="notFound")) as it:
        assert it.warehouse.merge(batch()) == 3

    assert len(it.server.jobs) == 2


def contended(how: tuple[int, str, str], *, times: int, fails_later: bool = False) -> list[Fault]:
    """Return that so many statements are refused as too many others are in the way."""
    status, reason, message = how
    return [Fault(on="query", status=status, reason=reason, message=message, fails_later=fails_later)] * times


@pytest.mark.parametrize("fails_later", [True, False])
@pytest.mark.parametrize("how", CONTENTION)
def test_contention_is_waited_out_under_a_new_id(how: tuple[int, str, str], fails_later: bool) -> None:
    """However BigQuery says it, at once or by the job: a failed job burns its id."""
    with bench(*contended(how, times=2, fails_later=fails_later)) as it:
        assert it.warehouse.merge(batch()) == 3

    names = it.server.calls("query")
    assert [name.removeprefix(names[0][:-1]) for name in names] == ["0", "1", "2"]
    assert len(it.server.calls("load")) == 1


def test_a_load_that_fails_after_it_was_accepted_is_tried_under_a_new_id() -> None:
    """What is BigQuery's own trouble passes, and the load is atomic."""
    with bench(Fault(on="load", reason="backendError", fails_later=True)) as it:
        assert it.warehouse.merge(batch()) == 3

    first, second = it.server.calls("load")
    assert first != second


def test_trouble_while_looking_at_a_job_sends_nothing_again() -> None:
    """A 503 in between leads to another look, not to another job."""
    with bench(Fault(on="get"), Fault(on="get", status=500, reason="internalError")) as it:
        assert it.warehouse.merge(batch()) == 3

    assert (len(it.server.calls("load")), len(it.server.calls("query"))) == (1, 1)


@pytest.mark.parametrize("fails_later", [True, False])
@pytest.mark.parametrize("call", ["load", "query"])
def test_what_bigquery_refuses_is_rejected_with_its_reason(call: Any, fails_later: bool) -> None:
    """Rows or statements that are wrong stay wrong: they are not tried again, and staging is tidied up."""
    message = "JSON table encountered too many errors"
    with (
        bench(Fault(on=call, status=400, reason="invalid", message=message, fails_later=fails_later)) as it,
        pytest.raises(Rejected, match=message),
    ):
        it.warehouse.merge(batch())

    assert len(it.server.calls(call)) == 1
    assert len(it.server.calls("delete")) == 1


@pytest.mark.parametrize(("status", "reason"), [(403, "accessDenied"), (404, "notFound"), (403, "quotaExceeded")])
def test_what_a_person_has_to_mend_is_left_to_the_queue(status: int, reason: str) -> None:
    """A missing right, table or quota is not the batch's fault: it is delivered again, and not hammered on."""
    with bench(Fault(on="query", status=status, reason=reason)) as it, pytest.raises(Unavailable, match="try again"):
        it.warehouse.merge(batch())

    assert len(it.server.calls("query")) == 1


def test_attempts_are_bounded_in_number() -> None:
    """A failure without end is raised as trouble that may pass."""
    with bench(*[Fault(on="query")] * 99) as it, pytest.raises(Unavailable, match="try again"):
        it.warehouse.merge(batch())

    assert len(it.server.calls("query")) == MAX_ATTEMPTS


@pytest.mark.parametrize("how", [CONTENTION[0], CONTENTION[3]])
def test_a_turn_at_the_table_is_waited_for_as_long_as_the_delivery_lasts(how: tuple[int, str, str]) -> None:
    """Where many accounts merge at once, giving up reads the account again."""
    with bench(*contended(how, times=2 * MAX_ATTEMPTS), delivery_s=480.0) as it:
        assert it.warehouse.merge(batch()) == 3
    with bench(*contended(how, times=99), delivery_s=60.0) as late, pytest.raises(Busy, match="does this later"):
        late.warehouse.merge(batch())

    assert it.clock.monotonic() <= 480.0
    assert late.clock.monotonic() <= 60.0


def test_waits_for_a_turn_are_random() -> None:
    """Those that were refused at the same moment do not come back at the same moment."""
    waited = set()
    for _ in range(3):
        with bench(*contended(CONTENTION[0], times=3)) as it:
            it.warehouse.merge(batch())
        waited.add(it.clock.monotonic())

    assert len(waited) == 3


def test_a_statement_that_never_had_its_turn_is_contention() -> None:
    """BigQuery keeps twenty waiting, some for longer than a delivery lasts."""
    with bench() as it:
        it.server.queueing = "query"
        with pytest.raises(Busy, match="others are before it"):
            it.warehouse.merge(batch())

    assert it.clock.monotonic() <= DELIVERY_S


def test_loading_that_never_begins_is_an_outage() -> None:
    """It waits for no statement of its table; taken for contention, pages are read again all day."""
    with bench() as it:
        it.server.queueing = "load"
        with pytest.raises(Unavailable, match="no time is left"):
            it.warehouse.merge(batch())

    assert it.clock.monotonic() <= DELIVERY_S


@pytest.mark.parametrize("how", CONTENTION)
def test_contention_does_not_open_the_breaker(how: tuple[int, str, str]) -> None:
    """BigQuery takes rows: the other accounts of the instance go on."""
    assert not opens_the_breaker(*contended(how, times=99))


def test_a_day_that_is_too_much_does_not_open_the_breaker() -> None:
    """It is the trouble of one campaign."""
    assert not opens_the_breaker(*too_much(1))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(503, "backendError"), (500, "internalError"), (403, "quotaExceeded"), (403, "accessDenied"), (404, "notFound")],
)
def test_an_outage_opens_the_breaker(status: int, reason: str) -> None:
    """So does what makes every merge fail until a person mends it: a quota of the day, a right, a table."""
    assert opens_the_breaker(*[Fault(on="query", status=status, reason=reason)] * 99)


def opens_the_breaker(*faults: Fault) -> bool:
    """Return whether a merge that fails so keeps deliveries from beginning."""
    with bench(*faults, delivery_s=60.0) as it:
        breaker = WarehouseBreaker(it.clock)
        warehouse = TriedWarehouse(inner=it.warehouse, breaker=breaker)
        with pytest.raises(Retryable):
            warehouse.merge(batch(1))
    return breaker.is_on_trial()


def test_attempts_are_bounded_by_the_end_of_the_delivery() -> None:
    """Nothing is waited for that the delivery would not live to see."""
    with bench(*[Fault(on="load")] * 99, delivery_s=4.0) as it, pytest.raises(Unavailable):
        it.warehouse.merge(batch())

    assert it.clock.monotonic() <= 4.0


def test_a_delivery_without_time_asks_for_nothing() -> None:
    """The end of the delivery is looked at before every request."""
    with bench(delivery_s=0.0) as it, pytest.raises(Unavailable, match="no time is left"):
        it.warehouse.merge(batch())

    assert it.server.calls("load") == []


def test_a_staging_table_that_cannot_be_dropped_is_left_to_its_expiry() -> None:
    """Tidying up does not undo a merge that is done."""
    with bench(Fault(on="delete", status=500, reason="internalError")) as it:
        assert it.warehouse.merge(batch()) == 3


def test_a_batch_merged_again_is_loaded_again() -> None:
    """The table of the first time is gone, and whoever takes a batch over may have read other rows for it."""
    with bench() as it:
        it.warehouse.merge(batch(1))
        it.warehouse.merge(replace(batch(1), rows=[opened(2)]))

    assert len(set(it.server.calls("load"))) == 2
    assert len(set(it.server.calls("delete"))) == 2


def test_contacts_are_merged_and_noted_as_seen_before_staging_goes() -> None:
    """The pass must have seen them when the checkpoint moves past the batch."""
    contacts = replace(batch(), table=Table.CONTACTS, pass_id="pass-1")
    with bench() as it:
        it.warehouse.merge(contacts)

    calls = [received.call for received in it.server.received if received.call != "get"]
    statements = [each.body["configuration"]["query"] for each in it.server.received if each.call == "query"]
    assert calls == ["load", "query", "query", "delete"]
    assert [statement["query"].count("contacts_seen") > 0 for statement in statements] == [False, True]
    assert statements[1]["queryParameters"][0]["parameterValue"] == {"value": "pass-1"}


def test_labels_follow_bigquerys_rules() -> None:
    """Lower case letters, digits, _ and -, 63 characters, nothing empty."""
    labels = labels_of({"run_id": "2025-06-01T12:00Z", "organization": "Ä" * 70, "campaign": ""})

    assert labels == {"run_id": "2025-06-01t12_00z", "organization": "_" * 63}


@dataclass
class Lease:
    """A lease that is lost at the look with this number."""

    lost_at: int
    looks: int = 0

    def check(self) -> None:
        """Look at it."""
        self.looks += 1
        if self.looks >= self.lost_at:
            raise LeaseLost("another worker has taken this work over")


CONTACTS_WRITES = ["load", "query", "query", "delete"]  # staged, merged, recorded as seen, tidied up


def contacts_batch() -> Batch:
    """Return a batch of one contact."""
    return replace(contacts(contact()), delivery="token-1")


@pytest.mark.parametrize("lost_at", range(1, len(CONTACTS_WRITES) + 1))
def test_each_write_of_a_batch_is_preceded_by_a_look_at_the_lease(lost_at: int) -> None:
    """After the look that finds it lost, nothing more is written: the staging table is left to its expiry."""
    with bench() as it, suppress(LeaseLost):
        it.warehouse.merge(contacts_batch(), check_lease=Lease(lost_at).check)

    written = [received.call for received in it.server.received if received.call != "get"]
    assert written == CONTACTS_WRITES[: lost_at - 1]


@pytest.mark.parametrize("lost_at", [1, 2])
def test_marking_and_forgetting_each_look_at_the_lease(lost_at: int) -> None:
    """A worker that was frozen between the two forgets nothing of the pass that is under way."""
    with bench() as it, pytest.raises(LeaseLost):
        it.warehouse.mark_vanished("acme", pass_id="p", seen=1, at=NOON, check_lease=Lease(lost_at).check)

    assert len(it.server.calls("query")) == lost_at - 1


def test_a_job_that_is_tried_again_looks_again() -> None:
    """Minutes may pass between two attempts."""
    lease = Lease(lost_at=2)
    with bench(Fault(on="query")) as it, pytest.raises(LeaseLost):
        it.warehouse.forget_pass("acme", pass_id="p", check_lease=lease.check)

    assert len(it.server.calls("query")) == 1
