"""Of which campaigns subject lines are read, and in which way."""

from dataclasses import replace
from datetime import timedelta

from sendtrail.domain.campaign import Campaign
from sendtrail.sync.subjects.subject_plan import MAX_EDITED, MAX_ONE_BY_ONE, edit_mark, subject_plan
from tests.fake_account import a_campaign
from tests.fakes import NOON


def named(*numbers: int) -> list[Campaign]:
    """Return campaigns that name their message, each sent a day after the one before."""
    return [replace(sent(number), message_id=str(10 * number)) for number in numbers]


def sent(number: int) -> Campaign:
    """Return a campaign whose message the list does not name."""
    at = NOON + timedelta(days=number)
    return replace(a_campaign(number), sent_at=at, last_sent_at=at, modified_at=at)


def test_a_quiet_day_reads_nothing() -> None:
    """Also where campaigns have sent meanwhile, as automations do every day: that modifies them."""
    later = [replace(each, last_sent_at=NOON, modified_at=NOON) for each in named(1, 2, 3)]

    plan = subject_plan(later, {1: 0, 2: 0, 3: 7})

    assert (plan.listed, plan.one_by_one, plan.left) == ([], [], [])


def test_a_new_campaign_takes_one_request() -> None:
    """The list of all messages would take one per hundred."""
    plan = subject_plan(named(*range(1, 301)), dict.fromkeys(range(1, 300), 0))

    assert (plan.listed, [each.campaign_id for each in plan.one_by_one]) == ([], [300])


def test_many_are_read_out_of_the_list() -> None:
    """Those that name their only message; a split test has several."""
    split = replace(named(9)[0], split=True)

    plan = subject_plan([*named(*range(1, 9)), split], {})

    assert [each.campaign_id for each in plan.listed] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert list(plan.one_by_one) == [split]


def test_what_subject_lines_take_is_known_before() -> None:
    """A request per campaign that is read alone, and the pages of the list where any are read out of it."""
    split = replace(named(9)[0], split=True)

    many = subject_plan([*named(*range(1, 9)), split], {})
    none = subject_plan(named(1, 2), {1: 0, 2: 0})

    assert [many.requests(messages=number) for number in (9, 99, 100, 250)] == [2, 2, 3, 4]
    assert none.requests(messages=250) == 0


def test_where_no_message_is_named_the_newest_come_first_and_the_rest_later() -> None:
    """No run waits for all of them."""
    plan = subject_plan([sent(number) for number in range(1, MAX_ONE_BY_ONE + 3)], {})

    assert len(plan.one_by_one) == MAX_ONE_BY_ONE
    assert plan.one_by_one[0].campaign_id == MAX_ONE_BY_ONE + 2
    assert [each.campaign_id for each in plan.left] == [2, 1]


def test_an_edited_campaign_is_read_again_once() -> None:
    """Its mark is stored, so that the same edit is not read twice."""
    edited = replace(named(1)[0], modified_at=NOON + timedelta(days=3))

    assert list(subject_plan([edited], {1: 0}).one_by_one) == [edited]
    assert list(subject_plan([edited], {1: edit_mark(edited)}).one_by_one) == []


def test_an_account_that_touches_all_campaigns_costs_a_few_requests() -> None:
    """As one whose dates of modification move with each open would do in every run."""
    touched = [replace(each, modified_at=NOON + timedelta(days=900)) for each in named(*range(1, 200))]

    plan = subject_plan(touched, dict.fromkeys(range(1, 200), 1))

    assert len([*plan.listed, *plan.one_by_one]) == MAX_EDITED


def test_drafts_have_no_subject_line_yet() -> None:
    """They are read when they are sent."""
    draft = replace(a_campaign(1), status=0, sent_at=None, last_sent_at=None, counters={"send_amt": 0})

    assert list(subject_plan([draft], {}).one_by_one) == []
