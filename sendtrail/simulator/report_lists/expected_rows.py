"""Tell the truth of report lists: each state of each row as a reader of the API would have to write it down."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import takewhile

from sendtrail.simulator.account_clock import DAY_S
from sendtrail.simulator.garbled_text import as_read
from sendtrail.simulator.plan import Plan
from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.report_lists.bad_rows import bad_links_in, bad_rows_in
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.report_lists.readable import is_readable, names_message
from sendtrail.simulator.report_lists.row_details import Wording, detail
from sendtrail.simulator.report_lists.timestamps import utc
from sendtrail.simulator.truth import TruthCampaign, TruthContact, TruthRow, TruthUnreadable
from sendtrail.simulator.world.campaigns import Campaign, Message, Report, reports
from sendtrail.simulator.world.labels import list_names, tag_names
from sendtrail.simulator.world.people import Contact

_SLACK_S = 2 * DAY_S  # a row may stand for an instant a day (bounces) or an hour (clock change) off its own


class Witness:
    """Turn states of rows, and contacts, into truth."""

    def __init__(self, *, ledger: Ledger, wording: Wording, plan: Plan, quirks: Quirks) -> None:
        self._ledger = ledger
        self._quirks = quirks
        self._people = ledger.people
        self._wording = wording
        self._tags = tag_names(plan.tags)
        self._lists = list_names(plan.lists)

    def rows(self, report: Report, states: Iterable[State], since: datetime | None) -> Iterator[TruthRow]:
        """Yield the truth of states given newest first, from `since` on (of bounces: of days that end after it)."""
        from_s = since.timestamp() if since else float("-inf")
        number = self._ledger.numbers(report)
        for state in takewhile(lambda state: state.at >= from_s - _SLACK_S, states):
            row = self._row(report, state, number(state.member))
            if since is None or self._last_instant(report, row) >= from_s:
                yield row

    def unreadable(self, campaign: Campaign, message: Message) -> Iterator[TruthUnreadable]:
        """Yield the rows and links of a message's reports that nobody can read."""
        for report in reports(campaign, message):
            if is_readable(report, self._quirks):
                links = () if report.link is None or report.link.number else bad_links_in(message, self._quirks)
                for kind in (*bad_rows_in(report, self._quirks), *links):
                    message_id = str(message.id) if campaign.kind == "split" else ""
                    yield TruthUnreadable(
                        campaign_id=campaign.id, message_id=message_id, event_type=report.event, kind=kind
                    )

    def contact(self, contact: Contact, latest: Mapping[EventType, int]) -> TruthContact:
        """Return the truth of a contact, given the latest instants of what it did."""
        return TruthContact(
            id=str(contact.id),
            email=as_read(contact.email),
            first_name=as_read(contact.first_name),
            last_name=contact.last_name,
            phone=contact.phone,
            created=utc(contact.created_at),
            updated=utc(contact.updated_at),
            tags=tuple(sorted(self._tags[tag] for tag in contact.tags)),
            lists=tuple(sorted((self._lists[n], status) for n, status in contact.lists)),
            last_open=utc(latest["open"]) if "open" in latest else None,
            last_click=utc(latest["click"]) if "click" in latest else None,
        )

    def campaign(self, campaign: Campaign, counters: dict[str, int]) -> TruthCampaign:
        """Return the truth of a campaign."""
        return TruthCampaign(
            id=campaign.id,
            name=as_read(campaign.name),
            kind=campaign.kind,
            status=campaign.status,
            sent_at=utc(campaign.sent_at) if campaign.send_amt else None,
            message_ids=tuple(str(message.id) for message in campaign.messages),
            counters=counters,
        )

    def _row(self, report: Report, state: State, number: int) -> TruthRow:
        event, link, wording = report.event, report.link, self._wording
        return TruthRow(
            campaign_id=report.campaign.id,
            message_id=str(report.message.id) if names_message(report, self._quirks) else "",
            event_type=event,
            contact_id=str(self._people.id(number)),
            contact_email=as_read(self._people.email(number)),
            activity_timestamp=utc(wording.instant(event, state.at)),
            times=state.times,
            link_id=str(link.id) if link else "",
            link_url=as_read(link.url) if link else "",
            source_timestamp=wording.source(event, state.at),
            detail=detail(report, state.member),
        )

    def _last_instant(self, report: Report, row: TruthRow) -> float:
        at = row.activity_timestamp.timestamp()
        return at + DAY_S - 1 if report.event == "bounce" else at
