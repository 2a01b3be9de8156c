"""What a simulated warehouse lacks of its account, or holds beyond it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sendtrail.simulation.cloud.memory_warehouse import StoredRow
from sendtrail.simulator import Account, TruthRow
from sendtrail.warehouse.rows import Table

# Returns the rows of a table.
Rows = Callable[[Table], Sequence[StoredRow]]
# Tells of an id and an address whether they are of somebody who was erased.
IsErased = Callable[[str, str], bool]
AsStored = Callable[[str], str]
# Tells of a campaign how far back it is stored: rows of before may be there or not.
SinceOf = Callable[[int], datetime]
# Campaign, event type, contact, link: whose `times` grow.
Key = tuple[int, str, str, str]
# And with `times` and the time.
Observation = tuple[Key, int, datetime]


def differences(
    account: Account,
    rows_of: Rows,
    *,
    organization_id: str,
    is_erased: IsErased,
    has_left: IsErased,
    as_stored: AsStored,
    since_of: SinceOf,
    with_contacts: bool = True,
) -> Iterator[str]:
    """Yield a sentence for each way in which the warehouse differs from what the account shows, or ever showed.

    `is_erased` tells who was erased, by id and address: nothing of theirs has to be there. `has_left` tells of whom
    nothing may be there any more. `as_stored` returns what stands for an address.
    """
    since = {campaign.id: since_of(campaign.id) for campaign in account.campaigns}

    def true(row: TruthRow) -> Observation:
        return _true(row, as_stored)

    def is_kept(row: TruthRow) -> bool:
        return row.activity_timestamp >= since[row.campaign_id]

    rows = [row for row in rows_of(Table.EMAIL_ACTIVITIES) if row["organization_id"] == organization_id]
    shown = [row for row in account.truth() if not is_erased(row.contact_id, row.contact_email)]
    there, now = {_stored(row) for row in rows}, {true(row) for row in shown if is_kept(row)}
    ever = {true(row) for row in account.history()}
    largest = _largest(_stored(row) for row in rows)
    older = {true(row)[0] for row in shown if not is_kept(row)}
    short = {key for key, times in _largest(now).items() if key not in older and largest.get(key) != times}
    yield from _counted("activities that the account shows are missing", now - there)
    yield from _counted("contacts' largest counts are wrong", short)
    yield from _counted("activities are stored that never were", there - ever)
    if len(rows) != len({_stored(row) + _beside(row) for row in rows}):
        yield "activities are stored twice"
    erased = {row["contact_id"] for row in rows if has_left(row["contact_id"] or "", row["contact_email"] or "")}
    yield from _counted("people are stored who were erased", erased)
    if with_contacts:
        yield from _contact_differences(
            account, rows_of, organization_id=organization_id, is_erased=is_erased, as_stored=as_stored
        )
    yield from _campaign_differences(account, rows_of, organization_id=organization_id)


def _contact_differences(
    account: Account, rows_of: Rows, *, organization_id: str, is_erased: IsErased, as_stored: AsStored
) -> Iterator[str]:
    stored = {
        (row["contact_id"], row["email"] or "")
        for row in rows_of(Table.CONTACTS)
        if row["organization_id"] == organization_id and not row["deleted_at"]
    }
    contacts = account.contacts_truth()
    there = {(each.id, as_stored(each.email)) for each in contacts if not is_erased(each.id, each.email)}
    yield from _counted("contacts are missing or marked as deleted", there - stored)
    yield from _counted("contacts are stored that are not there", stored - there)


def _campaign_differences(account: Account, rows_of: Rows, *, organization_id: str) -> Iterator[str]:
    """Yield what is wrong with the table of campaigns; counters that cannot be read are nobody's to compare."""
    rows = [row for row in rows_of(Table.CAMPAIGNS) if row["organization_id"] == organization_id]
    there = {campaign.id: campaign.counters for campaign in account.campaigns_truth()}
    yield from _counted("campaigns are missing", set(there) - {row["campaign_id"] for row in rows})
    yield from _counted("campaigns are stored that are not there", {row["campaign_id"] for row in rows} - set(there))
    if account.quirks.odd_counters == "never":
        wrong = {
            (row["campaign_id"], name)
            for row in rows
            for name, value in there.get(row["campaign_id"], {}).items()
            if row.get(name, value) != value
        }
        yield from _counted("counters of campaigns are wrong", wrong)


def _counted(what: str, found: set[Any]) -> Iterator[str]:
    if found:
        yield f"{len(found)} {what}, such as {min(found, key=repr)}"


def _stored(row: StoredRow) -> Observation:
    key = (row["campaign_id"], row["event_type"], row["contact_id"] or row["contact_email"] or "", row["link_id"] or "")
    return key, row["times"], datetime.fromisoformat(row["activity_timestamp"])


def _beside(row: StoredRow) -> tuple[str, str]:
    return row["message_id"] or "", repr(sorted((row["detail"] or {}).items()))


def _true(row: TruthRow, as_stored: AsStored) -> Observation:
    key = (row.campaign_id, row.event_type, row.contact_id or as_stored(row.contact_email), row.link_id)
    return key, row.times, row.activity_timestamp


def _largest(rows: Any) -> dict[Key, int]:
    largest: dict[Key, int] = {}
    for key, times, *_ in rows:
        largest[key] = max(times, largest.get(key, 0))
    return largest
