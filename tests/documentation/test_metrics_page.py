"""docs/metrics.md: every metric with what it is, and every cause and outcome that an attribute may have."""

from sendtrail.metrics.definitions import METRICS
from sendtrail.metrics.recording import RunOutcome
from sendtrail.sync.overview.gaps import Cause
from tests.documentation.pages import REPOSITORY

PAGE = (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_the_table_is_what_is_measured() -> None:
    """A row per metric: name, kind, unit, attributes, description; and no others."""
    rows = [
        f"| `{each.name}` | {each.kind} | `{each.unit}` | {', '.join(f'`{name}`' for name in each.attributes)} |"
        f" {each.description} |"
        for each in METRICS
    ]

    assert [line for line in PAGE.splitlines() if line.startswith("| `sendtrail.")] == rows


def test_every_value_of_an_attribute_is_explained() -> None:
    """Whoever writes an alert knows what there is."""
    assert [each for each in (*Cause, *RunOutcome) if f"`{each}`" not in PAGE] == []
