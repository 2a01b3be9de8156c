"""A page of the link report: up to 20 links, each with everybody who ever clicked it, unpaged.

A page may hold a million clicks, so it is never in memory as a whole: one pass over its file checks the JSON and finds
the links, another goes through the clicks.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, Self

import ijson

from sendtrail.activecampaign.fields import identifier, number, text
from sendtrail.activecampaign.http.json_repair import repaired
from sendtrail.activecampaign.http.long_numbers import ShortNumbers
from sendtrail.activecampaign.http.response_body import not_json, parts_of, spooled
from sendtrail.activecampaign.v1.envelope import NoRows, check_envelope
from sendtrail.activecampaign.v1.rows import Link

CLICKS = "info"
# The name of a piece that is one entry of `info`; no field of a link is called so.
ENTRY = "info[]"
_COUNTERS = ("a_total", "a_unique")
_NOBODY = ("", None)
_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")
_PAGE, _LINK, _CLICKS, _CLICK, _BELOW = range(1, 6)  # how deep things are nested

# A link and a row of its clicks, or what stands in the place of one.
Click = tuple[Link, Any]


class LinkPage:
    """The links of a page, and its clicks, which are read from the page's file as they are asked for.

    `odd` holds what stands where a link should be, and links that have clicks but do not show them.
    """

    def __init__(
        self, body: IO[bytes], links: dict[str, Link], *, odd: list[Any], totals: Mapping[str, int | None]
    ) -> None:
        self._body, self._links, self._odd, self._totals = body, links, odd, totals

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._body.close()

    @property
    def link_ids(self) -> tuple[str, ...]:
        """Return the ids of the links, ascending; they tell one page from another, as clicks and order may change."""
        return tuple(sorted(link.link_id for link in self._links.values()))

    def total(self, link: Link) -> int | None:
        """Return how many clicks a link has by its own counter, None where that does not tell."""
        return self._totals.get(link.link_id)

    def clicks(self) -> Iterator[Click]:
        """Yield each click with its link; what is no click cannot be read as one, and says so there."""
        self._body.seek(0)
        return chain(((_NO_LINK, odd) for odd in self._odd), self._clicks())

    def _clicks(self) -> Iterator[Click]:
        for key, name, value in _pieces(self._body):
            if key in self._links and (name == ENTRY or (name == CLICKS and value not in _NOBODY)):
                yield self._links[key], value


_NO_LINK = Link(link_id="", url="")


def link_page(body: IO[bytes]) -> LinkPage | NoRows:
    """Return the page that a body holds, to be closed by the caller, or an answer without links."""
    try:
        return _link_page(body)
    except ijson.JSONError:
        mended = spooled(repaired(parts_of(body)))
    try:
        return _link_page(mended)
    except ijson.JSONError:
        mended.close()
        raise not_json(body) from None
    except BaseException:
        mended.close()
        raise
    finally:
        body.close()


def _link_page(body: IO[bytes]) -> LinkPage | NoRows:
    """Return the page that a body holds; raise JSONError where it is not JSON from its beginning to its end."""
    envelope, found = _outline(body)
    strange = {key: value for key, value in envelope.items() if key.isdecimal()}
    if answer := check_envelope(envelope, has_rows=bool(found or strange)):
        body.close()
        return answer
    silent = [fields for fields in found.values() if _hides_its_clicks(fields)]
    links = {key: _link(fields) for key, fields in found.items()}
    totals = {links[key].link_id: number(fields.get("a_total")) for key, fields in found.items()}
    return LinkPage(body, links, odd=[*strange.values(), *silent], totals=totals)


def _link(fields: dict[str, Any]) -> Link:
    return Link(link_id=identifier(fields.get("id")), url=text(fields.get("link")))


def _hides_its_clicks(fields: dict[str, Any]) -> bool:
    """Return whether a link has no list of clicks, not even an empty one, and no counter says that there are none."""
    counted = {number(fields.get(name)) for name in _COUNTERS} - {None}
    return CLICKS not in fields and counted != {0}


def _outline(body: IO[bytes]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what is beside the links of a page, and the fields of each link by its key, `info` without its rows."""
    envelope: dict[str, Any] = {}
    links: dict[str, dict[str, Any]] = {}
    for key, name, value in _pieces(body):
        if not key:
            envelope[name] = value
        elif key.isdecimal():
            field = CLICKS if name == ENTRY else name
            links.setdefault(key, {})[field] = "" if field == CLICKS else value
    return envelope, links


def _pieces(body: IO[bytes]) -> Iterator[tuple[str, str, Any]]:
    """Yield a page a piece at a time: (link's key, name, value), the key "" for what is beside the links.

    Each entry of `info`, a list or an object with numeric keys, is a piece named ENTRY, after an empty one of CLICKS.
    """
    names = [""] * (_BELOW + 1)
    depth = 0
    click: dict[str, Any] = {}
    for event, value in ijson.basic_parse(ShortNumbers(body)):
        if event == "map_key":
            names[min(depth, _BELOW)] = value
        elif event in _OPENING:
            depth += 1
            click = {} if depth == _CLICK else click
            if depth == _CLICKS and names[_LINK] == CLICKS:
                yield names[_PAGE], CLICKS, ""
        elif event in _CLOSING:
            depth -= 1
            if depth == _CLICKS and names[_LINK] == CLICKS:
                yield names[_PAGE], ENTRY, click
        elif depth == _CLICK:
            click[names[_CLICK]] = value
        elif place := _place(depth, names):
            yield *place, value


def _place(depth: int, names: Sequence[str]) -> tuple[str, str] | None:
    """Return the link's key and the name of a value that is neither list nor object; None where it is of no use."""
    if depth == _CLICKS:
        return (names[_PAGE], ENTRY) if names[_LINK] == CLICKS else None
    return {_PAGE: ("", names[_PAGE]), _LINK: (names[_PAGE], names[_LINK])}.get(depth)
