"""A sync whose output nobody reads any more: `sendtrail sync | head -1`."""

import os
import subprocess
import sys

import pytest

from sendtrail.simulator import Failure, FailureKind
from tests.e2e.conftest import Pipeline
from tests.e2e.test_command import Make


def sync_unread(line: Pipeline, *options: str, has_errors_unread: bool = False) -> tuple[int, bytes]:
    """Sync; whoever read what it prints has gone. Return the exit code and what was printed as errors."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "sendtrail", "sync", "--all", "--requests-per-second", "1000"]
    command += ["--api-url", line.url, "--database", str(line.database), *options]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment = {"SENDTRAIL_API_KEY": line.account.api_key, **kept}
    errors = writer if has_errors_unread else subprocess.PIPE
    done = subprocess.run(command, env=environment, stdout=writer, stderr=errors, check=False)
    os.close(writer)
    return done.returncode, done.stderr or b""


@pytest.mark.parametrize(
    ("options", "has_errors_unread"), [((), False), (("--json",), True)], ids=["lines", "json and errors"]
)
def test_a_sync_that_nobody_reads_brings_everything_in(
    pipeline: Make, options: tuple[str, ...], *, has_errors_unread: bool
) -> None:
    """Its exit code says how it went."""
    line = pipeline()
    line.remember()

    code, errors = sync_unread(line, *options, has_errors_unread=has_errors_unread)

    assert (code, b"Traceback" in errors) == (0, False), errors
    activities, _ = line.prove()
    assert activities.holds, activities


def test_a_sync_that_nobody_reads_says_what_is_missing_by_its_exit_code(pipeline: Make) -> None:
    """As with a reader."""
    line = pipeline()
    line.account.fail(Failure(kind=FailureKind.REDIRECT, times=None, match="/api/3/contacts"))

    code, errors = sync_unread(line)

    assert (code, b"Traceback" in errors) == (1, False), errors
