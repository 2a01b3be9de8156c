"""The cells of one row by field, read one by one: every problem is noted, not only the first."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sendtrail.attribution.csv_file.problems import BadCell, Problem

T = TypeVar("T")


class CheckedCells:
    """The cells of a row ("" for those that it has not), and the problems that were found in them."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.problems: list[Problem] = []

    def __getitem__(self, field: str) -> str:
        """Return a cell as it is."""
        return self._cells.get(field, "")

    def read(self, field: str, check: Callable[[str], T]) -> T | None:
        """Return what a check makes of a cell; note the problem if it refuses it."""
        try:
            return check(self[field])
        except BadCell as error:
            self.problems.append(Problem(kind=f"{field}: {error}", cell=self[field]))
            return None
