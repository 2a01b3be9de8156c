"""Rows as they are stored under pseudonyms: which columns of which table may name somebody. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.pseudonyms.unreadable_text import unreadable_text
from sendtrail.warehouse.rows import (
    ActivityRow,
    ContactRow,
    ConversionRow,
    Row,
    Table,
    UnreadableReportRow,
    UserRow,
)

NAMING_PEOPLE = frozenset(
    {Table.EMAIL_ACTIVITIES, Table.CONTACTS, Table.CONVERSIONS, Table.USERS, Table.UNREADABLE_ROWS}
)
# What somebody has written to somebody.
_LETTERS = frozenset({"brief_message"})


def pseudonymous(row: Row, table: Table, pseudonyms: Pseudonyms) -> Row:
    """Return a row with pseudonyms in the place of addresses and names."""
    if table is Table.EMAIL_ACTIVITIES:
        return _activity(cast("ActivityRow", row), pseudonyms)
    match row:
        case ContactRow():
            return _contact(row, pseudonyms)
        case ConversionRow():
            return replace(
                row,
                conversion_id=pseudonyms.text(row.conversion_id),
                refund_of=_changed(row.refund_of, pseudonyms.text),
                user_id=_changed(row.user_id, pseudonyms.user),
                email=_changed(row.email, pseudonyms.address),
                row_hash=pseudonyms.key_of(row.row_hash),
            )
        case UserRow():
            email = _changed(row.email, pseudonyms.address)
            return replace(row, user_id=pseudonyms.user(row.user_id), email=email)
        case UnreadableReportRow():
            return replace(
                row,
                row_id=pseudonyms.key_of(row.row_id),
                reason=pseudonyms.text(row.reason),
                raw=unreadable_text(row.raw, pseudonyms),
            )
        case _:
            return row


def _activity(row: ActivityRow, pseudonyms: Pseudonyms) -> ActivityRow:
    # The key of a row is made from an address where there is no id, or where it tells two forwards apart.
    is_of_address = not row["contact_id"] or row["event_type"] == "forward"
    return {
        **row,
        "activity_id": pseudonyms.key_of(row["activity_id"]) if is_of_address else row["activity_id"],
        "contact_email": _changed(row["contact_email"], pseudonyms.address),
        "link_url": _changed(row["link_url"], pseudonyms.text),
        "detail": row["detail"] and _detail(row["detail"], row["activity_id"], pseudonyms),
    }


def _detail(detail: Mapping[str, str], whose: str, pseudonyms: Pseudonyms) -> dict[str, str]:
    return {name: _said(name, text, whose, pseudonyms) for name, text in detail.items()}


def _said(name: str, text: str, whose: str, pseudonyms: Pseudonyms) -> str:
    if name == "recipient":
        return pseudonyms.address(text)
    return pseudonyms.value(name, whose, text) if name in _LETTERS else pseudonyms.text(text)


def _contact(row: ContactRow, pseudonyms: Pseudonyms) -> ContactRow:
    def named(column: str, value: str | None) -> str | None:
        return _changed(value, lambda text: pseudonyms.value(column, row.contact_id, text))

    return replace(
        row,
        email=_changed(row.email, pseudonyms.address),
        first_name=named("first_name", row.first_name),
        last_name=named("last_name", row.last_name),
        phone=named("phone", row.phone),
        tags=tuple(map(pseudonyms.text, row.tags)),
        row_hash=pseudonyms.key_of(row.row_hash),
    )


def _changed(value: str | None, change: Callable[[str], str]) -> str | None:
    return change(value) if value else value
