"""What a sync prints of what failed."""

import io

import pytest
from rich.console import Console

from sendtrail.cli.run.failures import named, print_failures
from sendtrail.cli.run.local_run import Failure, RunResult
from sendtrail.sync.dispatch import Summary

SUMMARY = Summary(run_id="run1", organization_id="main", campaigns=9, due=9, published=10)


def printed(*failures: Failure, interrupted: bool = False) -> str:
    """Return what is printed of failures."""
    console = Console(file=io.StringIO(), width=200)
    print_failures(console, RunResult(summary=SUMMARY, failures=failures, interrupted=interrupted, seconds=1.0))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        (["contacts"], "contacts"),
        (["7"], "campaign 7"),
        (["7", "contacts", "8"], "contacts and campaigns 7, 8"),
        ([str(number) for number in range(1, 9)], "campaigns 1, 2, 3, 4, 5 and 3 more"),
    ],
)
def test_what_failed_is_named(subjects: list[str], words: str) -> None:
    """As a person reads it, and not a hundred of them."""
    assert named(subjects) == words


def test_a_reason_is_printed_once() -> None:
    """One missing permission is one thing to do, however many campaigns it concerns."""
    text = printed(*(Failure(subject=str(number), reason="no permission [x]") for number in range(1, 4)))

    assert text.count("no permission [x]") == 1
    assert "campaigns 1, 2, 3" in text


def test_after_an_interruption_nobody_says_that_everything_else_is_in() -> None:
    """It is not."""
    assert "Everything else" not in printed(Failure(subject="7", reason="gone"), interrupted=True)
