"""Rows of the v1 reports, all their values strings."""

from collections.abc import Callable, Iterable

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.row_details import detail
from sendtrail.simulator.world.campaigns import Report

Row = dict[str, object]


class RowWriter:
    """Write the rows of one report list."""

    def __init__(self, account: Account, report: Report) -> None:
        self._report = report
        self._wording = account.wording
        self._people = account.contacts.people
        self._number = account.ledger.numbers(report)
        self._write = self._writer(report)

    def rows(self, states: Iterable[State]) -> list[Row]:
        """Return the rows that tell some states, in their order."""
        return list(map(self._write, states))

    def _writer(self, report: Report) -> Callable[[State], Row]:
        writers = {"bounce": self._bounce, "unsubscribe": self._unsubscription, "forward": self._forward}
        return writers.get(report.event, self._repeated)

    def _who_and_when(self, state: State) -> Row:
        number = self._number(state.member)
        who: Row = {"subscriberid": str(self._people.id(number)), "email": self._people.email(number)}
        return who | self._wording.stamps(self._report.event, state.at)

    def _repeated(self, state: State) -> Row:
        return self._who_and_when(state) | {"times": str(state.times)}

    def _unsubscription(self, state: State) -> Row:
        return self._who_and_when(state) | detail(self._report, state.member)

    def _forward(self, state: State) -> Row:
        recipient = detail(self._report, state.member)["recipient"]
        return self._repeated(state) | {"email_to": recipient}

    def _bounce(self, state: State) -> Row:
        told = detail(self._report, state.member)
        ids = {"campaignid": str(self._report.campaign.id), "messageid": str(self._report.message.id), "listid": "1"}
        return {"id": told["id"]} | self._who_and_when(state) | ids | told
