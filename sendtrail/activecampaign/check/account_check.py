"""A whole check: what is needed is asked for first, so that the limit on requests leaves out what matters least."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.check.access_findings import access_findings
from sendtrail.activecampaign.check.answers import Answer, Content
from sendtrail.activecampaign.check.connection_findings import connection_finding, rate_finding
from sendtrail.activecampaign.check.content_findings import content_findings
from sendtrail.activecampaign.check.counted_budget import CountedBudget
from sendtrail.activecampaign.check.finding import Finding
from sendtrail.activecampaign.check.list_requests import (
    ask_messages,
    message_ids,
    observe_campaigns,
    observe_contacts,
    observe_link_data,
    observe_list,
    read_campaigns,
)
from sendtrail.activecampaign.check.observations import AccountObservation, ListObservation, ReportObservation
from sendtrail.activecampaign.check.paging_findings import paging_findings
from sendtrail.activecampaign.check.report_requests import example, observe_paging, observe_report
from sendtrail.activecampaign.check.time_zone_finding import time_zone_finding
from sendtrail.activecampaign.http.client import DEFAULT_TIMEOUTS, Client, HttpOptions
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.clock import Clock
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.connection import Connection
from sendtrail.errors import KeyRefused
from sendtrail.ports import RequestBudget

# A valid key is refused now and then: what is refused twice is refused.
RETRIES = RetryPolicy(attempts=2, total_s=60.0, base_s=0.5, max_wait_s=8.0)

MessagesOf = Callable[[int], Answer[Content]]


class AccountCheck:
    """Looks at one account, with at most as many requests as a check may make."""

    def __init__(
        self, connection: Connection, *, budget: RequestBudget, clock: Clock, retries: RetryPolicy = RETRIES
    ) -> None:
        self._connection = connection
        self.budget = CountedBudget(budget)
        options = HttpOptions(retries=retries, timeouts=DEFAULT_TIMEOUTS, on_response=None, memory=AccountMemory())
        self._client = Client(connection, budget=self.budget, clock=clock, options=options)

    def observe(self, *, contacts: bool) -> AccountObservation:
        """Ask for everything; of an account that does not answer, or knows no such key, for nothing more."""
        client = self._client
        listed = observe_campaigns(client)
        if listed.error is not None and not listed.is_answered and not isinstance(listed.error, KeyRefused):
            return AccountObservation(campaigns=listed, reports={})
        people = [observe_contacts(client)] if contacts else []
        campaigns, messages_of = read_campaigns(listed), cache(lambda campaign_id: ask_messages(client, campaign_id))
        reports = self._reports([Report.OPENS], campaigns, messages_of)
        seen = AccountObservation(campaigns=listed, read_campaigns=campaigns, people=people, reports=reports)
        return self._observe_rest(seen, messages_of) if seen.is_answered else seen

    def findings(self, seen: AccountObservation) -> list[Finding]:
        """Return what was seen, and what it means."""
        mask, budget = self._client.mask, self.budget
        rate = rate_finding(
            limit=budget.limit,
            least_remaining=budget.least_remaining,
            pauses_s=budget.pauses_s,
            configured=self._connection.rate_limit,
        )
        if not seen.is_answered:
            return [connection_finding(seen), rate]
        rows = [row for report in seen.reports.values() if report.report is not Report.CLICKS for row in report.rows]
        return [
            connection_finding(seen),
            *access_findings(seen, mask=mask),
            rate,
            *paging_findings(seen, mask=mask),
            time_zone_finding(rows, self._connection.time_zone),
            *content_findings(seen),
        ]

    def _observe_rest(self, seen: AccountObservation, messages_of: MessagesOf) -> AccountObservation:
        client = self._client
        others = self._reports([each for each in Report if each is not Report.OPENS], seen.read_campaigns, messages_of)
        reports = {**seen.reports, **others}
        shown: list[ListObservation] = [observe_list(client, name) for name in ("tags", "lists")] if seen.people else []
        first = example(seen.read_campaigns, Report.OPENS)
        return AccountObservation(
            campaigns=seen.campaigns,
            read_campaigns=seen.read_campaigns,
            people=[*seen.people, *shown],
            reports=reports,
            messages=messages_of(first.campaign_id) if first else None,
            paging=observe_paging(client, reports.values()),
            link_data=observe_link_data(client, first.campaign_id) if first else (),
        )

    def _reports(
        self, reports: Sequence[Report], campaigns: Sequence[Campaign], messages_of: MessagesOf
    ) -> Mapping[Report, ReportObservation]:
        def ids(campaign_id: int) -> list[str]:
            return message_ids(messages_of(campaign_id))

        return {each: observe_report(self._client, campaigns, each, messages_of=ids) for each in reports}
