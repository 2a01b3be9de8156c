"""A measured figure and what it is to reach."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure; `target` is None for one that is only told, `bound` says on which side of it to be.

    It is shown in so many digits that what just misses its target does not look as if it reached it.
    """

    scenario: str
    name: str
    value: float
    unit: str = ""
    target: float | None = None
    bound: Literal["at most", "at least"] = "at most"

    @property
    def is_reached(self) -> bool:
        """Tell whether the target is reached; a figure without one always is."""
        if self.target is None:
            return True
        return self.value <= self.target if self.bound == "at most" else self.value >= self.target

    @property
    def shown(self) -> str:
        """Return the figure as a person reads it."""
        decimals = 0 if self.value >= 100 or self.value == int(self.value) else 3 if self.value < 10 else 1
        return f"{self.value:,.{decimals}f}{self.unit}"

    @property
    def target_shown(self) -> str:
        """Return what it is to reach."""
        return "" if self.target is None else f"{self.bound} {self.target:,g}{self.unit}"
