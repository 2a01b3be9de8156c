"""A page of the link report, in all the shapes that it comes in."""

import tracemalloc
from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.http.errors import BadAnswer
from sendtrail.activecampaign.http.long_numbers import MAX_DIGITS
from sendtrail.activecampaign.http.response_body import MAX_BYTES_IN_MEMORY, spooled
from sendtrail.activecampaign.v1.envelope import NoRows
from sendtrail.activecampaign.v1.links import Click, LinkPage, link_page
from sendtrail.activecampaign.v1.rows import Link
from sendtrail.errors import KeyRefused, Unavailable, Unreadable

ENVELOPE = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
LINK = Link(link_id="88", url="https://shop.example.com/")
FIELDS = {"id": "88", "name": "Button", "link": "https://shop.example.com/", "tracked": "1", "a_total": "2"}
ANN, BOB = {"subscriberid": "1", "times": "2"}, {"subscriberid": "2", "times": "1"}

clicks = st.dictionaries(
    st.sampled_from(["subscriberid", "email", "times"]), st.text() | st.integers(-9, 9) | st.none()
)


def clicks_of(body: bytes) -> list[Click]:
    """Return the clicks of the page that a body holds."""
    with spooled([body]) as received:
        page = link_page(received)
        assert isinstance(page, LinkPage)
        with page:
            return list(page.clicks())


def page_with(link: object) -> bytes:
    """Return a page with a single link."""
    return orjson.dumps({"0": link, **ENVELOPE})


SHAPES: dict[str, tuple[object, list[dict[str, str]]]] = {
    "a list": ({**FIELDS, "info": [ANN, BOB]}, [ANN, BOB]),
    "an object with numeric keys": ({**FIELDS, "info": {"0": ANN, "1": BOB}}, [ANN, BOB]),
    "before the attributes": ({"info": [ANN, BOB], **FIELDS}, [ANN, BOB]),
    "an empty string": ({**FIELDS, "info": ""}, []),
    "an empty list": ({**FIELDS, "info": []}, []),
    "an empty object": ({**FIELDS, "info": {}}, []),
    "null": ({**FIELDS, "info": None}, []),
    "absent where nobody clicked": ({**FIELDS, "a_total": "0"}, []),
    "beside other nested things": ({**FIELDS, "extra": [[ANN], {"info": [BOB]}], "info": [ANN]}, [ANN]),
    "with nested things within": ({**FIELDS, "info": [{**ANN, "geo": {"times": ["9"]}}]}, [ANN]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_clicks_of_a_link_have_many_shapes(name: str) -> None:
    """All of them are read."""
    link, expected = SHAPES[name]

    assert clicks_of(page_with(link)) == [(LINK, click) for click in expected]


def test_links_in_another_order_are_the_same_page() -> None:
    """An account that ignores `page` may shuffle its links: without this it would be asked for ever."""
    links = [{**FIELDS, "id": str(number), "info": ""} for number in range(20)]
    pages = [
        orjson.dumps({**{str(n): each for n, each in enumerate(some)}, **ENVELOPE}) for some in (links, links[::-1])
    ]
    ids = []
    for body in pages:
        with spooled([body]) as received:
            page = link_page(received)
            assert isinstance(page, LinkPage)
            with page:
                ids.append(page.link_ids)

    assert ids[0] == ids[1]


def test_the_envelope_may_come_first() -> None:
    """The order of keys means nothing."""
    body = orjson.dumps({**ENVELOPE, "0": {**FIELDS, "info": [ANN]}})

    assert clicks_of(body) == [(LINK, ANN)]


def test_nothing_returned_is_the_end() -> None:
    """A report without links, or past its last page, says so."""
    body = orjson.dumps({"result_code": 0, "result_message": "Failed: Nothing is returned"})

    assert link_page(spooled([body])) == NoRows("Failed: Nothing is returned")


def test_a_success_without_links_may_be_the_end() -> None:
    """Whether it is, other answers have to prove."""
    answer = link_page(spooled([orjson.dumps(ENVELOPE)]))

    assert isinstance(answer, NoRows)
    assert answer.is_success
    assert not answer.is_documented_end


PASSING: dict[str, tuple[bytes, type[Exception]]] = {
    "empty": (b"", Unavailable),
    "truncated": (page_with({**FIELDS, "info": [ANN, BOB]})[:-20], Unavailable),
    "followed by something": (page_with(FIELDS) + b"{}", Unavailable),
    "the XML that refuses a key": (b"<not_allowed><error>You are not authorized</error></not_allowed>", KeyRefused),
    "no result_code": (orjson.dumps({"0": FIELDS}), Unreadable),
    "a list": (b"[1, 2]", Unreadable),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_is_no_page_is_asked_for_again(name: str) -> None:
    """A body that is cut off or tells of trouble is found out before any of its clicks is used."""
    body, then = PASSING[name]

    with spooled([body]) as received, pytest.raises(BadAnswer) as caught:
        link_page(received)

    assert caught.value.problem.may_pass
    assert caught.value.problem.error is then


NOBODY = Link(link_id="", url="")
ODD: dict[str, tuple[bytes, list[tuple[Link, object]]]] = {
    "a link without an id": (page_with({**FIELDS, "id": "0", "info": [ANN]}), [(Link(link_id="", url=LINK.url), ANN)]),
    "a link that is no object": (page_with("none"), [(NOBODY, "none")]),
    "no clicks, and a counter that says otherwise": (page_with(FIELDS), [(NOBODY, FIELDS)]),
    "no clicks, and no counter": (page_with({"id": "88"}), [(NOBODY, {"id": "88"})]),
    "clicks that are a word": (page_with({**FIELDS, "info": "many"}), [(LINK, "many")]),
    "clicks that are no objects": (page_with({**FIELDS, "info": ["1", None]}), [(LINK, "1"), (LINK, None)]),
    "a click by itself": (page_with({**FIELDS, "info": ANN}), [(LINK, "1"), (LINK, "2")]),
}


def test_a_number_of_thousands_of_digits_ends_no_process() -> None:
    """Nor a page: the click that holds it is handed on, and cannot be read for itself."""
    body = page_with({**FIELDS, "info": [{**ANN, "times": "2"}]}).replace(b'"2"', b"9" * 5_000)

    page = link_page(spooled([body]))

    assert isinstance(page, LinkPage)
    with page:
        assert [(link, click["times"]) for link, click in page.clicks()] == [(LINK, int("9" * MAX_DIGITS))]


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_click_is_handed_on_as_it_is(name: str) -> None:
    """Nothing is left out in silence: it cannot be read as a click, and costs no other."""
    body, expected = ODD[name]

    assert clicks_of(body) == expected


BROKEN = {
    "a byte-order mark": b"\xef\xbb\xbf" + page_with({**FIELDS, "info": [ANN]}),
    "two of them, and blanks": b"\xef\xbb\xbf\xef\xbb\xbf \r\n" + page_with({**FIELDS, "info": [ANN]}),
    "a warning": b"<br />\n<b>Warning</b>: {x} in <b>/a.php</b> on line <b>1</b>"
    + page_with({**FIELDS, "info": [ANN]}),
    "bytes that are no text": page_with({**FIELDS, "name": "N", "info": [ANN]}).replace(b'"N"', b'"\xff\xfe"'),
    "control characters": page_with({**FIELDS, "name": "N", "info": [ANN]}).replace(b'"N"', b'"\x01\x1b"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_is_almost_json_is_read(name: str) -> None:
    """Whatever stands before it or in its texts."""
    assert clicks_of(BROKEN[name]) == [(LINK, ANN)]


@given(links=st.lists(st.lists(clicks, max_size=5), min_size=1, max_size=5), keyed=st.booleans())
def test_every_click_is_read_with_its_link(links: list[list[dict[str, Any]]], keyed: bool) -> None:
    """Streaming finds just what the page as a whole says."""
    content = {
        str(number): {"info": dict(enumerate(rows)) if keyed else rows, "id": str(number + 1), "link": ""}
        for number, rows in enumerate(links)
    }
    body = orjson.dumps({**content, **ENVELOPE}, option=orjson.OPT_NON_STR_KEYS)

    assert clicks_of(body) == [
        (Link(link_id=str(number + 1), url=""), click) for number, rows in enumerate(links) for click in rows
    ]


def test_memory_stays_flat_however_many_clicked() -> None:
    """A page far larger than what is kept in memory goes through a file."""
    count = 60_000
    tracemalloc.start()
    try:
        page = link_page(spooled(a_large_page(count)))
        assert isinstance(page, LinkPage)
        with page:
            seen = sum(1 for _ in page.clicks())
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert seen == count
    assert most_bytes < 3 * MAX_BYTES_IN_MEMORY


def a_large_page(count: int) -> Iterator[bytes]:
    """Yield a page of one link that `count` contacts clicked, in parts."""
    click = orjson.dumps({"subscriberid": "1", "email": "ann@example.com", "tstamp": "2025-06-01 12:00:00"} | ANN)
    parts = chain([click], (b"," + click for _ in range(count - 1)))
    return chain([b'{"0":{"id":"88","info":['], parts, [b']},"result_code":1}'])
