"""What unreadable rows look like, and where they stand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import orjson

from sendtrail.simulator.quirks.rows import BadRow

T = TypeVar("T")
Row = dict[str, object]

_HUGE = orjson.Fragment(b"9" * 5_000)
_CONTACT = ("subscriberid", "email", "email_from")
_INSTANTS = ("tstamp", "tstamp_iso", "udate")
_TIMES = ("times", "a_times")


def bad_row(kind: BadRow, like: Row) -> object:
    """Return an unreadable row of a kind; it resembles another one, and is of a contact that nobody knows."""
    number, email = str(900_000_001 + list(_CHANGES).index(kind)), f"{kind}@unreadable.example"
    own: Row = {"id": number, "subscriberid": number, "email": email, "email_from": email}
    return _CHANGES[kind](like | {name: value for name, value in own.items() if name in like})


def page_with(bad: Sequence[T], rows: slice, fetch: Callable[[int, int], list[T]]) -> list[T]:
    """Return a page of a list that has bad rows after its first; `fetch` returns a range of the others."""
    if not bad:
        return fetch(rows.start, rows.stop)
    first = fetch(rows.start, min(rows.stop, 1)) if rows.start < 1 else []
    between = bad[max(0, rows.start - 1) : max(0, rows.stop - 1)]
    return [*first, *between, *fetch(max(1, rows.start - len(bad)), max(1, rows.stop - len(bad)))]


def stream_with(bad: Sequence[T], rows: Iterable[T]) -> Iterator[T]:
    """Yield rows with the bad ones after the first."""
    left = iter(rows)
    yield from islice(left, 1)
    yield from bad
    yield from left


def _with(names: Sequence[str], value: object) -> Callable[[Row], object]:
    return lambda row: row | {name: value for name in names if name in row}


def _without(names: Sequence[str]) -> Callable[[Row], object]:
    return lambda row: {name: value for name, value in row.items() if name not in names}


def _far_future(row: Row) -> object:
    bare = "10000-01-01" if "code" in row else "10000-01-01 00:00:00"
    later = {"tstamp": bare, "udate": bare, "tstamp_iso": "9999-12-31T23:59:59-06:00"}
    return row | {name: value for name, value in later.items() if name in row}


def _huge_number(row: Row) -> object:
    times = [name for name in _TIMES if name in row]
    return row | dict.fromkeys(times or [name for name in _INSTANTS if name in row], _HUGE)


_CHANGES: dict[BadRow, Callable[[Row], object]] = {
    "text": lambda _: "not a row",
    "null": lambda _: None,
    "no_contact": _without(_CONTACT),
    "no_date": _without(_INSTANTS),
    "bad_date": _with(_INSTANTS, "the day before yesterday"),
    "far_future": _far_future,
    "times_word": _with(_TIMES, "many"),
    "huge_number": _huge_number,
    "nested": _with(_CONTACT, {"value": [[{"value": ["7"]}]]}),
    "link_text": lambda _: "not a link",
    "link_without_info": _without(("info",)),
}
