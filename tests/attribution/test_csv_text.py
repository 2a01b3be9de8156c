"""How files differ that hold the same: encodings, delimiters, line ends, quotes, and what is no row."""

import gzip
from pathlib import Path

import pytest

from sendtrail.attribution.conversion_csv.reading import Reading
from sendtrail.attribution.csv_file import text as csv_text
from sendtrail.errors import SettingsError
from tests.attribution.csv_files import Files

HEADER = "id,user,time,amount"
ROW = "1,jürgen,2025-03-30T12:05Z,12"
EUR = Reading(currency="EUR")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(files: Files, delimiter: str, end: str) -> None:
    """They differ by country and by system."""
    content = end.join([HEADER, ROW, ROW.replace("1", "2", 1)]).replace(",", delimiter)

    assert [each.user_id for each in files.read(content, EUR).conversions] == ["jürgen", "jürgen"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le", "mac-roman"])
def test_encodings_of_spreadsheets_are_read(files: Files, encoding: str) -> None:
    """Those with a mark are recognised, others are named."""
    named = encoding if encoding in {"cp1252", "utf-16-le", "mac-roman"} else "utf-8"

    found = files.read(f"{HEADER}\n{ROW}\n".encode(encoding), Reading(currency="EUR", encoding=named))

    assert found.conversions[0].user_id == "jürgen"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEADER}\n{ROW}\n".encode("cp1252"), "line 2: this is not utf-8: save it as UTF-8, or name its encoding"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16-le"), "say --encoding utf-16-le"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "save the sheet as CSV"),
        (gzip.compress(HEADER.encode(), mtime=0), "unpack it first"),
        (b"\n<!DOCTYPE html>", "a web page"),
        (b'{"orders": []}', "JSON"),
        (f'{HEADER}\n1,"u,2025-03-30T12:05Z,12\n'.encode(), "line 2: this is not CSV"),
        (b"x" * 2_000_000, "this is not CSV"),
    ],
    ids=["cp1252", "utf-16", "xlsx", "xls", "gzip", "html", "json", "open quote", "one line"],
)
def test_what_is_no_such_file_is_told_apart(files: Files, content: bytes, words: str) -> None:
    """With what to do about it, instead of a wrong letter in every name."""
    [problem] = files.problems(content, EUR)

    assert words in problem


def test_the_line_of_a_wrong_byte_is_named_wherever_it_is(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also beyond the first part that is read."""
    monkeypatch.setattr(csv_text, "CHUNK_SIZE", 50)
    good = "".join(f"{number},u,2025-03-30T12:05Z,12\r\n" for number in range(98))

    [problem] = files.problems(f"{HEADER}\r\n{good}".encode() + b"99,j\xfcrgen,2025-03-30T12:05Z,12\r\n", EUR)

    assert problem.startswith("line 100: this is not utf-8")


@pytest.mark.parametrize("size", range(1, 40))
def test_it_does_not_matter_in_which_parts_a_file_is_read(
    files: Files, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """A line end, a letter or a quoted cell may be cut anywhere."""
    monkeypatch.setattr(csv_text, "CHUNK_SIZE", size)

    found = files.read(f'{HEADER}\r\n1,"jür\r\ngen",2025-03-30T12:05Z,12\r\n2,ü,2025-03-30T12:05Z,1', EUR)

    assert [each.user_id for each in found.conversions] == ["jür\r\ngen", "ü"]


def test_the_delimiter_that_excel_is_told_is_taken(files: Files) -> None:
    """It is no row; lines are counted all the same."""
    [problem] = files.problems("sep=;\r\nid;user;time;amount\r\n1;u;yesterday;12\r\n", EUR)

    assert problem.startswith("line 3: converted_at: 'yesterday'")


def test_delimiters_in_quoted_titles_are_not_counted(files: Files) -> None:
    """Some titles list what they hold."""
    found = files.read('id;user;time;amount;"Name, first, last, title, more"\n1;u;2025-03-30T12:05Z;12;x\n', EUR)

    assert found.ignored == ("Name, first, last, title, more",)


def test_what_spreadsheets_wrap_around_cells_is_removed(files: Files) -> None:
    """Spaces, invisible marks of joined files, and the formula that keeps zeros."""
    found = files.read(f'{HEADER}\n="00123", u ,\u200b2025-03-30T12:05Z,\ufeff12\n', EUR)

    assert [(each.conversion_id, each.user_id) for each in found.conversions] == [("00123", "u")]


def test_blank_rows_and_delimiters_at_the_end_are_no_cells(files: Files) -> None:
    """As spreadsheets leave them where there once was something."""
    found = files.read(
        "\n\nid;user;time;amount;;\n1;u;2025-03-30T12:05Z;12;;\n;;;;;\n \n2;u;2025-03-30T12:05Z;1;;\n", EUR
    )

    assert len(found.conversions) == 2


def test_a_cell_beyond_the_columns_is_refused(files: Files) -> None:
    """A delimiter inside a cell that is not quoted has moved the others."""
    [problem] = files.problems(f"{HEADER}\n1,Smith, Ann,2025-03-30T12:05Z,12\n", EUR)

    assert problem.startswith("line 2: the row has 5 columns, the first row has 4")


def test_the_first_row_of_a_file_that_was_joined_is_left_out(files: Files) -> None:
    """It comes again for each file."""
    found = files.read(f"{HEADER}\n{ROW}\n{HEADER}\n{ROW.replace('1', '2', 1)}\n", EUR)

    assert (len(found.conversions), found.left_out) == (2, {"the first row again": 1})


@pytest.mark.parametrize("row", [",,,13", "Total,,,13", "Sum: 2,,,25.00"])
def test_a_row_of_totals_is_no_conversion(files: Files, row: str) -> None:
    """It is refused, or skipped."""
    content = f"{HEADER}\n{ROW}\n{row}\n"

    problems = files.problems(content, EUR)
    skipped = files.read(content, Reading(currency="EUR", skips_bad=True))

    assert {problem.split(":")[0] for problem in problems} == {"line 3"}
    assert [each.conversion_id for each in skipped.conversions] == ["1"]


@pytest.mark.parametrize("encoding", ["none-such", "base64", "rot13"])
def test_an_encoding_that_there_is_not_is_named(files: Files, encoding: str) -> None:
    """Whether nobody knows it, or it encodes no text."""
    [problem] = files.problems(HEADER, Reading(encoding=encoding))

    assert problem.startswith(f"--encoding: there is no encoding {encoding}")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """A folder, for example."""
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"), csv_text.open_lines(tmp_path, "utf-8"):
        pass
