"""What the counters of campaigns have gained, and lost again, since the beginning."""

from collections import Counter, defaultdict
from collections.abc import Callable

from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.report_lists.membership import is_hard
from sendtrail.simulator.world.campaigns import Report


class Gains:
    """Count by campaign and name: "click", "new click", and by list "click 17", "new click 17".

    `is_frozen` says of which kinds of event nothing is counted any more.
    """

    def __init__(self, *, is_frozen: Callable[[EventType], bool]) -> None:
        self._is_frozen = is_frozen
        self._by_campaign: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def __getitem__(self, campaign_id: int) -> Counter[str]:
        """Return the gains of a campaign by name."""
        return self._by_campaign[campaign_id]

    def count(self, report: Report, *, is_new: bool) -> None:
        """Count something that happened."""
        if not self._is_frozen(report.event):
            self._add(report, times=1, rows=int(is_new))

    def lose(self, report: Report, member: int, *, times: int, is_row: bool = True) -> None:
        """Take a row that was counted out of the counters, or some of its times."""
        if self._is_frozen(report.event):
            return
        if report.event == "bounce":  # their sum says how many are hard, and how many soft
            kind = "hard" if is_hard(member) else "soft"
            self[report.campaign.id][f"lost {kind} {report.message.id}"] += 1
        else:
            self._add(report, times=-times, rows=-int(is_row))

    def _add(self, report: Report, *, times: int, rows: int) -> None:
        gained = self[report.campaign.id]
        for name in (report.event, f"{report.event} {report.name[0]}"):
            gained[name] += times
            gained[f"new {name}"] += rows
