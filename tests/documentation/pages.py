"""The project's pages, and the commands that they tell people to type."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in (".", "docs", "docs/reference", ".github", "terraform", "terraform/examples/*")
    for path in REPOSITORY.glob(f"{folder}/*.md")
)

_BLOCK = re.compile(r"^ *```(?:console|sh|cron)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_TYPED = re.compile(r"(?:^|\s)(?:\.venv/bin/)?(make|sendtrail|python3?)\s")
_END_OF_COMMAND = frozenset({";", "|", "||", "&", "&&", ">", ">>", "<", "(", ")"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command on a page: its program, and the words after it up to the next pipe or redirection."""

    page: str
    program: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.page}: {self.program} {shlex.join(self.arguments)}"


def text(page: str) -> str:
    """Return a page."""
    return (REPOSITORY / page).read_text(encoding="utf-8")


def commands(program: str) -> list[Command]:
    """Return every command of a program on any page, in a block or within a line."""
    found = {str(command): command for page in PAGES for command in _commands(page) if command.program == program}
    return [found[name] for name in sorted(found)]


def _commands(page: str) -> Iterator[Command]:
    blocks = _BLOCK.findall(text(page))
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    typed = [each for each in _INLINE.findall(_BLOCK.sub("", text(page))) if _TYPED.match(each)]
    for line in (*lines, *typed):
        if start := _TYPED.search(line):
            program, *arguments = _words(line[start.start(1) :])
            yield Command(page=page, program=program.replace("python3", "python"), arguments=tuple(arguments))


def _words(line: str) -> Iterator[str]:
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    for word in words:
        if word in _END_OF_COMMAND:
            return
        yield word
