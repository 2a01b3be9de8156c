"""A run that nobody watches: dated lines, an outage once, and JSON for programs."""

import json
import logging
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from sendtrail.activecampaign.http import retries
from sendtrail.cli.run.output.progress_lines import EVERY_S, ProgressLines, dated
from sendtrail.cli.run.output.run_json import as_object, written
from sendtrail.cli.run.output.run_log import QUIET_S, OutageFilter, log_to
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate
from sendtrail.cli.settings.sync_settings import LogFormat
from sendtrail.domain.activity import EventType
from sendtrail.ports import Topic
from sendtrail.sync.runs.stored_run import Summary
from tests.fakes import NOON, FakeClock

SUMMARY = Summary(run_id="run-1", organization_id="acme", campaigns=250, due=2, published=3)


def record(name: str, reason: str, at: float) -> logging.LogRecord:
    """Return what is logged when a request is tried again."""
    made = logging.LogRecord(name, logging.WARNING, "", 1, "%s; trying again in %.1f s", (reason, 1.5), None)
    made.created = at
    return made


def test_a_line_comes_at_the_start_every_minute_and_at_the_end() -> None:
    """Each with its date; in between nothing, however much is read."""
    clock, out = FakeClock(), StringIO()
    lines = ProgressLines(Console(file=out, width=40), clock)

    with lines:
        lines.observer.on_dispatched(SUMMARY)
        for second in range(150):
            clock.advance(1)
            lines.stats.on_response(200 if second else 429)
        lines.observer.on_finished(Topic.CAMPAIGNS)

    printed = out.getvalue().splitlines()
    assert [line[24:] for line in printed] == [
        " listing the campaigns of the account",
        " 2 of 250 campaigns are due, and the contacts",
        " 0 of 2 campaigns done, 0 activities and 0 contacts read, 60 requests, 1 answer 429",
        " 0 of 2 campaigns done, 0 activities and 0 contacts read, 120 requests, 1 answer 429",
        " 1 of 2 campaigns done, 0 activities and 0 contacts read, 150 requests, 1 answer 429",
    ]
    assert [line[:24] for line in (printed[0], printed[2])] == [
        dated(NOON),
        dated(NOON + timedelta(seconds=EVERY_S)),
    ]


def test_an_outage_is_one_line_in_ten_minutes() -> None:
    """With how often it was tried again; other reasons and other warnings pass."""
    outage = OutageFilter()
    same = [record(retries.__name__, "the account does not answer", at) for at in range(0, int(2 * QUIET_S), 10)]
    passed = [each for each in same if outage.filter(each)]

    assert [each.created for each in passed] == [0, QUIET_S]
    assert passed[1].getMessage().endswith("trying again in 1.5 s (59 more like it in the last minutes)")
    assert outage.filter(record(retries.__name__, "another reason", 5))
    assert all(outage.filter(record("sendtrail.sync", "the account does not answer", at)) for at in range(3))


@pytest.mark.parametrize("log_format", LogFormat)
def test_what_is_logged_has_a_date_or_is_json(log_format: LogFormat) -> None:
    """A console that is no terminal is a file."""
    out, root = StringIO(), logging.getLogger()
    before = root.handlers, root.level
    try:
        log_to(Console(file=out, width=40), log_format)
        logging.getLogger("sendtrail.test").warning("100 %% of %s are read, which is a long line", "campaign 7")
    finally:
        root.handlers, root.level = before[0], before[1]

    [line] = out.getvalue().splitlines()
    if log_format is LogFormat.JSON:
        assert json.loads(line)["message"] == "100 % of campaign 7 are read, which is a long line"
    else:
        assert line[24:] == " WARNING 100 % of campaign 7 are read, which is a long line"


def test_the_result_is_an_object_that_names_what_is_missing() -> None:
    """With its reason, and what to do."""
    missing = Failure(subject="7", reason="the answer is no JSON", kind=FailureKind.PASSING)
    result = RunResult(
        summary=SUMMARY,
        failures=(missing,),
        interrupted=False,
        seconds=1.23456,
        fates={"6": Fate.DONE, "7": Fate.FAILED, "contacts": Fate.DONE},
    )
    stats = RunStats()
    stats.on_response(429)
    stats.activities_read.update([EventType.OPEN, EventType.OPEN, EventType.CLICK])

    found = json.loads(written(result, stats))

    assert found == as_object(result, stats)
    assert (found["exit_code"], found["seconds"], found["refused"]) == (1, 1.235, 1)
    assert found["campaigns"] == {"listed": 250, "due": 2, "done": 1}
    assert found["activities"] == {"read": {"open": 2, "click": 1}, "new": 0}
    assert found["contacts"]["pass"] == "done"
    assert found["failures"][0].items() >= {"subject": "7", "reason": "the answer is no JSON"}.items()
    assert found["failures"][0]["advice"].startswith("This may pass")
