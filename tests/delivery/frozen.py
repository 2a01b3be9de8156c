"""A worker that stands still at one point of its work, while the world goes on: a zombie once it wakes up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery, UnreadableRow
from sendtrail.ports import no_lease
from tests.fake_account import FakeAccount
from tests.pipeline_harness import CrashPoint

T = TypeVar("T")


@dataclass
class FreezePoint(CrashPoint):
    """Stands still at the point `freeze_at` while `meanwhile` happens; points are before, within and after each write.

    `names` are the writes, in order; `begun_awake` those that came to their end although they began after the freeze.
    """

    freeze_at: int | None = None
    meanwhile: Callable[[], None] = lambda: None
    is_on: bool = False
    has_frozen: bool = False
    names: list[str] = field(default_factory=list)
    begun_awake: list[str] = field(default_factory=list)

    def trip(self) -> None:
        """Count one point; stand still at the one that was chosen."""
        if not self.is_on:
            return
        self.operations += 1
        if self.operations == self.freeze_at:
            self.is_on = False
            self.meanwhile()
            self.is_on = self.has_frozen = True

    def after(self, look: Callable[[], None]) -> Callable[[], None]:
        """Look at the lease, after which the worker may stand still, and leave nothing to look at.

        A file's lock would hold up the others as well; those of another process, as on Google Cloud, it does not.
        """
        look()
        self.trip()
        return no_lease

    def around(self, operation: Callable[[], T], *, name: str) -> T:
        """Run an operation before, within and after which the worker may stand still."""
        begins_awake = self.is_on and self.has_frozen
        if self.is_on:
            self.names.append(name)
        result = super().around(operation, name=name)
        if begins_awake:
            self.begun_awake.append(name)
        return result


class OddAccount(FakeAccount):
    """An account of which a row of the opens cannot be understood."""

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report."""
        odd = UnreadableRow(report=Report.OPENS, page=1, reason="no contact", raw="{}")
        for page in super().read(query):
            is_first = query.report is Report.OPENS and page.position is not None and page.position.page == 2
            yield replace(page, unreadable=[odd]) if is_first else page
