"""What each quirk is called, takes and does, from the groups that define it: for `--help`."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from textwrap import dedent
from typing import Literal, get_args, get_origin, get_type_hints

from sendtrail.simulator.quirks import GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A quirk in words."""

    name: str
    values: tuple[str, ...]
    """What may be chosen; empty where any text is allowed, or a number."""
    several: bool
    """Whether several values may be given."""
    is_switch: bool
    """Whether the name alone turns it on."""
    text: str

    def __str__(self) -> str:
        """Return the line of `--help`."""
        choice = "" if self.is_switch else f"={('+' if self.several else '|').join(self.values) or 'VALUE'}"
        return f"{self.name}{choice}: {self.text}"


def descriptions() -> list[Description]:
    """Return every quirk, group by group."""
    return [description for group in GROUPS for description in _of_group(group)]


def attribute_docstrings(cls: type) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a class that have a docstring, and that, on one line."""
    body = ast.parse(dedent(inspect.getsource(cls))).body[0]
    for statement, following in pairwise(getattr(body, "body", ())):
        match statement, following:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())


def _of_group(group: type) -> Iterator[Description]:
    hints, texts = get_type_hints(group), dict(attribute_docstrings(group))
    for field in fields(group):
        hint = hints[field.name]
        several = get_origin(hint) is tuple
        choice = get_args(hint)[0] if several else hint
        yield Description(
            name=field.name,
            values=get_args(choice) if get_origin(choice) is Literal else (),
            several=several,
            is_switch=hint is bool,
            text=texts[field.name],
        )
