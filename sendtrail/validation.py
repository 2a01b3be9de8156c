"""How values are read from what comes in: one pydantic adapter a type, and its problems in words."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sendtrail.errors import SettingsError

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def adapter(kind: type) -> TypeAdapter[Any]:
    """Return the adapter of a type, made once."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def problems(error: ValidationError) -> list[str]:
    """Return a sentence for each field that does not fit; the values, which may be secrets, are left out."""
    return [
        f"{'.'.join(map(str, problem['loc'])) or 'value'}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False)
    ]


def settings_error(error: ValidationError, *, named: Callable[[str], str]) -> SettingsError:
    """Return every problem of some settings as an error; `named` returns the name by which a user knows a field."""
    return SettingsError(
        [
            f"{named(str(problem['loc'][0]))}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
    )
