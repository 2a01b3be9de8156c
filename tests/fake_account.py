"""A fake account: reports as lists of activities, newest first, in pages of 20; contacts by ascending id."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.campaign_report import COUNTED_BY, Report, ReportPage, ReportQuery
from sendtrail.domain.contact import Contact, ContactPage, ListMembership
from tests.fakes import NOON

PAGE = 20


def an_activity(number: int, *, campaign_id: int = 1, report: Report = Report.OPENS, at: datetime = NOON) -> Activity:
    """Return the activity of contact `number`, `number` minutes before `at`."""
    moment = at - timedelta(minutes=number)
    return Activity(
        campaign_id=campaign_id,
        message_id="",
        contact_id=str(number),
        contact_email=f"contact{number}@example.com",
        event_type=EventType(report.removesuffix("s")),
        activity_timestamp=moment,
        source_timestamp=moment.isoformat(),
    )


def a_contact(number: int, **changes: object) -> Contact:
    """Return the contact `number`."""
    contact = Contact(
        contact_id=number,
        email=f"contact{number}@example.com",
        first_name="",
        last_name="",
        phone="",
        created_at=NOON,
        updated_at=NOON,
        deleted_at=None,
        tags=("customer",),
        lists=(ListMembership(list_name="News", status=1),),
    )
    return replace(contact, **changes)  # type: ignore[arg-type]


@dataclass
class FakeAccount:
    """Serves what its fields hold; `queries` is every page position that was asked for."""

    reports: dict[tuple[int, Report], list[Activity]] = field(default_factory=dict)
    people: dict[int, Contact] = field(default_factory=dict)
    messages: dict[int, list[str]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    queries: list[ReportQuery] = field(default_factory=list)

    def fill(self, campaign_id: int, report: Report, count: int, *, at: datetime = NOON) -> None:
        """Give a report `count` more activities, the newest at `at`."""
        rows = self.reports.setdefault((campaign_id, report), [])
        first = len(rows)
        more = [an_activity(first + n, campaign_id=campaign_id, report=report) for n in range(count)]
        rows[:0] = [
            replace(row, activity_timestamp=at - timedelta(minutes=minutes)) for minutes, row in enumerate(more)
        ]

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns with counters that say how long their reports are."""
        for campaign_id in sorted({campaign_id for campaign_id, _ in self.reports}):
            counters = {COUNTED_BY[report][0]: len(self.reports.get((campaign_id, report), [])) for report in Report}
            counters["softbounces"] = 0
            yield a_campaign(campaign_id, split=campaign_id in self.messages, **counters)

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return the messages of a split campaign, without counters."""
        return [
            CampaignMessage(message_id=message_id, counters={}, subject=self.subjects.get(message_id, ""))
            for message_id in self.messages.get(campaign_id, [])
        ]

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield the messages that have a subject line."""
        for message_id, subject in self.subjects.items():
            yield CampaignMessage(message_id=message_id, counters={}, subject=subject)

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report."""
        rows = self.reports.get((query.campaign_id, query.report), [])
        position = query.position
        self.queries.append(query)
        while page := rows[(position.page - 1) * PAGE : position.page * PAGE]:
            position = replace(position, page=position.page + 1)
            yield ReportPage(activities=[replace(row, message_id=query.message_id) for row in page], position=position)
        missing = (query.expected_rows or 0) - len(self.reports.get((query.campaign_id, query.report), []))
        yield ReportPage(activities=[], position=None, missing=max(0, missing))

    def contact_count(self) -> int | None:
        """Return how many contacts there are."""
        return len(self.people)

    def contact(self, contact_id: int) -> Contact | None:
        """Return a contact."""
        return self.people.get(contact_id)

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the contacts with ids above `after`, a page at a time."""
        while ids := sorted(number for number in self.people if number > after)[:PAGE]:
            after = ids[-1]
            yield ContactPage(contacts=[self.people[number] for number in ids], last_id=after)


def a_campaign(campaign_id: int, *, split: bool = False, **counters: int) -> Campaign:
    """Return a campaign that was sent, with the given counters."""
    return Campaign(
        campaign_id=campaign_id,
        name=f"Campaign {campaign_id}",
        type="split" if split else "single",
        status=5,
        automation_id="",
        series_id="",
        split=split,
        sent_at=NOON,
        last_sent_at=NOON,
        created_at=NOON,
        modified_at=NOON,
        counters={"send_amt": 100, **counters},
    )
