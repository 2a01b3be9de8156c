"""Which rows are of erased people: the one rule, for rows that are read and for rows that are stored."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sendtrail.erasure.addresses import addresses_in
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.warehouse.rows import (
    ActivityRow,
    Batch,
    ContactRow,
    ConversionRow,
    ErasedRow,
    Row,
    Table,
    UnreadableReportRow,
    UserRow,
)

# How the account calls the id of a contact, in the rows of its reports and lists.
_CONTACT_ID = re.compile(r'"(?:subscriberid|subscriber_id|subscriber|contactid|contact_id|contact)"\s*:\s*"?(\d+)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """The rows of a batch that are kept, and those that are withheld."""

    kept: Sequence[Row]
    withheld: Sequence[Row]


def parted(batch: Batch, people: ErasedPeople) -> Parted:
    """Return which rows of a batch are kept."""
    kept: list[Row] = []
    withheld: list[Row] = []
    known: dict[tuple[object, ...], bool] = {}
    for row in batch.rows:
        (withheld if _is_of(row, batch.table, people, known) else kept).append(row)
    return Parted(kept=kept, withheld=withheld)


def names_erased(text: str, people: ErasedPeople, organization_id: str) -> bool:
    """Return whether a text names an erased person: by an address, or by an id where the account would have one."""
    return any(people.has(Kind.ADDRESS, organization_id, each) for each in addresses_in(text)) or any(
        people.has(Kind.CONTACT, organization_id, each) for each in _CONTACT_ID.findall(text)
    )


def erased_rows(rows: Iterable[Row], people: ErasedPeople, *, now: datetime) -> Iterator[ErasedRow]:
    """Yield what is stored in the place of activities: that there is such a row, and not whose.

    Without an id, rows of several people count as one: fewer than there are prove nothing, so these are left out.
    """
    for row in cast("Iterable[ActivityRow]", rows):
        if row["contact_id"]:
            detail = row["detail"] or {}
            yield erased_row(
                people,
                organization_id=row["organization_id"],
                place=(
                    row["campaign_id"],
                    row["event_type"],
                    row["message_id"],
                    row["link_id"],
                    row["contact_id"],
                    detail.get("id") if row["event_type"] == "bounce" else None,
                ),
                times=row["times"],
                now=now,
            )


def erased_row(
    people: ErasedPeople,
    *,
    organization_id: str,
    place: tuple[int, str, str | None, str | None, str | None, str | None],
    times: int,
    now: datetime,
) -> ErasedRow:
    """Return the row that stands for one that is withheld; `place`: campaign, event, message, link, contact, bounce."""
    campaign_id, event_type, *_ = place
    return ErasedRow(
        organization_id=organization_id,
        row_id=people.token(Kind.ROW, organization_id, "\x1f".join(str(each or "") for each in place)),
        campaign_id=campaign_id,
        event_type=event_type,
        times=times,
        created_at=now,
        updated_at=now,
    )


def _is_of(row: Row, table: Table, people: ErasedPeople, known: dict[tuple[object, ...], bool]) -> bool:
    if table is Table.EMAIL_ACTIVITIES:
        activity = cast("ActivityRow", row)
        who = (activity["organization_id"], activity["contact_id"], activity["contact_email"])
        if who not in known:  # most contacts have several rows in a batch
            known[who] = _is_person(people, *who)
        return known[who] or _mentions(activity["detail"], people, activity["organization_id"])
    match row:
        case ContactRow():
            return _is_person(people, row.organization_id, row.contact_id, row.email)
        case UserRow():
            return _is_person(people, row.organization_id, row.contact_id, row.email, user_id=row.user_id)
        case ConversionRow():
            return _is_person(people, row.organization_id, None, row.email, user_id=row.user_id)
        case UnreadableReportRow():
            return names_erased(row.raw, people, row.organization_id)
        case _:
            return False


def _is_person(
    people: ErasedPeople, organization_id: str, contact_id: str | None, email: str | None, *, user_id: str | None = None
) -> bool:
    return (
        people.has(Kind.CONTACT, organization_id, contact_id)
        or people.has(Kind.ADDRESS, organization_id, email)
        or people.has(Kind.USER, organization_id, user_id)
        or people.has(Kind.ADDRESS, organization_id, user_id)  # some have no other user id
    )


def _mentions(detail: Mapping[str, str] | None, people: ErasedPeople, organization_id: str) -> bool:
    return bool(detail) and any(
        people.has(Kind.ADDRESS, organization_id, address)
        for text in (detail or {}).values()
        if "@" in text or "%40" in text
        for address in addresses_in(text)
    )
