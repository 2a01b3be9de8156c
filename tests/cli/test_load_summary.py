"""What is said when a file was loaded."""

from sendtrail.cli.load.summary import withheld_line


def test_who_reads_the_totals_knows_that_they_are_of_the_file() -> None:
    """Rows of erased people are counted in them, and are not stored."""
    assert withheld_line(0) == []
    [line] = withheld_line(1_200)
    assert "erased: 1,200. They are not stored; what follows is of the file, with them." in line
