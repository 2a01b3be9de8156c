"""What was seen of an account, as it came: what it means is for the findings to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sendtrail.activecampaign.check.answers import Answer, Content
from sendtrail.activecampaign.v1.envelope import NoRows
from sendtrail.activecampaign.v3.items import item_id, total_of
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import SendtrailError

# The rows of a page of a report, or the account's words for having none.
Page = list[Any] | NoRows


@dataclass(frozen=True, kw_only=True, slots=True)
class ListObservation:
    """The first pages of a v3 list."""

    name: str
    pages: Sequence[Answer[Content]] = ()

    @property
    def error(self) -> SendtrailError | None:
        """Return why the list cannot be read, None where it can be."""
        return next((page.error for page in self.pages if page.error), None)

    @property
    def is_answered(self) -> bool:
        """Return whether any page was received."""
        return any(page.value is not None for page in self.pages)

    @property
    def sizes(self) -> list[int]:
        """Return how many rows each page has."""
        return [len(page.value[self.name]) for page in self.pages if page.value is not None]

    @property
    def rows(self) -> list[Any]:
        """Return the rows of all pages."""
        return [row for page in self.pages if page.value is not None for row in page.value[self.name]]

    @property
    def counted(self) -> int:
        """Return how many different rows were seen."""
        ids = [item_id(row) for row in self.rows]
        return len({each for each in ids if each is not None}) + ids.count(None)

    @property
    def is_whole(self) -> bool:
        """Return whether the list was read to its end: a page that is smaller than the first."""
        return bool(self.sizes) and (self.sizes[-1] < self.sizes[0] or not self.sizes[0])

    @property
    def is_doubtful(self) -> bool:
        """Return whether the first empty page has just come, although the total is above what was seen."""
        return self.sizes[-1:] == [0] and self.sizes.count(0) == 1 and (self.total or 0) > self.counted

    @property
    def has_false_end(self) -> bool:
        """Return whether rows came after an empty page."""
        return 0 in self.sizes and any(self.sizes[self.sizes.index(0) :])

    @property
    def total(self) -> int | None:
        """Return what the account says of the list's length."""
        first = next((page.value for page in self.pages if page.value is not None), None)
        return None if first is None else total_of(first)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportObservation:
    """The first page of a report of a campaign: asked for without a message, and with one where that has no rows.

    `counted` is how many rows there are by the campaign's counters, None where they do not show it.
    """

    report: Report
    campaign_id: int
    counted: int | None
    first: Answer[Page]
    by_message: Answer[Page] | None = None

    @property
    def rows(self) -> list[Any]:
        """Return the rows that were seen, whichever way."""
        return rows_of(self.first) or rows_of(self.by_message)

    @property
    def needs_message(self) -> bool:
        """Return whether the rows are there only for those who ask for a message."""
        return not rows_of(self.first) and bool(rows_of(self.by_message))


@dataclass(frozen=True, kw_only=True, slots=True)
class PagingObservation:
    """A report's second page, and a page that cannot exist; `counted` is how many rows its counters say."""

    report: Report
    first: Page
    second: Answer[Page] | None
    far: Answer[Page]
    counted: int | None = None

    @property
    def is_page_ignored(self) -> bool:
        """Return whether the first page stands for every other, although it is not all of the list by its counter."""
        others = [rows for each in (self.second, self.far) if (rows := rows_of(each))]
        return bool(others) and others[0] == self.first and len(rows_of_page(self.first)) != self.counted

    @property
    def is_last_page_repeated(self) -> bool:
        """Return whether a page past the end shows the last one again."""
        return bool(rows_of(self.far)) and not self.is_page_ignored


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountObservation:
    """All that was seen; `messages` and `link_data` are None where there was nothing to ask about."""

    campaigns: ListObservation
    read_campaigns: Sequence[Campaign] = ()
    people: Sequence[ListObservation] = ()
    reports: Mapping[Report, ReportObservation]
    messages: Answer[Content] | None = None
    paging: PagingObservation | None = None
    link_data: Sequence[Answer[Content]] = ()

    @property
    def contacts(self) -> ListObservation | None:
        """Return what was seen of the contacts, None where they are not asked for."""
        return next((each for each in self.people if each.name == "contacts"), None)

    @property
    def is_answered(self) -> bool:
        """Return whether the account has answered anything."""
        lists = any(each.is_answered for each in (self.campaigns, *self.people))
        return lists or any(each.first.value is not None for each in self.reports.values())


def rows_of(answer: Answer[Page] | None) -> list[Any]:
    """Return the rows of a page of a report, none where there is no such page."""
    return [] if answer is None else rows_of_page(answer.value)


def rows_of_page(page: Page | None) -> list[Any]:
    """Return the rows of what is a page, none of the account's words for having none."""
    return page if isinstance(page, list) else []
