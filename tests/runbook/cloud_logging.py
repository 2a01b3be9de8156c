"""`gcloud logging read`, of what functions have written on this machine: Cloud Logging has no emulator.

https://cloud.google.com/logging/docs/view/logging-query-language
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sendtrail.logs import LABELS_FIELD

Entry = Mapping[str, Any]
SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_TERM = re.compile(r'([\w.]+)(=~|>=|>|=)(?:"([^"]*)"|(\S+)) *')
_VALUES = re.compile(r"value\((.*)\)")


def entry_of(service: str, line: Mapping[str, Any]) -> Entry:
    """Return a line of a function's log as Cloud Logging stores it."""
    special = {"severity", "time", LABELS_FIELD}
    return {
        "timestamp": line["time"],
        "severity": line["severity"],
        "labels": line.get(LABELS_FIELD, {}),
        "resource": {"labels": {"service_name": service}},
        "jsonPayload": {name: value for name, value in line.items() if name not in special},
    }


def printed(command: Sequence[str], entries: Iterable[Entry]) -> str:
    """Return what the words after `gcloud` print: of each entry that is found, the values that the format names."""
    (form,) = [word for word in command if word.startswith("--format=")]
    found = _VALUES.search(form)
    assert found, form
    paths = [path.strip() for path in found[1].split(",")]
    values = ([str(_value(entry, path) or "") for path in paths] for entry in matching(command[2], entries))
    return "\n".join("\t".join(each) for each in values)


def matching(query: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries for which all terms of a query hold."""
    terms = list(_terms(query))
    return [entry for entry in entries if all(_holds(entry, *term) for term in terms)]


def _terms(query: str) -> Iterator[tuple[str, str, str]]:
    assert not _TERM.sub("", query), f"more than this stand-in understands: {query}"
    for path, operator, quoted, bare in _TERM.findall(query):
        yield path, operator, quoted or bare


def _holds(entry: Entry, path: str, operator: str, wanted: str) -> bool:
    value = _value(entry, path)
    if value is None:
        return False
    if path == "severity":
        return SEVERITIES.index(value) >= SEVERITIES.index(wanted)
    if operator == "=~":
        return re.search(wanted, str(value)) is not None
    return str(value) == wanted if operator == "=" else float(value) > float(wanted)


def _value(entry: Entry, path: str) -> Any:
    value: Any = entry
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
