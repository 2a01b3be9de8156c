"""The price model against the deployed code: dispatcher, queue and workers of an account, for a day of virtual time."""

from collections import defaultdict
from functools import cache

import pytest

from benchmarks.fleet.account import Shape
from benchmarks.fleet.fleet import Fleet
from benchmarks.fleet.measured import workload_of
from benchmarks.fleet.plan import Plan
from sendtrail.ports import Topic
from sendtrail.pricing.month import instance_seconds, usage
from sendtrail.pricing.statements import statements
from sendtrail.pricing.unit_prices import DAYS_A_MONTH, Unit

SHAPE = Shape(activities=60_000, contacts=20_000, changing=20, campaigns=100)
# The model may be above what the code does, and hardly below.
LEAST, MOST = 0.85, 1.5
# What a day does not show: the second pass ends the first one, and everything is counted once a week.
# Nor that quiet campaigns are looked up after a week, and audited after a month.
LATER = {"email_activities/stored_counts": 4.0}
NOT_DAILY = {"contacts/forget_pass", "email_activities/stored_rows"}

every = pytest.mark.parametrize("every_h", [6, 1])


@cache
def lived(every_h: int) -> Fleet:
    """Return a fleet of one account after a day."""
    fleet = Fleet(plan=Plan(accounts=1, shape=SHAPE, every_h=every_h))
    fleet.live()
    return fleet


@every
def test_the_model_knows_every_statement(every_h: int) -> None:
    """None runs that has no price, and none has a price that does not run."""
    fleet = lived(every_h)

    assert {each.path for each in statements(workload_of(fleet.plan))} - NOT_DAILY == set(
        fleet.bigquery.statements
    ) - NOT_DAILY


@every
def test_the_model_runs_as_many_statements_as_the_code(every_h: int) -> None:
    """Of each kind, and they are billed as many bytes."""
    fleet = lived(every_h)
    times, billed = defaultdict[str, float](float), defaultdict[str, float](float)
    for each in statements(workload_of(fleet.plan)):
        times[each.path] += each.times / DAYS_A_MONTH
        billed[each.path] += each.bytes_billed / DAYS_A_MONTH

    for path in fleet.bigquery.statements.keys() - NOT_DAILY:
        assert LEAST <= times[path] / fleet.bigquery.statements[path] <= MOST, path
        assert LEAST <= billed[path] / fleet.bigquery.bytes_billed[path] <= LATER.get(path, MOST), path


@every
def test_the_model_reads_and_writes_as_many_documents_as_the_code(every_h: int) -> None:
    """Checks of documents that are not there included."""
    fleet = lived(every_h)
    found, documents = usage(workload_of(fleet.plan)), fleet.documents
    counted = {Unit.READS: documents.reads, Unit.WRITES: documents.writes}

    for unit, number in counted.items():
        assert LEAST <= found[unit] / DAYS_A_MONTH / number <= MOST, unit
    assert found[Unit.DELETES] / DAYS_A_MONTH >= LEAST * documents.deletes


@every
def test_the_model_takes_as_many_requests_and_seconds_as_the_code(every_h: int) -> None:
    """Of the account, and of the functions, their starts included."""
    fleet = lived(every_h)
    work = workload_of(fleet.plan)

    assert LEAST <= work.requests / fleet.asked(fleet.names[0]) <= MOST
    assert LEAST <= work.deliveries / fleet.functions[Topic.CAMPAIGNS].calls <= MOST
    assert LEAST <= instance_seconds(work) / sum(map(fleet.busy_s, fleet.functions)) <= MOST
