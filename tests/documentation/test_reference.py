"""The pages of docs/reference are what the code says now, and leave out nothing."""

import pytest

from deploy.reference.commands_page import every_option
from deploy.reference.data_page import JOINS
from deploy.reference.pages import FOLDER, pages, table
from deploy.reference.settings_page import command_settings
from sendtrail.cli.app import COMMANDS
from sendtrail.warehouse.relations import relations

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_is(name: str) -> None:
    """Whoever changes the code renews it."""
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_there_are_no_other_pages() -> None:
    """What is not generated any more is deleted."""
    assert {each.name for each in FOLDER.iterdir()} == set(PAGES)


def test_every_command_has_its_section() -> None:
    """Within a command, too."""
    words = {f"## {each.words}\n" for each in every_option()} | {f"## sendtrail {each.name}\n" for each in COMMANDS}

    assert [each for each in sorted(words) if each not in PAGES["commands.md"]] == []


def test_every_setting_says_what_it_is() -> None:
    """By the help of its option, or in words of its own."""
    page = PAGES["settings.md"].partition("## Settings of the functions")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]

    assert [row[0] for row in rows if not row[3]] == []
    assert len(rows) == len({name for kind in command_settings() for name in kind.model_fields})


def test_tables_are_joined_by_columns_that_both_have() -> None:
    """A picture must not promise more."""
    columns = {each.name: {column.name for column in each.columns} for each in relations()}

    for one, many, names in JOINS:
        assert set(names) <= columns[one] & columns[many], (one, many)


def test_a_bar_in_a_cell_ends_no_column() -> None:
    """It is escaped, and a line break is a blank."""
    assert table(("a", "b"), [("x|y", "1\n2")])[2] == "| x\\|y | 1 2 |"


def test_an_option_shows_the_type_that_its_help_shows() -> None:
    """Not the name of something in Typer."""
    assert "BARE_TYPE" not in PAGES["commands.md"]
    assert "| `--seeds <int range>` |" in PAGES["commands.md"]


def test_the_quirks_and_failures_of_the_simulator_are_listed() -> None:
    """As in its help."""
    assert "- `ints`: Ids, counters and totals are numbers" in PAGES["commands.md"]
    assert "- `unavailable`: 503." in PAGES["commands.md"]
