"""What the report needs of a warehouse: something that runs a SELECT."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol


class Result(Protocol):
    """The columns of a query and its rows."""

    @property
    def columns(self) -> Sequence[str]:
        """Return the names of the columns."""
        ...

    @property
    def rows(self) -> Iterable[Sequence[Any]]:
        """Return the rows, each with a value a column; times are aware, exact numbers are Decimal."""
        ...


Query = Callable[[str], Result]
