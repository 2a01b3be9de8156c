"""What is wrong with the rows of a file: grouped by kind, so that a thousand rows with one fault are one sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NOTHING_LOADED = "Nothing was loaded: correct these rows, or leave them out with --skip-bad, and load the file again."
LINES_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A problem of a row: its kind, a sentence that has `{}` where it quotes the cell, and that cell."""

    kind: str
    cell: str = ""

    @property
    def sentence(self) -> str:
        """Return the sentence about this cell."""
        return self.kind.replace("{}", repr(self.cell[:60]), 1)


class BadCell(ValueError):
    """A cell that cannot be what its column says; its text is the kind of the problem."""


class BadRow(ValueError):
    """A row that cannot be taken, with each of its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.sentence for problem in self.problems))


@dataclass(kw_only=True, slots=True)
class _Group:
    """The rows with one kind of problem: the first problem, the first lines, and how many there are."""

    first: Problem
    lines: list[int] = field(default_factory=list)
    count: int = 0

    @property
    def sentence(self) -> str:
        """Return the problem after the lines that have it."""
        if self.count == 1:
            return f"line {self.lines[0]}: {self.first.sentence}"
        shown = ", ".join(map(str, self.lines))
        more = f" and {self.count - len(self.lines):,} more" if self.count > len(self.lines) else ""
        return f"lines {shown}{more}: {self.first.sentence}"


class Problems:
    """The problems of a file so far, in memory that does not grow with the number of rows that have them."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self.rows = 0

    def add(self, problems: Iterable[Problem], *, line: int) -> None:
        """Add the problems of one row."""
        self.rows += 1
        for problem in problems:
            group = self._groups.setdefault(problem.kind, _Group(first=problem))
            group.count += 1
            if len(group.lines) < LINES_SHOWN:
                group.lines.append(line)

    @property
    def sentences(self) -> list[str]:
        """Return a sentence for each kind of problem, in the order in which the file has them."""
        return [group.sentence for group in sorted(self._groups.values(), key=lambda group: group.lines[0])]
