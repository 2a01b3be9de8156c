"""What is known of the times of rows, once there is evidence."""

from datetime import timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import TimestampEvidence, TimestampMeaning, standing_rows
from sendtrail.state.account_status import AccountStatus
from sendtrail.sync.timestamp_observation import observe_timestamps
from tests.fakes import NOON, MemoryWarehouse
from tests.pipeline_harness import ORGANIZATION, PipelineHarness

KNOWN = AccountStatus(
    run_id="run1",
    last_run=NOON,
    campaigns_total=1,
    timestamp_meanings={Report.OPENS: TimestampMeaning.LAST, Report.CLICKS: TimestampMeaning.LAST},
    timestamps_observed_at=NOON - timedelta(days=2),
)


class Seen(MemoryWarehouse):
    """A warehouse whose opens show some evidence."""

    def __init__(self, evidence: TimestampEvidence) -> None:
        super().__init__()
        self._evidence = evidence

    def timestamp_evidence(self, organization_id: str, *, since: object) -> dict[str, TimestampEvidence]:  # noqa: ARG002
        """Return it."""
        return {"open": self._evidence}


@pytest.mark.parametrize(
    ("evidence", "standing"),
    [
        (TimestampEvidence(moved=3), ()),  # a quiet month changes nothing
        (TimestampEvidence(moved=50), ()),
        (TimestampEvidence(moved=50, stood=30), (Report.OPENS,)),  # what was known is contradicted
        (TimestampEvidence(stood=50), (Report.OPENS,)),
    ],
)
def test_what_is_known_gives_way_to_contrary_evidence(
    evidence: TimestampEvidence, standing: tuple[Report, ...]
) -> None:
    """An account that behaves otherwise than before is read as deep as one of which nothing is known."""
    services = PipelineHarness().services_with(Seen(evidence))

    meanings, observed_at = observe_timestamps(ORGANIZATION, KNOWN, services=services, now=NOON)

    assert standing_rows(meanings) == standing
    assert observed_at == NOON
