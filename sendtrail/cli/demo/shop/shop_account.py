"""Writes the made-up shop into a file of its own, as a sync and two loads would, and the report about it."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sendtrail.cli.conversions import load_conversions
from sendtrail.cli.demo.shop.counters import BEHIND, GAPS, Gap, counters
from sendtrail.cli.demo.shop.people import Person, people
from sendtrail.cli.demo.shop.purchases import TITLES, orders
from sendtrail.cli.demo.shop.sendings import Sending, sendings
from sendtrail.cli.demo.shop.subject_lines import subject_lines
from sendtrail.cli.load.row_batches import merge_rows
from sendtrail.cli.report import write_report
from sendtrail.cli.settings.load_settings import LoadSettings, UserLoadSettings
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.cli.users import load_users
from sendtrail.cli.warehouses import Destination
from sendtrail.clock import Clock
from sendtrail.domain.activity import EventType
from sendtrail.domain.campaign import Campaign, CampaignMessage
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.domain.contact import Contact, ListMembership
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.warehouse.domain_rows import activity_row, campaign_row, contact_row, message_row, unreadable_row
from sendtrail.warehouse.rows import Row, Table

SHOP = "kiln-and-clay"
# Beside the demo's file, where somebody may have files of their own.
DATABASE_NAME, REPORT_NAME = "demo-shop.duckdb", "report.html"
CONVERSIONS_NAME, USERS_NAME = "demo-shop-orders.csv", "demo-shop-users.csv"
ACTIVE, UNSUBSCRIBED, BOUNCED = 1, 2, 3
RUN = "demo"


def write_shop_report(folder: Path, *, seed: int, clock: Clock) -> Path:
    """Write the shop's data and its report into a folder, and return the report's file."""
    chance, now = Random(seed), clock.now()  # noqa: S311  (a simulation)
    known = people(chance, now=now)
    sent = sendings(known, chance, now=now)
    database = folder / DATABASE_NAME
    with DuckDbWarehouse(database, clock=clock) as warehouse:
        open_state(warehouse, clock=clock)  # as a sync does: rows without a state are taken for a restored copy
        to = Destination(warehouse=warehouse, organization=SHOP, query=warehouse.query)
        for table, rows in _tables(known, sent, now=now):
            merge_rows(rows, to, table=table, now=now)
    where = {"database": database, "organization": SHOP}
    _write(folder / USERS_NAME, ("user_id", "contact_id"), ((each.user_id, str(each.contact_id)) for each in known))
    load_users(folder / USERS_NAME, UserLoadSettings.read(where), clock=clock)
    found = orders(sent, known, chance, until=now)
    _write(folder / CONVERSIONS_NAME, TITLES, (each.cells for each in found))
    load_conversions(folder / CONVERSIONS_NAME, LoadSettings.read(where), clock=clock)
    return write_report(ReportSettings.read({**where, "output": folder / REPORT_NAME}), clock=clock)


def _tables(
    known: Sequence[Person], sent: Sequence[Sending], *, now: datetime
) -> Iterator[tuple[Table, Iterable[Row]]]:
    by_id = {str(each.contact_id): each for each in known}
    gaps, did = _gaps(sent), _what_each_did(sent)
    yield Table.CAMPAIGNS, [_campaign(each, by_id, gaps, now=now) for each in sent]
    yield Table.MESSAGES, [row for each in sent for row in _messages(each, now=now)]
    yield Table.CONTACTS, [_contact(each, did[str(each.contact_id)], now=now) for each in known]
    yield (
        Table.EMAIL_ACTIVITIES,
        [
            activity_row(row, organization_id=SHOP, campaign_name=each.mailing.name, run_id=RUN, now=now)
            for each in sent
            if each is not _newsletters(sent)[0]  # sent before the synced period
            for row in each.activities
        ],
    )
    [unreadable] = [each for each, gap in gaps.items() if gap.cause == "unreadable_rows"]
    yield Table.UNREADABLE_ROWS, [_unreadable(unreadable, number, now=now) for number in range(2)]


def _newsletters(sent: Sequence[Sending]) -> list[Sending]:
    return [each for each in sent if not each.automation_id]


def _gaps(sent: Sequence[Sending]) -> Mapping[int, Gap]:
    newsletters = [each.campaign_id for each in _newsletters(sent) if each.mailing.to == ""]
    return {**dict(zip(newsletters[4:], GAPS, strict=False)), newsletters[-1]: BEHIND}


def _campaign(sending: Sending, people: Mapping[str, Person], gaps: Mapping[int, Gap], *, now: datetime) -> Row:
    found, gap = counters(sending, people), gaps.get(sending.campaign_id)
    split = sending.mailing.messages > 1
    campaign = Campaign(
        campaign_id=sending.campaign_id,
        name=sending.mailing.name,
        type="responder" if sending.automation_id else "split" if split else "single",
        status=1 if sending.automation_id else 5,
        automation_id=sending.automation_id,
        series_id=sending.automation_id,
        split=split,
        sent_at=sending.at,
        last_sent_at=sending.last_at,
        created_at=sending.at - timedelta(days=2),
        modified_at=sending.last_at,
        counters=gap.applied(found) if gap else found,
    )
    read_at = now if gap is BEHIND else now - timedelta(days=3)
    return campaign_row(campaign, organization_id=SHOP, now=read_at)


def _messages(sending: Sending, *, now: datetime) -> Iterator[Row]:
    for number, subject in enumerate(subject_lines(sending.mailing)):
        message = CampaignMessage(message_id=f"{sending.campaign_id}{number}", counters={}, subject=subject)
        yield message_row(message, organization_id=SHOP, campaign_id=sending.campaign_id, now=now)


def _what_each_did(sent: Sequence[Sending]) -> Mapping[str, set[EventType]]:
    found: dict[str, set[EventType]] = defaultdict(set)
    for each in sent:
        for row in each.activities:
            found[row.contact_id].add(row.event_type)
    return found


def _contact(person: Person, did: AbstractSet[EventType], *, now: datetime) -> Row:
    status = UNSUBSCRIBED if EventType.UNSUBSCRIBE in did else BOUNCED if EventType.BOUNCE in did else ACTIVE
    contact = Contact(
        contact_id=person.contact_id,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone="",
        created_at=person.joined_at,
        updated_at=person.joined_at,
        deleted_at=now - timedelta(days=20) if person.is_gone else None,
        tags=(),
        lists=tuple(ListMembership(list_name=name, status=status) for name in person.lists),
    )
    return contact_row(contact, organization_id=SHOP, now=now)


def _unreadable(campaign_id: int, number: int, *, now: datetime) -> Row:
    row = UnreadableRow(
        report="bounces", page=1, reason="tstamp is no time", raw=f'{{"id": "{number}", "tstamp": "?"}}'
    )
    return unreadable_row(row, organization_id=SHOP, campaign_id=campaign_id, message_id="", run_id=RUN, now=now)


def _write(file: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(rows)
