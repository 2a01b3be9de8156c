"""The generated pages by their file names, and how a table of Markdown is written."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
NOTE = "<!-- Generated: change the code, then run `make docs`. -->"


def pages() -> Mapping[str, str]:
    """Return every page, from the code as it is now."""
    from deploy.reference.commands_page import commands_page  # noqa: PLC0415  (they use what is below)
    from deploy.reference.data_page import data_page  # noqa: PLC0415
    from deploy.reference.settings_page import settings_page  # noqa: PLC0415

    made = {"commands.md": commands_page(), "settings.md": settings_page(), "data.md": data_page()}
    return {name: "\n".join([NOTE, "", *lines]).rstrip() + "\n" for name, lines in made.items()}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table of Markdown, with an empty line after it."""
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines, ""] if lines else []


def code(text: str) -> str:
    """Return text as code."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
