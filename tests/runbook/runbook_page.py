"""The sections of docs/runbook.md, and the commands that each of them shows."""

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import groupby, takewhile

from tests.documentation.pages import text

Command = tuple[str, ...]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^## (.*)$", re.MULTILINE)


def alerts() -> Mapping[str, str]:
    """Return the text of each section about an alert, by its title."""
    return _sections(text("docs/runbook.md").partition("\n# Questions\n")[0])


def questions() -> Mapping[str, str]:
    """Return the text of each section behind the alerts, by its title."""
    return _sections(text("docs/runbook.md").partition("\n# Questions\n")[2])


def commands_of(section: str) -> list[Command]:
    """Return the commands of a section, in their order: the words up to the next pipe."""
    blocks = _BLOCK.findall({**alerts(), **questions()}[section])
    return [command for block in blocks for command in _commands(block)]


def commands() -> Mapping[str, list[Command]]:
    """Return the commands of each section that has any."""
    found = {section: commands_of(section) for section in (*alerts(), *questions())}
    return {section: commands for section, commands in found.items() if commands}


def _sections(part: str) -> Mapping[str, str]:
    _, *found = _TITLE.split(part)
    return dict(zip(found[::2], found[1::2], strict=True))


def _commands(block: str) -> Iterator[Command]:
    words = shlex.shlex(block.replace("\\\n", " "), posix=True, punctuation_chars="|\n")
    words.whitespace, words.whitespace_split, words.commenters = " \t", True, ""
    for is_end, line in groupby(words, key=lambda word: not word.strip("\n")):
        if not is_end:
            yield tuple(takewhile(lambda word: word != "|", line))
