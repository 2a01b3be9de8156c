"""When a report that changed is read again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.sync.settling import LATE, ReadResult, Settling, late_since, reports_to_settle, settling_after
from tests.fakes import NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CHANGED, STILL = ReadResult(changed=True), ReadResult(changed=False)


def looks(report: Report, result: ReadResult, *, days: int) -> list[float]:
    """Return how many hours after a change a report is read again, asked every hour, each look finding `result`."""
    settling = settling_after({}, {report: ReadResult(changed=True, short=result.short)}, now=NOON)
    found = []
    for hour in range(1, 24 * days):
        now = NOON + hour * HOUR
        if reports_to_settle(settling, now=now, settle=DAY):
            found.append(float(hour))
            settling = settling_after(settling, {report: result}, now=now)
    return found


@pytest.mark.parametrize(
    ("report", "result", "hours"),
    [
        (Report.OPENS, STILL, [23, 71, 167]),
        (Report.BOUNCES, STILL, [23]),
        (Report.BOUNCES, ReadResult(changed=False, short=3), [1, 23]),
        (Report.CLICKS, ReadResult(changed=False, short=3), [1, 23, 71, 167]),
    ],
)
def test_a_report_is_looked_at_again_some_times(report: Report, result: ReadResult, hours: list[float]) -> None:
    """Sooner where rows are missing, and not for ever: deleted contacts leave some counters too high for good."""
    assert looks(report, result, days=30) == hours


@pytest.mark.parametrize("minutes", [0, 1, 40])
def test_a_run_a_day_at_the_same_hour_looks_after_one_three_and_seven_days(minutes: int) -> None:
    """What a run reads, it reads some time after it began; the next day's begins before a day is over."""
    reading = timedelta(minutes=minutes)
    settling, days = settling_after({}, {Report.OPENS: CHANGED}, now=NOON + reading), []
    for day in range(1, 30):
        if reports_to_settle(settling, now=NOON + day * DAY, settle=DAY):
            days.append(day)
            settling = settling_after(settling, {Report.OPENS: STILL}, now=NOON + day * DAY + reading)

    assert days == [1, 3, 7]


def test_a_steady_shortfall_is_not_looked_at_before_the_others() -> None:
    """It was there when the report was read before, and nobody waits for those rows."""
    short = ReadResult(changed=True, short=3)
    settling = settling_after({}, {Report.BOUNCES: short}, now=NOON)
    settling = settling_after(settling, {Report.BOUNCES: short}, now=NOON + DAY)

    assert not settling[Report.BOUNCES].lacks_rows
    assert settling[Report.BOUNCES].short == 3
    assert reports_to_settle(settling, now=NOON + DAY + HOUR, settle=DAY) == ()


@pytest.mark.parametrize(("short", "due"), [(3, ()), (5, (Report.BOUNCES,)), (1, (Report.BOUNCES,)), (0, ())])
def test_a_shortfall_that_changes_is_looked_at_again(short: int, due: tuple[Report, ...]) -> None:
    """Long after the last look, as rows have come or gone though no counter moved; one that is gone is settled."""
    settling = {Report.BOUNCES: Settling(changed_at=NOON - 60 * DAY, read_at=NOON - 30 * DAY, short=3, short_before=3)}

    after = settling_after(settling, {Report.BOUNCES: ReadResult(changed=False, short=short)}, now=NOON)

    assert reports_to_settle(after, now=NOON + HOUR, settle=DAY) == ()
    assert reports_to_settle(after, now=NOON + DAY, settle=DAY) == due


@pytest.mark.parametrize("result", [STILL, CHANGED, ReadResult(changed=False, failed="no permission")])
def test_a_reading_of_the_newest_rows_says_nothing_of_a_shortfall(result: ReadResult) -> None:
    """Nor does one that failed: what a whole reading found stays stored."""
    settling = {Report.OPENS: Settling(changed_at=NOON - DAY, read_at=NOON - DAY, short=3, short_before=2)}

    after = settling_after(settling, {Report.OPENS: replace(result, is_whole=False)}, now=NOON)

    assert (after[Report.OPENS].short, after[Report.OPENS].short_before) == (3, 2)


def test_what_changes_in_other_reports_puts_nothing_off() -> None:
    """Opens that change every six hours do not keep a late click from being found a day later."""
    settling = settling_after({}, {Report.CLICKS: CHANGED, Report.OPENS: CHANGED}, now=NOON)
    for hours in (6, 12, 18, 24):
        settling = settling_after(settling, {Report.OPENS: CHANGED}, now=NOON + hours * HOUR)

    assert reports_to_settle(settling, now=NOON + DAY, settle=DAY) == (Report.CLICKS,)


def test_a_look_that_comes_late_is_one() -> None:
    """After a week without a run there is one look, not three."""
    settling = settling_after({}, {Report.OPENS: CHANGED}, now=NOON)
    late = NOON + 8 * DAY

    assert reports_to_settle(settling, now=late, settle=DAY) == (Report.OPENS,)
    assert reports_to_settle(settling_after(settling, {Report.OPENS: STILL}, now=late), now=late, settle=DAY) == ()


def test_a_report_that_failed_is_read_at_every_run_until_it_can_be() -> None:
    """Whatever its counters do meanwhile."""
    failed = ReadResult(changed=False, failed="no permission")
    settling = settling_after({}, {Report.CLICKS: failed}, now=NOON)
    again = settling_after(settling, {Report.CLICKS: failed}, now=NOON + HOUR)
    healed = settling_after(again, {Report.CLICKS: STILL}, now=NOON + 2 * HOUR)

    due = [reports_to_settle(each, now=NOON + 2 * HOUR, settle=DAY) for each in (settling, again, healed)]
    assert due == [(Report.CLICKS,), (Report.CLICKS,), ()]


@pytest.mark.parametrize("moment", [NOON - 400 * DAY, NOON + 400 * DAY])
def test_a_clock_that_was_wrong_puts_nothing_off_for_ever(moment: datetime) -> None:
    """A look from the past is due, one that is to come far in the future is not waited for."""
    settling = {Report.OPENS: Settling(changed_at=moment, read_at=moment)}

    assert reports_to_settle(settling, now=NOON, settle=DAY) == (Report.OPENS,)


def test_a_report_that_may_hide_a_change_is_looked_at_a_day_later() -> None:
    """Though its counter never moved: somebody came back, and somebody else left."""
    settling = settling_after({}, {Report.OPENS: CHANGED}, now=NOON, may_hide=[Report.UNSUBSCRIBES])

    assert Report.UNSUBSCRIBES in reports_to_settle(settling, now=NOON + DAY, settle=DAY)


def test_further_changes_do_not_put_that_look_off_and_bring_another_after_it() -> None:
    """While the campaign changes every six hours, its unsubscriptions are looked at a day later, and once a week."""
    settling, hours = settling_after({}, {}, now=NOON, may_hide=[Report.UNSUBSCRIBES]), []
    for hour in range(6, 24 * 20, 6):
        now = NOON + hour * HOUR
        is_due = Report.UNSUBSCRIBES in reports_to_settle(settling, now=now, settle=DAY)
        results = {Report.UNSUBSCRIBES: STILL} if is_due else {}
        settling = settling_after(settling, results, now=now, may_hide=[Report.UNSUBSCRIBES])
        hours += [hour] * is_due

    assert hours == [24, 24 + 7 * 24, 24 + 14 * 24]


@pytest.mark.parametrize(("days", "is_looked_at"), [(1, False), (3, False), (6.5, False), (7, True)])
def test_where_all_is_stored_only_the_last_look_is_taken(days: float, *, is_looked_at: bool) -> None:
    """It finds what no counter shows, as a deletion hid it."""
    settling = settling_after({}, {Report.CLICKS: CHANGED}, now=NOON)

    due = reports_to_settle(settling, now=NOON + days * DAY, settle=DAY, complete=(Report.CLICKS,))

    assert bool(due) is is_looked_at


@pytest.mark.parametrize(
    "result", [ReadResult(changed=True, short=1), ReadResult(changed=True, failed="no permission")]
)
def test_what_fell_short_or_failed_is_looked_at_whatever_is_stored(result: ReadResult) -> None:
    """A counter that agrees by chance proves nothing."""
    settling = settling_after({}, {Report.CLICKS: result}, now=NOON)

    assert reports_to_settle(settling, now=NOON + DAY, settle=DAY, complete=(Report.CLICKS,)) == (Report.CLICKS,)


def test_changes_that_were_skipped_are_looked_for_a_day_after_the_last_whole_read() -> None:
    """Not a day after the read that skipped them: counts are never older than a day."""
    skipped = ReadResult(changed=True, changed_since=NOON - 18 * HOUR)
    settling = settling_after({}, {Report.OPENS: skipped}, now=NOON)

    due = [reports_to_settle(settling, now=NOON + hours * HOUR, settle=DAY) for hours in (4, 5)]
    assert due == [(), (Report.OPENS,)]


def test_only_a_whole_read_is_the_look_for_hidden_changes() -> None:
    """The end of a list does not show what changed further up."""
    settling = settling_after({}, {}, now=NOON, may_hide=[Report.UNSUBSCRIBES])
    partial = settling_after(
        settling, {Report.UNSUBSCRIBES: ReadResult(changed=True, is_whole=False)}, now=NOON + 6 * DAY
    )
    whole = settling_after(settling, {Report.UNSUBSCRIBES: CHANGED}, now=NOON + 6 * DAY)

    assert reports_to_settle(partial, now=NOON + 7 * DAY, settle=DAY) == (Report.UNSUBSCRIBES,)
    assert [each[Report.UNSUBSCRIBES].hidden_since for each in (partial, whole)] == [NOON, None]


def test_opens_that_never_rest_are_looked_at_once_a_week() -> None:
    """They change every six hours, so that no look after a change ever comes; this one starts the week anew."""
    settling, hours = settling_after({}, {Report.OPENS: CHANGED}, now=NOON), []
    for hour in range(6, 24 * 23, 6):
        now = NOON + hour * HOUR
        is_due = Report.OPENS in reports_to_settle(settling, now=now, settle=DAY, changing=[Report.OPENS])
        since = late_since(Report.OPENS, settling[Report.OPENS], now) if is_due else now - HOUR
        result = ReadResult(changed=True, is_whole=False, since=since)
        settling = settling_after(settling, {Report.OPENS: result}, now=now, may_hide=[Report.OPENS])
        hours += [hour] * is_due

    assert hours == [6 + 7 * 24, 6 + 14 * 24, 6 + 21 * 24]


@pytest.mark.parametrize(
    "result",
    [
        ReadResult(changed=True),
        ReadResult(changed=True, is_whole=False, is_proven=True),
        ReadResult(changed=True, is_whole=False, since=NOON - LATE),
    ],
)
def test_opens_that_cannot_be_late_any_more_are_not_looked_for(result: ReadResult) -> None:
    """All were read, or all that is counted is stored, or they were read far enough."""
    settling = {Report.OPENS: Settling(changed_at=NOON + 6 * DAY, read_at=NOON + 6 * DAY, hidden_since=NOON)}

    after = settling_after(settling, {Report.OPENS: result}, now=NOON + 6 * DAY)

    assert after[Report.OPENS].hidden_since is None


def test_opens_that_rest_are_not_looked_for_besides() -> None:
    """The last look after their change does that."""
    settling = {Report.OPENS: Settling(changed_at=NOON + 6 * DAY, read_at=NOON + 6 * DAY, hidden_since=NOON)}

    assert reports_to_settle(settling, now=NOON + 7 * DAY - 2 * HOUR, settle=DAY) == ()
    assert reports_to_settle(settling, now=NOON + 7 * DAY, settle=DAY, changing=[Report.OPENS]) == (Report.OPENS,)
