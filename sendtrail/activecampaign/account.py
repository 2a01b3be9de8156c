"""One ActiveCampaign account, as the dispatcher and the workers see it."""

from collections.abc import Callable, Iterator
from functools import cache

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.http.client import DEFAULT_TIMEOUTS, Client, HttpOptions, Timeouts
from sendtrail.activecampaign.http.retries import DEFAULT_RETRIES, RetryPolicy
from sendtrail.activecampaign.v1.reports import V1Reports
from sendtrail.activecampaign.v3 import campaigns as campaign_list
from sendtrail.activecampaign.v3.contacts import ContactPages, contact_count
from sendtrail.activecampaign.v3.lists import log_unreadable
from sendtrail.activecampaign.v3.single_contact import contact_by_id
from sendtrail.activecampaign.v3.subject_lines import messages
from sendtrail.clock import Clock
from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.campaign_report import ReportPage, ReportQuery, UnreadableRow
from sendtrail.domain.connection import Connection
from sendtrail.domain.contact import Contact, ContactPage
from sendtrail.ports import RequestBudget


class Account:
    """The campaigns, reports and contacts of an account; any number of threads may use it at once.

    It satisfies CampaignLists, ReportReader, ContactReader and ContactLookup. Every method raises Unavailable where the
    account does not answer properly, and KeyRefused, PermissionRefused, Rejected or Unreadable where trying again would
    not help.

    `on_response` is called with the status of every response, `on_unreadable` with each campaign and contact that
    cannot be understood, and is therefore left out of its list. Rows of reports that cannot be understood are part of
    their page. A `memory` that several accounts with one key share spares them learning the same again.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        budget: RequestBudget,
        clock: Clock,
        on_response: Callable[[int], None] | None = None,
        on_unreadable: Callable[[UnreadableRow], None] = log_unreadable,
        retries: RetryPolicy = DEFAULT_RETRIES,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        memory: AccountMemory | None = None,
    ) -> None:
        options = HttpOptions(
            retries=retries,
            timeouts=timeouts,
            on_response=on_response,
            memory=memory or AccountMemory(),
        )
        self.connection = connection
        self._budget = budget
        self._client = Client(connection, budget=budget, clock=clock, options=options)
        self._reports = V1Reports(self._client, connection.time_zone, messages_of=cache(self.campaign_messages))
        self._on_unreadable = on_unreadable

    @property
    def interval_s(self) -> float:
        """Return the time between two requests that the account's budget allows."""
        return self._budget.interval_s

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign, whatever its status, once each."""
        return campaign_list.campaigns(self._client, on_unreadable=self._on_unreadable)

    def campaign_messages(self, campaign_id: int) -> list[CampaignMessage]:
        """Return a campaign's messages."""
        return campaign_list.campaign_messages(self._client, campaign_id)

    def all_messages(self) -> Iterator[CampaignMessage]:
        """Yield every message of the account with its subject line, once each."""
        return messages(self._client, on_unreadable=self._on_unreadable)

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the rows of a report from a position on, to its proven end."""
        return self._reports.read(query)

    def contact_count(self) -> int | None:
        """Return how many contacts there are, None where the account does not say."""
        return contact_count(self._client)

    def contact(self, contact_id: int) -> Contact | None:
        """Return a contact without its tags and lists, None where the account says that there is none of this id."""
        return contact_by_id(self._client, contact_id)

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the contacts whose ids are above `after`, a page at a time, to the end."""
        return ContactPages(self._client, on_unreadable=self._on_unreadable).after(after)
