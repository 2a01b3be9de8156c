"""Sentences on a terminal go on below between words; elsewhere a line stays a line."""

from io import StringIO

import pytest
from rich.console import Console

from sendtrail.cli.process.sentences import say

SENTENCE = "opens of campaign 9, page 1: the account is in trouble [HTTP 500]; it is asked again later"
PATH = "/srv/" + "x" * 70 + "/sendtrail.duckdb"


@pytest.mark.parametrize("width", [60, 80])
def test_a_terminal_breaks_sentences_between_words(width: int) -> None:
    """Whole words on every line, none lost, brackets no markup."""
    lines = printed(SENTENCE, width=width, is_terminal=True).splitlines()

    assert len(lines) == 2
    assert max(map(len, lines)) <= width
    assert " ".join(line.strip() for line in lines) == SENTENCE


def test_a_path_stays_in_one_piece() -> None:
    """It is copied from the terminal, which breaks it for the eyes alone."""
    sentence = f"The data is in {PATH}"

    assert printed(sentence, width=60, is_terminal=True).splitlines() == [sentence]


def test_a_program_gets_a_line_per_sentence() -> None:
    """However long it is."""
    assert printed(SENTENCE, PATH, width=60, is_terminal=False).splitlines() == [SENTENCE, PATH]


def printed(*lines: str, width: int, is_terminal: bool) -> str:
    """Return what is printed."""
    console = Console(file=StringIO(), width=width, force_terminal=is_terminal, color_system=None)
    say(console, *lines)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
