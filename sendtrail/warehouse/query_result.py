"""What a SELECT finds, in one form for every warehouse."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryResult:
    """The names of the columns, and the rows, which can be read once; times are aware, exact numbers are Decimal."""

    columns: Sequence[str]
    rows: Iterator[tuple[Any, ...]]

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, each as its values by column name."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


# Runs a SELECT.
Query = Callable[[str], QueryResult]
