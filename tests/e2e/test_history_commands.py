"""What an operator asks for between syncs is read by the next one, and what is taken back is not."""

from sendtrail.cli.process.exit_codes import DONE
from tests.e2e.test_command import Make
from tests.e2e.test_pause import operate


def test_the_next_sync_reads_what_was_asked_for(pipeline: Make) -> None:
    """A plain one, as cron runs it."""
    line = pipeline()
    line.sync(all=None, lookback_days=1)
    before = line.prove()[0]

    code, _ = operate(line, "backfill", "start", "--all", "--yes")
    result = line.sync(all=False)

    assert (code, bool(before.missing)) == (DONE, True)
    assert len(result.summary.still_wanted) == 1
    line.assert_equal()
    assert "nothing is wanted" in operate(line, "backfill", "show")[1]


def test_what_was_taken_back_is_not_read(pipeline: Make) -> None:
    """And nothing of it is left for later."""
    line = pipeline()
    line.sync(all=None, lookback_days=1)

    operate(line, "backfill", "start", "--all", "--yes")
    operate(line, "backfill", "cancel")
    result = line.sync(all=False)

    assert (result.summary.still_wanted, result.summary.due) == ([], 0)
    assert line.prove()[0].missing
    code, said = operate(line, "status", "--max-age", "99999d")
    assert (code, said.startswith("main: idle")) == (DONE, True), said
