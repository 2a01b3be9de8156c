"""What a sync prints of what failed."""

import io
from collections.abc import Mapping

import pytest
from rich.console import Console

from sendtrail.cli.run.output.failures import NEXT_STEPS, named, print_failures
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult
from sendtrail.cli.run.work_record import Fate
from sendtrail.sync.runs.stored_run import Summary

SUMMARY = Summary(run_id="run1", organization_id="main", campaigns=9, due=9, published=10)


def printed(*failures: Failure, interrupted: bool = False, fates: Mapping[str, Fate] | None = None) -> str:
    """Return what is printed of failures."""
    console = Console(file=io.StringIO(), width=200)
    result = RunResult(summary=SUMMARY, failures=failures, interrupted=interrupted, seconds=1.0, fates=fates or {})
    print_failures(console, result)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        (["contacts"], "contacts"),
        (["7"], "campaign 7"),
        (["7", "contacts", "8"], "contacts and campaigns 7, 8"),
        (["7", "7", "7"], "campaign 7"),  # of which three reports failed alike
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


@pytest.mark.parametrize("kind", FailureKind)
def test_each_kind_of_failure_has_its_next_step(kind: FailureKind) -> None:
    """It is said once, however many there are."""
    text = printed(*(Failure(subject=str(number), reason=f"reason {number}", kind=kind) for number in range(1, 4)))

    assert text.count(NEXT_STEPS[kind]) == 1


def test_what_is_in_all_the_same_is_counted() -> None:
    """And not inferred from what failed: a campaign that nobody read is not in."""
    fates = {"7": Fate.FAILED, "8": Fate.DONE, "9": Fate.NOT_REACHED, "contacts": Fate.DONE}

    text = printed(Failure(subject="7", reason="gone"), fates=fates)

    assert "1 of 3 campaigns that were due are in, and the contacts." in text


def test_after_an_interruption_nobody_says_what_is_in() -> None:
    """The table does."""
    assert "are in" not in printed(Failure(subject="7", reason="gone"), interrupted=True)
