"""Subject lines are read once, stored, and cost nothing but themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import PermissionRefused, Rejected, SendtrailError, Unavailable
from sendtrail.state.documents import to_document
from sendtrail.state.stored_rows import TABLE_PATH, CountedTable
from sendtrail.sync.subjects.read_subject_lines import read_subject_lines
from sendtrail.sync.subjects.subject_lines import SubjectLines
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_campaign
from tests.fakes import NOON
from tests.pipeline_harness import PipelineHarness

ITEM = WorkItem(organization_id="acme", subject="subject_lines", run_id="run1", sequence=1)


@dataclass
class Refusing(FakeAccount):
    """Counts what it is asked for, and refuses the list, or all of it."""

    asked: list[str] = field(default_factory=list)
    no_list: SendtrailError | None = None
    no_messages: SendtrailError | None = None

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield the messages, or refuse."""
        self.asked.append("list")
        if self.no_list:
            raise self.no_list
        return super().all_messages()

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return a campaign's messages, or refuse."""
        self.asked.append(str(campaign_id))
        if self.no_messages:
            raise self.no_messages
        return super().campaign_messages(campaign_id)


def an_account(**options: Any) -> Refusing:
    """Return an account of three campaigns with a message each, and a split test of two."""
    subjects = {"10": "Spring", "20": "Summer", "30": "Autumn", "41": "A", "42": "B"}
    return Refusing(messages={1: ["10"], 2: ["20"], 3: ["30"], 4: ["41", "42"]}, subjects=subjects, **options)


def the_campaigns() -> list[Campaign]:
    """Return its campaigns, as the list names their messages."""
    found = [replace(a_campaign(number), message_id=f"{number}0") for number in (1, 2, 3)]
    return [*found, a_campaign(4, split=True)]


def read(account: Refusing, line: PipelineHarness) -> SubjectLines:
    """Read what is to be read."""
    return read_subject_lines(the_campaigns(), lists=account, services=line.services, item=ITEM)


def stored(line: PipelineHarness) -> dict[str, str | None]:
    """Return the stored subject lines by message."""
    return {row["message_id"]: row["subject"] for row in line.warehouse.rows(Table.MESSAGES)}


def test_all_are_stored_and_read_once() -> None:
    """Of a split test, each message has its own; the next run asks for nothing."""
    account, line = an_account(), PipelineHarness()

    first, second = read(account, line), read(account, line)

    assert stored(line) == account.subjects
    assert account.asked == ["list", "4"]
    assert first == SubjectLines(read=4, requests=2)
    assert second == SubjectLines()


def test_what_the_list_may_not_show_is_asked_for_by_campaign() -> None:
    """A key may read a campaign's messages and not the list of all."""
    account, line = an_account(no_list=Rejected("no")), PipelineHarness()

    read(account, line)

    assert stored(line) == account.subjects
    assert account.asked == ["list", "3", "2", "1", "4"]


def test_a_refused_key_is_said_and_asked_again_after_a_day(caplog: pytest.LogCaptureFixture) -> None:
    """Not in every run: it costs requests, and somebody has to change the permission."""
    account = an_account(no_list=PermissionRefused("not for this"), no_messages=PermissionRefused("not for this"))
    line = PipelineHarness()

    first = read(account, line)
    asked = list(account.asked)
    second = read(account, line)
    line.clock.sleep(25 * 3600)
    account.no_list = account.no_messages = None
    third = read(account, line)

    assert (first.unknown, first.problem) == (4, "not for this")
    assert "the subject lines of 4 campaigns stay unknown for now: not for this" in caplog.messages
    assert (second.unknown, second.requests, asked) == (4, 0, ["list", "3"])
    assert (third.read, stored(line)) == (4, account.subjects)


def test_an_account_that_does_not_answer_keeps_what_was_read() -> None:
    """The rest is read by the next run."""
    account, line = an_account(no_messages=Unavailable("no answer")), PipelineHarness()

    first = read(account, line)
    account.no_messages = None
    second = read(account, line)

    assert (first.read, first.unknown) == (3, 1)
    assert (second.read, second.unknown) == (1, 0)
    assert stored(line) == account.subjects


def test_a_campaign_without_messages_is_asked_for_once() -> None:
    """One that the account does not know, or whose messages it does not list, has no subject line."""
    account, line = an_account(no_messages=Rejected("no such campaign")), PipelineHarness()

    read(account, line)
    read(account, line)

    assert account.asked == ["list", "4"]


def test_another_warehouse_gets_all_of_them_again() -> None:
    """What was read is known of the table that it was stored in."""
    account, line = an_account(), PipelineHarness()
    for identity in ("one", "another"):
        table = CountedTable(identity=identity, counted_at=NOON, floor=NOON, rows=0)
        line.state.documents[TABLE_PATH] = to_document(table)
        read(account, line)

    assert account.asked == ["list", "4"] * 2
