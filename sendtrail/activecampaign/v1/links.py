"""A page of the link report: up to 20 links, each with everybody who ever clicked it, unpaged.

A page may hold a million clicks, so it is never in memory as a whole: one pass over its file checks the JSON and finds
the links, another goes through the clicks.
"""

from collections.abc import Iterator
from typing import IO, Any, Self

import ijson

from sendtrail.activecampaign.fields import identifier, text
from sendtrail.activecampaign.http.errors import NO_ROWS, BadAnswer
from sendtrail.activecampaign.http.response_body import not_json
from sendtrail.activecampaign.v1.envelope import is_end
from sendtrail.activecampaign.v1.rows import Link, Row
from sendtrail.errors import Unreadable

CLICKS = "info"
_NOBODY = ("", None)
_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")
_PAGE, _LINK, _CLICKS, _CLICK, _BELOW = range(1, 6)  # how deep things are nested


class LinkPage:
    """The links of a page, and its clicks, which are read from the page's file as they are asked for."""

    def __init__(self, body: IO[bytes], links: dict[str, Link], *, subject: str) -> None:
        self._body, self._links, self._subject = body, links, subject

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._body.close()

    @property
    def link_ids(self) -> tuple[str, ...]:
        """Return the ids of the links, which tell one page from another; the clicks change all the time."""
        return tuple(link.link_id for link in self._links.values())

    def clicks(self) -> Iterator[tuple[Link, Row]]:
        """Yield each click with its link."""
        self._body.seek(0)
        for key, name, value in _pieces(self._body):
            if name != CLICKS or key not in self._links or value in _NOBODY:
                continue
            if not isinstance(value, dict):
                raise Unreadable(f"{self._subject}: an entry of a link's info is no object")
            yield self._links[key], value


def link_page(body: IO[bytes], *, subject: str) -> LinkPage | None:
    """Return the page that a body holds, to be closed by the caller; None past the end of the report."""
    try:
        envelope, found = _outline(body)
    except ijson.JSONError:
        raise not_json(body) from None
    if is_end(envelope):
        body.close()
        return None
    if any(key.isdecimal() for key in envelope):
        raise Unreadable(f"{subject}: a link is no object")
    if not found:
        raise BadAnswer(NO_ROWS)
    return LinkPage(body, {key: _link(fields, subject=subject) for key, fields in found.items()}, subject=subject)


def _outline(body: IO[bytes]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    envelope: dict[str, Any] = {}
    links: dict[str, dict[str, Any]] = {}
    for key, name, value in _pieces(body):
        if not key:
            envelope[name] = value
        elif key.isdecimal():
            links.setdefault(key, {}).update({} if name == CLICKS else {name: value})
    return envelope, links


def _link(fields: dict[str, Any], *, subject: str) -> Link:
    link_id = identifier(fields.get("id"))
    if not link_id:
        raise Unreadable(f"{subject}: a link has no id")
    return Link(link_id=link_id, url=text(fields.get("link")))


def _pieces(body: IO[bytes]) -> Iterator[tuple[str, str, Any]]:
    """Yield a page a piece at a time: (link's key, name, value), the key "" for what is beside the links.

    Each entry of `info`, a list or an object with numeric keys, is a piece of its own.
    """
    names = [""] * (_BELOW + 1)
    depth = 0
    click: dict[str, Any] = {}
    for event, value in ijson.basic_parse(body, use_float=True):
        if event == "map_key":
            names[min(depth, _BELOW)] = value
        elif event in _OPENING:
            depth += 1
            if depth == _CLICK:
                click = {}
        elif event in _CLOSING:
            depth -= 1
            if depth == _CLICKS and names[_LINK] == CLICKS:
                yield names[_PAGE], CLICKS, click
        elif depth == _CLICK:
            click[names[_CLICK]] = value
        elif depth == _LINK or (depth == _CLICKS and names[_LINK] == CLICKS):
            yield names[_PAGE], names[_LINK], value
        elif depth == _PAGE:
            yield "", names[_PAGE], value
