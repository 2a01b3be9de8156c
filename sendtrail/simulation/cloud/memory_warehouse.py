"""A warehouse in memory, which merges rows by key as the statements of `sql/` do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, cast

import orjson

from sendtrail import threads
from sendtrail.clock import Clock
from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports, by_report
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.warehouse.rows import Batch, Row, Table, to_json_array

Key = tuple[str, ...]
StoredRow = dict[str, Any]

KEYS: Mapping[Table, tuple[str, ...]] = {
    Table.EMAIL_ACTIVITIES: ("activity_id",),
    Table.CONTACTS: ("organization_id", "contact_id"),
    Table.CAMPAIGNS: ("organization_id", "campaign_id"),
    Table.MESSAGES: ("organization_id", "campaign_id", "message_id"),
    Table.UNREADABLE_ROWS: ("organization_id", "row_id"),
    Table.ERASED_ROWS: ("organization_id", "row_id"),
    Table.RUNS: ("organization_id", "run_id"),
}
INSERT_ONLY = (Table.EMAIL_ACTIVITIES, Table.RUNS)
# By which column one of two rows of a key counts.
NEWER: Mapping[Table, str] = {Table.ERASED_ROWS: "times", Table.RUNS: "created_at"}


class MemoryWarehouse:
    """Merges rows by key as the statements of `sql/` do; `batches` is every batch that was merged."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tables: dict[Table, dict[Key, StoredRow]] = {table: {} for table in Table}
        self.batches: list[Batch] = []
        self._seen: dict[tuple[str, str], set[str]] = {}
        self._lock = threads.lock()

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch and return the rows inserted or changed."""
        check_lease()
        incoming = _as_loaded(batch.rows)
        with self._lock:
            self.batches.append(batch)
            if batch.pass_id:
                seen = self._seen.setdefault((batch.item.organization_id, batch.pass_id), set())
                seen.update(row["contact_id"] for row in incoming)
                seen.update(batch.also_seen)
            latest = _one_a_key(batch.table, incoming)
            return sum(self._merge_row(batch.table, key, row) for key, row in latest.items())

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what a pass means for the stored contacts."""
        with self._lock:
            seen = self._seen.get((organization_id, pass_id), set())
            rows = [row for row in self._contacts(organization_id) if not row["deleted_at"]]
            now = self._clock.now()
            unseen = [row["contact_id"] not in seen for row in rows]
            is_new = [started_at <= _moment(row["created_at"]) <= now for row in rows]
            known = sum(is_unseen or not new for is_unseen, new in zip(unseen, is_new, strict=True))
            return PassCounts(known=known, unseen=sum(unseen), seen=len(seen))

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Set `deleted_at` on the contacts that a complete pass did not see; return how many."""
        check_lease()
        with self._lock:
            ids = self._seen.get((organization_id, pass_id), set())
            others = [key for key in self._seen if key[0] == organization_id and key[1] != pass_id]
            if len(ids) < seen or (not seen and others):
                return 0
            latest = max(at, self._clock.now())
            vanished = [
                row
                for row in self._contacts(organization_id)
                if (not row["deleted_at"] or _moment(row["deleted_at"]) > latest) and row["contact_id"] not in ids
            ]
            for row in vanished:
                row["deleted_at"] = row["updated_at"] = at.isoformat()
            for key in others if ids else ():
                del self._seen[key]
            return len(vanished)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        check_lease()
        with self._lock:
            self._seen.pop((organization_id, pass_id), None)

    def seen(self, organization_id: str) -> set[str]:
        """Return whom the passes of an account have seen."""
        with self._lock:
            return {each for (whose, _), ids in self._seen.items() if whose == organization_id for each in ids}

    def hide_seen(self, organization_id: str, contact_ids: Sequence[str]) -> int:
        """Replace contacts that passes have seen by what names nobody; return how many."""
        with self._lock:
            hidden = 0
            for pass_, ids in self._seen.items():
                gone = ids.intersection(contact_ids) if pass_[0] == organization_id else set[str]()
                marks = {f"erased:{number}:{len(ids)}" for number in range(len(gone))}
                self._seen[pass_] = (ids - gone) | marks
                hidden += len(gone)
            return hidden

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return, by event type, what the times of rows did while their counts grew."""
        found: dict[str, TimestampEvidence] = {}
        observed: dict[Key, list[StoredRow]] = {}
        for row in sorted(
            self._rows(Table.EMAIL_ACTIVITIES), key=lambda row: (row["times"], row["activity_timestamp"])
        ):
            if row["organization_id"] == organization_id and row["activity_date"] >= since.isoformat():
                key = ("campaign_id", "message_id", "event_type", "link_id", "contact_id")
                observed.setdefault(tuple(str(row[name]) for name in key), []).append(row)
        for rows in observed.values():
            for before, after in pairwise(rows):
                if after["event_type"] in {"open", "click"} and after["times"] > before["times"]:
                    stood = after["activity_timestamp"] == before["activity_timestamp"]
                    so_far = found.get(after["event_type"], TimestampEvidence())
                    found[after["event_type"]] = TimestampEvidence(
                        moved=so_far.moved + (not stood), stood=so_far.stood + stood
                    )
        return found

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return, by campaign and event type, how many rows of an account are stored, from a day on."""
        largest: dict[Key, int] = {}
        for row in self._rows(Table.EMAIL_ACTIVITIES):
            if row["activity_date"] >= since.isoformat() and row["organization_id"] == organization_id:
                contact, detail = str(row["contact_id"]), row["detail"] or {}
                bounce = str(detail.get("id")) if row["event_type"] == "bounce" else ""
                place = (str(row["message_id"]), str(row["link_id"]))
                key = (str(row["campaign_id"]), row["event_type"], *place, contact, bounce)
                largest[key] = max(row["times"], largest.get(key, 0))
        for row in self._rows(Table.ERASED_ROWS):
            if row["organization_id"] == organization_id:
                largest[str(row["campaign_id"]), row["event_type"], row["row_id"]] = row["times"]
        counted = [((*key[:2],), min(times, 1_000_000_000)) for key, times in largest.items()]
        rows, sums = Counter(report for report, _ in counted), Counter[tuple[str, ...]]()
        for report, times in counted:
            sums[report] += times
        return by_report(
            (int(campaign_id), event_type, rows[report], sums[report])
            for report in rows
            for campaign_id, event_type in [report]
        )

    def rows(self, table: Table) -> list[StoredRow]:
        """Return copies of the rows of a table, times as ISO strings."""
        with self._lock:
            return [dict(row) for _, row in sorted(self.tables[table].items())]

    def counts(self) -> Mapping[Table, int]:
        """Return how many rows each table has."""
        return Counter({table: len(rows) for table, rows in self.tables.items()})

    def _rows(self, table: Table) -> list[StoredRow]:
        with self._lock:
            return list(self.tables[table].values())

    def _contacts(self, organization_id: str) -> list[StoredRow]:
        rows = self.tables[Table.CONTACTS].values()
        return [row for row in rows if row["organization_id"] == organization_id]

    def _merge_row(self, table: Table, key: Key, row: StoredRow) -> bool:
        stored = self.tables[table].get(key)
        if stored is None:
            self.tables[table][key] = row
            return True
        if table in INSERT_ONLY:
            return False
        if table is Table.ERASED_ROWS:
            is_larger = bool(row["times"] > stored["times"])
            stored.update({"times": row["times"], "updated_at": row["updated_at"]} if is_larger else {})
            return is_larger
        is_from_the_future = _moment(stored["updated_at"]) > self._clock.now()
        is_correction = is_from_the_future and _moment(row["updated_at"]) < _moment(stored["updated_at"])
        if not is_correction and not _is_news(stored, row):
            return False
        self.tables[table][key] = {**row, "created_at": stored["created_at"], **_kept_of_deleted(stored, row)}
        return True


def _as_loaded(rows: Sequence[Row]) -> list[StoredRow]:
    """Return rows as a warehouse reads them that loads JSON."""
    return cast("list[StoredRow]", orjson.loads(to_json_array(rows)))


def _one_a_key(table: Table, rows: Sequence[StoredRow]) -> dict[Key, StoredRow]:
    latest: dict[Key, StoredRow] = {}
    for row in rows:
        key = tuple(str(row[column]) for column in KEYS[table])
        newer = NEWER.get(table, "updated_at")
        if key not in latest or row[newer] > latest[key][newer]:
            latest[key] = row
    return latest


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _kept_of_deleted(stored: StoredRow, row: StoredRow) -> StoredRow:
    """Return what a contact keeps that is to be erased."""
    if not _is_gone(row):
        return {}
    return {"email": stored["email"], "deleted_at": stored["deleted_at"] or row["deleted_at"]}


def _is_news(stored: StoredRow, row: StoredRow) -> bool:
    is_newer = bool(datetime.fromisoformat(row["updated_at"]) > datetime.fromisoformat(stored["updated_at"]))
    is_different: bool = (
        row.get("row_hash") != stored.get("row_hash")
        or "row_id" in row
        or (row.get("deleted_at") != stored.get("deleted_at") and not (stored.get("deleted_at") and _is_gone(row)))
    )
    return is_newer and is_different


def _is_gone(row: StoredRow) -> bool:
    return "deleted_at" in row and row["email"] is None and row["deleted_at"] == row["updated_at"]
