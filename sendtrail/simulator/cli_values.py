"""Quirks and failures in words, as a command line gives them."""

from dataclasses import fields
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from sendtrail.simulator.failures import Failure, FailureKind
from sendtrail.simulator.plan import MIX, Kind
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.quirks.descriptions import Description, attribute_docstrings, descriptions

_DESCRIPTIONS = {description.name: description for description in descriptions()}
QUIRK_NAMES = ", ".join(_DESCRIPTIONS)
_KINDS_IN_WORDS = [f"{FailureKind[name]}: {text}" for name, text in attribute_docstrings(FailureKind)]
EPILOG = "\n\n".join(["Quirks:", *map(str, _DESCRIPTIONS.values()), "Failures:", *_KINDS_IN_WORDS])
MIX_OF_KINDS = ",".join(MIX)

_T = TypeVar("_T")
_KINDS: TypeAdapter[tuple[Kind, ...]] = TypeAdapter(tuple[Kind, ...])
_QUIRKS = TypeAdapter(Quirks)
_FAILURE = TypeAdapter(Failure)


def kinds(words: str) -> tuple[Kind, ...]:
    """Read kinds of campaign, apart by commas; raise ValueError."""
    return _read(_KINDS, tuple(words.split(",")))


def quirks(words: list[str]) -> Quirks:
    """Read quirks, each `name` or `name=value`, values apart by `+`, or `all`; raise ValueError."""
    told: dict[str, object] = {}
    for word in words:
        name, _, value = word.partition("=")
        told[name] = _value(_DESCRIPTIONS[_known(name, QUIRK_NAMES)], value)
    return _read(_QUIRKS, told)


def failure(words: str) -> Failure:
    """Read a failure, `kind` or `kind,times=3,every=5,after=10,match=open_list`; raise ValueError."""
    kind, *rest = words.split(",")
    names = ", ".join(field.name for field in fields(Failure))
    told: dict[str, object] = {"kind": kind}
    for word in rest:
        name, _, value = word.partition("=")
        told[_known(name, names)] = None if value == "endless" else value
    return _read(_FAILURE, told)


def _value(quirk: Description, value: str) -> object:
    if not quirk.several:
        return value or True
    return quirk.values if value in ("", "all") and quirk.values else value.split("+")


def _known(name: str, names: str) -> str:
    if name not in names.split(", "):
        raise ValueError(f"{name!r} is none of {names}")
    return name


def _read(adapter: TypeAdapter[_T], told: object) -> _T:
    try:
        return adapter.validate_python(told)
    except ValidationError as invalid:
        problems = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in invalid.errors())
        raise ValueError("; ".join(problems)) from invalid
