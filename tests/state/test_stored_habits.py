"""How an account shows its reports, kept in the state store."""

from dataclasses import replace

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.report_habits import ReportHabits, with_border, with_page
from sendtrail.state.documents import report_habits_path
from sendtrail.state.stored_habits import StoredHabits, reports_of_unknown_messages
from tests.fakes import FakeClock, MemoryState


def stored(state: MemoryState) -> StoredHabits:
    """Return the habits of an account, as a process that has just begun knows them."""
    return StoredHabits(state, FakeClock(), organization_id="acme")


def observe(habits: StoredHabits, rows: int, *, followed: int = 0) -> None:
    """Record a page of opens."""
    habits.observe(Report.OPENS, lambda each, now: with_page(each, rows, followed=followed, now=now))


def test_what_was_seen_is_known_to_the_next_process() -> None:
    """Of the report that it was seen of."""
    state = MemoryState()
    observe(stored(state), 10, followed=10)

    assert stored(state).of(Report.OPENS).page_size == 10
    assert stored(state).of(Report.BOUNCES) == ReportHabits()


def test_what_is_known_already_is_not_written() -> None:
    """After a while nothing is new."""
    state = MemoryState()
    habits = stored(state)
    observe(habits, 20, followed=20)
    state.documents.clear()

    observe(habits, 20, followed=20)

    assert state.documents == {}


def test_what_others_saw_meanwhile_is_kept() -> None:
    """Two workers learn different things of one account."""
    state = MemoryState()
    first, second = stored(state), stored(state)
    assert second.of(Report.OPENS) == ReportHabits()
    observe(first, 20, followed=20)

    second.observe(Report.OPENS, lambda each, _: with_border(each, is_in_order=True))

    found = stored(state).of(Report.OPENS)
    assert (found.page_size, found.borders_in_order) == (20, 1)


def test_a_document_that_cannot_be_read_is_written_anew() -> None:
    """It costs seeing it again."""
    state = MemoryState()
    state.documents[report_habits_path("acme")] = {"reports": {"opens": {"longest": "many"}}}
    habits = stored(state)

    habits.observe(Report.OPENS, lambda each, _: replace(each, repeats_last_page=True))

    assert stored(state).of(Report.OPENS).repeats_last_page


def test_a_report_whose_messages_were_seen_is_known() -> None:
    """Whether the account heeds the message that is asked for, or ignores it."""
    state = MemoryState()
    before = reports_of_unknown_messages("acme", state)
    stored(state).observe(Report.OPENS, lambda habits, _: replace(habits, heeds_message=True))
    stored(state).observe(Report.CLICKS, lambda habits, _: replace(habits, ignores_message=True))
    stored(state).observe(Report.BOUNCES, lambda habits, _: replace(habits, repeats_last_page=True))

    after = reports_of_unknown_messages("acme", state)

    assert before == tuple(Report)
    assert set(before) - set(after) == {Report.OPENS, Report.CLICKS}
