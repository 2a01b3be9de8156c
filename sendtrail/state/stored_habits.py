"""How an account shows its reports, in the state store: what one sync has seen, the next one need not find out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sendtrail import threads
from sendtrail.clock import Clock
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.report_habits import Change, ReportHabits
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import read_known, report_habits_path, to_document

_NOTHING_KNOWN = ReportHabits()


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountHabits:
    """The habits of each report of an account."""

    reports: Mapping[Report, ReportHabits] = field(default_factory=dict)


def stale_counters(organization_id: str, state: State, *, now: datetime) -> tuple[Report, ...]:
    """Return the reports of an account whose counters do not follow their rows."""
    known = state.transact(lambda transaction: _read(transaction, report_habits_path(organization_id)))
    found = {report for report, habits in known.reports.items() if habits.has_stale_counters(now)}
    return tuple(report for report in Report if report in found)


def reports_of_unknown_messages(organization_id: str, state: State) -> tuple[Report, ...]:
    """Return the reports of which nobody knows yet whether the account heeds the message that is asked for."""
    known = state.transact(lambda transaction: _read(transaction, report_habits_path(organization_id))).reports
    shown = {report for report, habits in known.items() if habits.heeds_message or habits.ignores_message}
    return tuple(report for report in Report if report not in shown)


class StoredHabits:
    """The habits of an account's reports; any number of threads may use it at once.

    They are read once, and written where something new was seen: after a while that is never.
    """

    def __init__(self, state: State, clock: Clock, *, organization_id: str) -> None:
        self._state, self._clock, self._path = state, clock, report_habits_path(organization_id)
        self._lock = threads.lock()
        self._known: AccountHabits | None = None

    def of(self, report: Report) -> ReportHabits:
        """Return what is known of a report."""
        with self._lock:
            if self._known is None:
                self._known = self._state.transact(lambda transaction: _read(transaction, self._path))
            return self._known.reports.get(report, _NOTHING_KNOWN)

    def observe(self, report: Report, change: Change) -> None:
        """Apply what was seen of a report to what is known of it, and store that where it differs."""
        now, before = self._clock.now(), self.of(report)
        if change(before, now) == before:
            return
        found = self._state.transact(lambda transaction: self._write(transaction, report, change))
        with self._lock:
            self._known = found

    def _write(self, transaction: Transaction, report: Report, change: Change) -> AccountHabits:
        known = _read(transaction, self._path)
        after = change(known.reports.get(report, ReportHabits()), self._clock.now())
        found = replace(known, reports={**known.reports, report: after})
        transaction.set(self._path, to_document(found))
        return found


def _read(transaction: Transaction, path: str) -> AccountHabits:
    return read_known(transaction, path, AccountHabits) or AccountHabits()
