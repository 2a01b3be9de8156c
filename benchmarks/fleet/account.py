"""An account of a fleet: real budgets and requests, with one row for each page of twenty (or of a hundred contacts)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from benchmarks.decaying_account import Decay, DecayingAccount
from benchmarks.fleet.troubles import Trouble, answer_with
from sendtrail.clock import Clock
from sendtrail.domain.campaign import LIST_LIMIT, Campaign, CampaignMessage
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, ReportPage, ReportQuery
from sendtrail.domain.connection import Connection
from sendtrail.domain.contact import Contact, ContactPage
from sendtrail.ports import RequestBudget

ANSWER_S = 0.3
ROWS_A_PAGE = PAGE_SIZE
"""How many activities a row of a fleet stands for."""
CONTACTS_A_PAGE = LIST_LIMIT
"""How many contacts a contact of a fleet stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The accounts of a fleet: all are as large as this."""

    activities: int = 500_000
    contacts: int = 50_000
    changing: int = 60
    campaigns: int = 240

    @property
    def decay(self) -> Decay:
        """Return its activities, in pages."""
        return Decay(active=self.changing, daily=self.activities // ROWS_A_PAGE)


def fleet_campaigns(shape: Shape, *, clock: Clock, first_send: datetime) -> DecayingAccount:
    """Return the campaigns of an account, without the requests that show them."""
    return DecayingAccount(shape.decay, clock=clock, page_s=ANSWER_S, first_send=first_send)


class FleetAccount(DecayingAccount):
    """An account as the functions see it; each request waits for the budget, and then for its answer."""

    def __init__(
        self,
        shape: Shape,
        connection: Connection,
        *,
        budget: RequestBudget,
        clock: Clock,
        first_send: datetime,
        trouble: Trouble | None = None,
    ) -> None:
        super().__init__(shape.decay, clock=clock, page_s=ANSWER_S, first_send=first_send)
        self.connection, self._shape, self._budget, self._trouble = connection, shape, budget, trouble
        self.requests = 0

    @property
    def interval_s(self) -> float:
        """Return the time between two requests that the account's budget allows."""
        return self._budget.interval_s

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign that was sent, a hundred per request."""
        for number, campaign in enumerate(super().campaigns()):
            if number % LIST_LIMIT == 0:
                self._request(is_list=True)
            yield campaign

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return the only message of a campaign."""
        self._request()
        return [replace(each, subject="News") for each in super().campaign_messages(campaign_id)]

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report, newest first; of what is not opens, all is on one."""
        position = query.position
        rows = list(self._rows(query))[position.page - 1 :]
        pages = [[row] for row in rows] if query.report is Report.OPENS else [rows]
        for page in pages or [[]]:
            self._request()
            if page:
                position = replace(position, page=position.page + len(page))
                yield ReportPage(activities=page, position=position)

    def contact_count(self) -> int | None:
        """Return how many contacts there are, in pages."""
        return self._shape.contacts // CONTACTS_A_PAGE

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield a contact for each page of them."""
        for number in range(after + 1, self._shape.contacts // CONTACTS_A_PAGE + 1):
            self._request()
            yield ContactPage(contacts=[_contact(number)], last_id=number)

    def _request(self, *, is_list: bool = False) -> None:
        self._budget.acquire()
        self.requests += 1
        answer_with(self._trouble, self._clock, is_list=is_list)
        self._clock.sleep(self._page_s)


def _contact(number: int) -> Contact:
    return Contact(
        contact_id=number,
        email=f"contact{number}@mail.example.com",
        first_name="",
        last_name="",
        phone="",
        created_at=None,
        updated_at=None,
        deleted_at=None,
        tags=(),
        lists=(),
    )
