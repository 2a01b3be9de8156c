"""A file is read in memory that does not grow with its rows: they wait on disk."""

import tracemalloc
from pathlib import Path

from sendtrail.attribution.conversion_csv.file import read_conversions
from sendtrail.attribution.conversion_csv.reading import Reading
from tests.attribution.csv_files import Files

ROWS = 2_000


def peak(path: Path, *, rows: int) -> int:
    """Return the most memory that Python objects take while a file of this many rows is read, all of it good."""
    path.write_text("id,user,time,amount\n" + "".join(f"{n},u{n},2025-03-30T12:05Z,{n}\n" for n in range(rows)))
    tracemalloc.start()
    try:
        with read_conversions(path, Reading(currency="EUR")) as file:
            assert sum(1 for _ in file.conversions()) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_eight_times_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    """Nearly: the rows of one of the temporary files are in memory at a time."""
    peak(tmp_path / "warm.csv", rows=10)

    assert peak(tmp_path / "large.csv", rows=8 * ROWS) < 1.5 * peak(tmp_path / "small.csv", rows=ROWS)


def test_a_thousand_bad_rows_are_kept_as_one(files: Files) -> None:
    """Of each kind of problem, the first lines and how many there are."""
    problems = files.problems(
        "id,user,time,amount\n" + "".join(f"{n},,x,{n}.\n" for n in range(1_000)), Reading(currency="EUR")
    )

    assert [problem.split(":")[0] for problem in problems] == ["lines 2, 3, 4, 5, 6 and 995 more"] * 3
