"""Renew the pictures of a terminal in docs/terminal: `python -m deploy.screenshots`.

Each is what the command printed on a terminal of 80 columns, against a simulated account that refuses one list: the
first minutes of somebody who has just installed Sendtrail.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyte
from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.text import Text

from sendtrail.simulator import Account, Failure, FailureKind, Plan, serve

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs" / "terminal"
COLUMNS, LINES = 80, 200
SETTINGS = {"TERM": "xterm-256color", "COLORTERM": "", "COLUMNS": str(COLUMNS)}
# Fonts of another host, which a page of the documentation asks for nothing.
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Run the commands one after the other in an empty folder, and draw what each leaves on the screen."""
    account = Account(seed=1, plan=Plan(campaigns=6, openers=300))
    with serve(account) as running, tempfile.TemporaryDirectory() as folder:
        shown = Terminal(
            folder=Path(folder),
            environment={"SENDTRAIL_API_KEY": account.api_key},
            told={folder: "/srv/sendtrail", running.url: "https://acme.api-us1.com"},
        )
        shown.draw("init", "--account", "acme", "--api-url", running.url)
        shown.draw("sync", "--all")
        shown.draw("status")
        account.pass_day()
        account.fail(Failure(kind=FailureKind.SERVER_ERROR, times=None, match="open_list"))
        shown.run("sync", "--no-contacts")
        shown.draw("failures")


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminal:
    """Runs `sendtrail` in a folder on a terminal of its own; what differs from machine to machine is told otherwise."""

    folder: Path
    environment: Mapping[str, str]
    told: Mapping[str, str]

    def draw(self, *words: str) -> None:
        """Draw a command and what it prints."""
        typed = self._told("sendtrail " + " ".join(words))
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            console = Console(record=True, width=COLUMNS, file=nowhere)
            console.print(Text.assemble(("$ ", "bold"), typed), self.run(*words), sep="\n")
        picture = _FONTS.sub("", console.export_svg(title=f"sendtrail {words[0]}", unique_id=words[0]))
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{words[0]}.svg").write_text(picture, encoding="utf-8")

    def run(self, *words: str) -> Text:
        """Return the screen that a command leaves."""
        terminal, child_side = pty.openpty()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "sendtrail", *words],
            cwd=self.folder,
            stdin=child_side,
            stdout=child_side,
            stderr=child_side,
            env={**os.environ, **SETTINGS, **self.environment},  # noqa: TID251  (what another program reads)
        )
        os.close(child_side)
        printed = bytearray()
        with suppress(OSError):  # Linux says so when the last process has closed the terminal.
            while read := os.read(terminal, 65536):
                printed += read
        process.wait()
        os.close(terminal)
        screen = pyte.Screen(COLUMNS, LINES)
        pyte.Stream(screen).feed(self._told(printed.decode()))
        return as_text(screen)

    def _told(self, text: str) -> str:
        for here, elsewhere in self.told.items():
            text = text.replace(here, elsewhere)
        return text


def as_text(screen: pyte.Screen) -> Text:
    """Return the lines of a screen with their colours, up to the last that says something."""
    used = max((number for number, line in enumerate(screen.display) if line.strip()), default=-1) + 1
    return Text("\n").join(_line(screen.buffer[number]) for number in range(used))


def _line(cells: Mapping[int, Char]) -> Text:
    line = Text()
    for style, alike in groupby((cells[column] for column in range(COLUMNS)), key=_style):
        line.append("".join(cell.data for cell in alike), style)
    line.rstrip()
    return line


def _style(cell: Char) -> Style:
    name = {"default": None, "brown": "yellow"}.get(cell.fg, cell.fg if cell.fg.isalpha() else f"#{cell.fg}")
    return Style(color=name, bold=cell.bold, italic=cell.italics)


if __name__ == "__main__":
    main()
