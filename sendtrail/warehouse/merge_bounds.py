"""The constants by which a MERGE of activities skips what no row of its batch can be in."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from sendtrail.warehouse.rows import Batch, activity_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeBounds:
    """The account of a batch, and the first and the last of its campaigns and of its days."""

    organization_id: str
    first_campaign: int
    last_campaign: int
    first_date: date
    last_date: date

    @classmethod
    def of(cls, batch: Batch) -> Self | None:
        """Return the bounds of a batch of activities, None for other tables, which are merged without."""
        rows = activity_rows(batch)
        if not rows:
            return None
        campaigns = [row["campaign_id"] for row in rows]
        days = [row["activity_date"] for row in rows]
        return cls(
            organization_id=batch.item.organization_id,
            first_campaign=min(campaigns),
            last_campaign=max(campaigns),
            first_date=min(days),
            last_date=max(days),
        )
