"""A measured figure and its target."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure; without a `target` it is only shown, otherwise it is to be `bound` that target.

    It is shown with enough digits that one that just misses its target does not look as if it reached it.
    """

    scenario: str
    name: str
    value: float
    unit: str = ""
    target: float | None = None
    bound: Literal["at most", "at least"] = "at most"

    @property
    def is_reached(self) -> bool:
        """Return whether the target is reached; without one it always is."""
        if self.target is None:
            return True
        return self.value <= self.target if self.bound == "at most" else self.value >= self.target

    @property
    def shown(self) -> str:
        """Return the figure with its unit, for people."""
        decimals = 0 if self.value >= 100 or self.value == int(self.value) else 3 if self.value < 10 else 1
        return f"{self.value:,.{decimals}f}{self.unit}"

    @property
    def target_shown(self) -> str:
        """Return the target with its unit, for people."""
        return "" if self.target is None else f"{self.bound} {self.target:,g}{self.unit}"
