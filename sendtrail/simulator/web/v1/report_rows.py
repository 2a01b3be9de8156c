"""Rows of the v1 reports, all their values strings."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.bad_rows import bad_rows_in
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.row_details import detail
from sendtrail.simulator.web.v1.bad_row_values import bad_row
from sendtrail.simulator.world.campaigns import Report

Row = dict[str, object]


class RowWriter:
    """Write the rows of one report list."""

    def __init__(self, account: Account, report: Report) -> None:
        self._report = report
        self._quirks = account.quirks
        self._wording = account.wording
        self._people = account.contacts.people
        self.number = account.ledger.numbers(report)
        self._write = self._writer(report)
        self._is_per_event = report.event in self._quirks.row_per_event
        self.is_per_list = report.event == "unsubscribe" and self._quirks.ancestor_unsubscriptions
        """Whether a state has a row for each list of its contact."""

    def rows(self, states: Iterable[State]) -> Iterator[object]:
        """Yield the rows that tell some states, in their order."""
        return (
            (row for state in states for row in self._per_list(state)) if self.is_per_list else map(self._write, states)
        )

    def bad_rows(self) -> Sequence[object]:
        """Return the rows of the list that nobody can read."""
        kinds = bad_rows_in(self._report, self._quirks)
        return [bad_row(kind, self._write(State(0, self._report.campaign.sent_at, 1))) for kind in kinds]

    def _writer(self, report: Report) -> Callable[[State], Row]:
        forward = self._ancestor_forward if self._quirks.ancestor_forwards else self._forward
        unsubscription = (
            self._ancestor_unsubscription if self._quirks.ancestor_unsubscriptions else self._unsubscription
        )
        writers = {"bounce": self._bounce, "unsubscribe": unsubscription, "forward": forward}
        return writers.get(report.event, self._repeated)

    def _who_and_when(self, state: State) -> Row:
        number = self.number(state.member)
        who: Row = {"subscriberid": str(self._people.id(number)), "email": self._people.email(number)}
        return who | self._wording.stamps(self._report.event, state.at)

    def _repeated(self, state: State) -> Row:
        return self._who_and_when(state) | {"times": str(1 if self._is_per_event else state.times)}

    def _unsubscription(self, state: State) -> Row:
        return self._who_and_when(state) | detail(self._report, state.member)

    def _ancestor_unsubscription(self, state: State) -> Row:
        return self._who_and_when(state) | {"unsubreason": detail(self._report, state.member)["reason"]}

    def _per_list(self, state: State) -> Iterator[Row]:
        row = self._write(state)
        for list_id in self._people.list_ids(self.number(state.member)) or (0,):
            yield row | {"listid": str(list_id)}

    def _forward(self, state: State) -> Row:
        recipient = detail(self._report, state.member)["recipient"]
        return self._repeated(state) | {"email_to": recipient}

    def _ancestor_forward(self, state: State) -> Row:
        row = self._forward(state)
        return {
            "subscriberid": row["subscriberid"],
            "messageid": str(self._report.message.id),
            "email_from": row["email"],
            "tstamp": row["tstamp"],
            "a_times": row["times"],
            "email_to": row["email_to"],
            "brief_message": "Have a look at this!",
        }

    def _bounce(self, state: State) -> Row:
        told = detail(self._report, state.member)
        ids = {"campaignid": str(self._report.campaign.id), "messageid": str(self._report.message.id), "listid": "1"}
        return {"id": told["id"]} | self._who_and_when(state) | ids | told
