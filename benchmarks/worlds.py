"""What a repeated open or click does to its row, for opens and clicks apart, and what a sync may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Still = tuple[Literal["open", "click"], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeaningOfTimes:
    """The events whose rows stay where they are when repeated, and how many times the fewest requests are allowed."""

    still: Still
    target: float


# In the first of these worlds repeats move rows, as the API's reference says.
WORLDS: Mapping[str, MeaningOfTimes] = {
    "rows move": MeaningOfTimes(still=(), target=1.10),
    "clicks stand": MeaningOfTimes(still=("click",), target=1.25),
    "opens stand": MeaningOfTimes(still=("open",), target=1.25),
    "opens and clicks stand": MeaningOfTimes(still=("open", "click"), target=1.25),
}
