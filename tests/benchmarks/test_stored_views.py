"""What stored views cost and spare, by the columns that the SQL reads."""

import pytest

from benchmarks.stored_views import STORED, measure, read_by_a_renewal, row_bytes
from sendtrail.pricing.examples import MEDIUM
from sendtrail.pricing.stored_views import CONVERSIONS, MODELS, TOUCHES, TOUCHES_A_CONVERSION, stored_views

ATTRIBUTED = CONVERSIONS * TOUCHES_A_CONVERSION * MEDIUM.activities * MEDIUM.history_days
ROWS = {
    "touch_observations": TOUCHES * MEDIUM.activities * MEDIUM.history_days,
    "attribution_touches": ATTRIBUTED,
    "attribution": MODELS * ATTRIBUTED,
    "contact_addresses": MEDIUM.contacts,
}


def test_renewals_are_priced_by_what_they_read() -> None:
    """Each view that is stored by default, within a fiftieth: conversions and contacts are left out of the price."""
    priced = {view: sizes.read for view, sizes in stored_views(MEDIUM).items()}

    assert priced == pytest.approx(read_by_a_renewal(), rel=0.02)
    assert tuple(priced) == STORED


def test_their_rows_are_priced_by_their_size() -> None:
    """Those of which there are many."""
    sizes = stored_views(MEDIUM)

    assert {view: sizes[view].stored for view in ROWS} == pytest.approx(
        {view: rows * row_bytes(view) for view, rows in ROWS.items()}, rel=0.02
    )


def test_a_query_of_attribution_reads_little_of_stored_views() -> None:
    """A twentieth at most."""
    found = {(figure.scenario, figure.name): figure.value for figure in measure()}

    for view in ("attribution_by_month", "attribution_by_campaign", "attribution_paths"):
        query = f"a query of {view}"
        assert 0 < found[query, "with views stored"] < found[query, "with views computed"] / 20
