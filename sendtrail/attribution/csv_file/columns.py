"""The first row of a file: which column has which field, by the names that shops use or as the user says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sendtrail.attribution.csv_file.problems import BadRow, Problem
from sendtrail.errors import SettingsError
from sendtrail.plurals import counted

Names = Mapping[str, tuple[str, ...]]
TITLES_SHOWN = 30
# What two columns may mean together.
ALSO = {"converted_at": ", and where one is the time of day, --map time_of_day=COLUMN"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Where each field is in a row, the titles, and those that are not used."""

    places: Mapping[str, int]
    titles: tuple[str, ...]
    ignored: tuple[str, ...]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """Return a row by field; raise BadRow if it has fewer or more cells than there are titles."""
        width = len(self.titles)
        if len(row) < width or any(row[width:]):
            columns = counted(len(row), "column")
            kind = f"the row has {columns}, the first row has {width}: is a separator or a quote missing?"
            raise BadRow([Problem(kind=kind)])
        return {field: row[place] for field, place in self.places.items()}

    def is_header(self, row: Sequence[str]) -> bool:
        """Return whether a row is the first one again, as where files were joined."""
        return tuple(row[: len(self.titles)]) == self.titles


def checked_mapping(assignments: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """Return titles by field from texts like "value=N. Revenue"; raise ValueError with every problem."""
    mapping: dict[str, str] = {}
    problems = []
    for text in assignments:
        field, equals, title = (part.strip() for part in text.partition("="))
        if not equals or field not in fields:
            problems.append(f"write FIELD=COLUMN with one of the fields {', '.join(fields)}, not {text!r}")
        elif field in mapping:
            problems.append(f"{field} is given twice, as {mapping[field]!r} and as {title!r}")
        else:
            mapping[field] = title
    if problems:
        raise ValueError("; ".join(problems))
    return mapping


def find_columns(
    titles: Sequence[str], names: Names, mapping: Mapping[str, str], *, line: int, by_preference: bool = False
) -> Columns:
    """Return the columns that have fields; raise SettingsError where a title is missing or two mean one field.

    `by_preference`: of several names of a field, the first that the file has is meant. A field that is mapped to "" has
    no column, whatever the titles are.
    """
    while titles and not titles[-1]:  # a delimiter at the end of each row
        titles = titles[:-1]
    mapped, problems = _mapped(titles, mapping)
    found = dict(mapped)
    for field, candidates in names.items():
        if field in mapping:
            continue
        places = [place for place in _places(titles, candidates) if place not in mapped.values()]
        if by_preference and places:
            places = _places(titles, [titles[places[0]]])
        if len(places) > 1:
            both = " and ".join(repr(titles[place]) for place in places)
            problems.append(f"{both} both mean {field}: say which with --map {field}=COLUMN{ALSO.get(field, '')}")
        elif places:
            found[field] = places[0]
    if problems:
        raise SettingsError([f"line {line}: {problem}" for problem in problems])
    ignored = tuple(title for place, title in enumerate(titles) if title and place not in found.values())
    return Columns(places=found, titles=tuple(titles), ignored=ignored)


def normalised(title: str) -> str:
    """Return a title without what differs between spellings of one name."""
    return re.sub(r"[\W_]+", "_", title.lower()).strip("_").replace("e_mail", "email")


def shown(titles: Sequence[str]) -> str:
    """Return the titles of a file for a person to choose from."""
    more = f" and {len(titles) - TITLES_SHOWN} more" if len(titles) > TITLES_SHOWN else ""
    return f"{', '.join(titles[:TITLES_SHOWN])}{more}" if titles else "no columns"


def _places(titles: Sequence[str], candidates: Sequence[str]) -> list[int]:
    """Return where the titles are that a field is known by, in the order of its names."""
    known = [normalised(title) for title in titles]
    return [place for name in candidates for place, title in enumerate(known) if title == normalised(name)]


def _mapped(titles: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    found: dict[str, int] = {}
    problems = []
    for field, wanted in mapping.items():
        if not wanted:
            continue
        places = [place for place, title in enumerate(titles) if title == wanted] or [
            place for place, title in enumerate(titles) if title.lower() == wanted.lower()
        ]
        if len(places) == 1:
            found[field] = places[0]
        else:
            how = f"{len(places)} columns are" if places else "no column is"
            problems.append(f"--map {field}={wanted}: {how} called that; the file has {shown(titles)}")
    return found, problems
