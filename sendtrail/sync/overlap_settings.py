"""The settings that say how much of what was read before is read again."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from sendtrail.sync.read_window import DEFAULT_OVERLAP, Overlap

ONE_HOUR = timedelta(hours=1)
MAX_HOURS = 24 * 366
Hours = Annotated[int, Field(ge=0)]


class OverlapSettings(BaseModel):
    """An overlap in hours; `recent_overlap_hours` is that of a report that is read several times a day."""

    overlap_hours: Hours = DEFAULT_OVERLAP.whole // ONE_HOUR
    recent_overlap_hours: Annotated[float, Field(ge=0, le=MAX_HOURS)] = DEFAULT_OVERLAP.recent / ONE_HOUR

    @property
    def overlap(self) -> Overlap:
        """Return how much of what was read before is read again."""
        return Overlap(whole=self.overlap_hours * ONE_HOUR, recent=self.recent_overlap_hours * ONE_HOUR)
