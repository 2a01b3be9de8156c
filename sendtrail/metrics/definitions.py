"""What is measured for OpenTelemetry; docs/metrics.md has it as a table.

An attribute is an account's name in Sendtrail, a type, a status or a cause: nothing of a person, no id, no address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

ACCOUNT = "account"
STATUS = "http.response.status_code"  # as OpenTelemetry's conventions name it
TABLE, EVENT_TYPE, WORK, OUTCOME, CAUSE = "table", "event_type", "work", "outcome", "cause"
Attributes = Mapping[str, str | int]

# In seconds, of work that takes from a second to a day.
DURATIONS = (1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400)


class Kind(StrEnum):
    """What becomes of the values of a metric."""

    COUNTER = "counter"  # they are added up
    GAUGE = "gauge"  # the latest counts
    HISTOGRAM = "histogram"  # they are counted by size


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """Something that is measured, in a unit as UCUM writes it."""

    name: str
    kind: Kind
    unit: str
    attributes: Sequence[str]
    description: str


REQUESTS = Metric(
    name="sendtrail.requests",
    kind=Kind.COUNTER,
    unit="{request}",
    attributes=(ACCOUNT, STATUS),
    description="Requests that the account answered",
)
THROTTLED_REQUESTS = Metric(
    name="sendtrail.throttled_requests",
    kind=Kind.COUNTER,
    unit="{request}",
    attributes=(ACCOUNT,),
    description="Requests that the account answered with 429; 0 is sent, too",
)
ROWS_READ = Metric(
    name="sendtrail.rows.read",
    kind=Kind.COUNTER,
    unit="{row}",
    attributes=(ACCOUNT, TABLE, EVENT_TYPE),
    description="Rows that were merged into a table, of which some were there before; activities by their type",
)
ROWS_STORED = Metric(
    name="sendtrail.rows.stored",
    kind=Kind.COUNTER,
    unit="{row}",
    attributes=(ACCOUNT, TABLE),
    description="Rows that a merge added to a table or changed in it",
)
DELIVERY_DURATION = Metric(
    name="sendtrail.delivery.duration",
    kind=Kind.HISTOGRAM,
    unit="s",
    attributes=(ACCOUNT, WORK, OUTCOME),
    description="How long the delivery of a message took",
)
RUN_DURATION = Metric(
    name="sendtrail.run.duration",
    kind=Kind.HISTOGRAM,
    unit="s",
    attributes=(ACCOUNT, OUTCOME),
    description="How long a run of an account took",
)
LAG = Metric(
    name="sendtrail.lag",
    kind=Kind.GAUGE,
    unit="s",
    attributes=(ACCOUNT,),
    description="How long ago the latest run began that brought in everything",
)
GAPS = Metric(
    name="sendtrail.gaps",
    kind=Kind.GAUGE,
    unit="{campaign}",
    attributes=(ACCOUNT, CAUSE),
    description="Campaigns of which something is missing, by why",
)
MISSING_ROWS = Metric(
    name="sendtrail.rows.missing",
    kind=Kind.GAUGE,
    unit="{row}",
    attributes=(ACCOUNT,),
    description="Rows that the account counts and that its reports do not hold yet",
)
METRICS = (
    REQUESTS,
    THROTTLED_REQUESTS,
    ROWS_READ,
    ROWS_STORED,
    DELIVERY_DURATION,
    RUN_DURATION,
    LAG,
    GAPS,
    MISSING_ROWS,
)
