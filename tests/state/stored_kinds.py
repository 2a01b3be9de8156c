"""Every kind of document that the code reads from its state, found in the code itself, so that none is forgotten."""

import ast
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import sendtrail

SOURCES = Path(sendtrail.__file__).parent
# At which position each function that reads a document takes its kind.
READERS = {"from_document": 0, "readable": 0, "read_known": 2}
# What a function calls the kind that it was given; its callers name it.
PARAMETER = "kind"


def stored_kinds() -> set[type]:
    """Return the kinds of documents, and of documents within them."""
    found: set[type] = set()
    for kind in _read_kinds():
        _add(kind, found)
    return found


def _read_kinds() -> Iterator[type]:
    for file in sorted(SOURCES.rglob("*.py")):
        names = sorted(set(_kinds_named(ast.parse(file.read_text()))) - {PARAMETER})
        if names:
            module = import_module(".".join((SOURCES.name, *file.relative_to(SOURCES).with_suffix("").parts)))
            yield from (getattr(module, name) for name in names)


def _kinds_named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            yield ast.unparse(node.args[READERS[node.func.id]])


def _add(kind: Any, found: set[type]) -> None:
    if is_dataclass(kind) and isinstance(kind, type) and kind not in found:
        found.add(kind)
        for hint in get_type_hints(kind).values():
            _add(hint, found)
    for inner in get_args(kind):
        _add(inner, found)
