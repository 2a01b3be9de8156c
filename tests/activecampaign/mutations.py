"""Answers that are almost valid: with something changed in their content or in their bytes, or far too large."""

import gzip
import json
from typing import Any

from hypothesis import strategies as st

from tests.activecampaign.scripted_account import KEY, Reply

Content = dict[str, Any]

JUNK: list[Any] = [None, True, 0, -1, 1.5, 1e30, 10**19, [], {}, [[]], {"0": {}}, KEY, "", "0", "\x1b[2J", "\ud800"]
MORE_JUNK = ["9" * 5_000, "9999-12-31T23:59:59-06:00", "0001-01-01", "1,234", "\u00b2", "a@b.c" * 99]
MEGABYTE = 1_000_000
# Blanks may surround a body, so that only their number is wrong.
BLANKS = gzip.compress(b" " * 100 * MEGABYTE)
junk = st.sampled_from([*JUNK, *MORE_JUNK])


@st.composite
def changed_content(draw: st.DrawFn, content: Any) -> Any:
    """Return JSON content with one value replaced, removed or moved."""
    if not isinstance(content, dict | list) or not content or draw(st.integers(0, 3)) == 0:
        return draw(junk)
    if isinstance(content, list):
        place = draw(st.integers(0, len(content) - 1))
        inner = draw(changed_content(content[place]))
        return [*content[:place], inner, *content[place + draw(st.integers(0, 1)) :]]
    name = draw(st.sampled_from(sorted(content)))
    rest = {key: value for key, value in content.items() if key != name}
    new_name = draw(st.sampled_from([name, name, name, "x", "5", "²"]))
    return draw(st.sampled_from([rest, {**rest, new_name: draw(changed_content(content[name]))}]))


@st.composite
def changed_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """Return a body with some bytes replaced, removed or added."""
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    added = draw(st.binary(max_size=8) | st.sampled_from([b"", b"[" * 9_000, b"\xef\xbb\xbf"]))
    return body[:start] + added + body[end:]


def as_body(content: Any) -> bytes:
    """Return content as JSON, lone surrogates escaped."""
    return json.dumps(content).encode()


def changed_answers(content: Content) -> st.SearchStrategy[Reply]:
    """Return a strategy of replies that are almost an answer."""
    bodies = changed_content(content).map(as_body) | changed_bytes(as_body(content))
    headers = st.dictionaries(
        st.sampled_from(["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "Content-Encoding"]),
        st.sampled_from(["0", "5", "9" * 5_000, "gzip", "Thu, 01 Jan 9999 00:00:00 -9999", KEY]),
        max_size=1,
    )
    status = st.sampled_from([200, 200, 200, 200, 302, 400, 403, 404, 429, 500])
    return st.builds(
        lambda body, headers, status, cut: Reply(body=body, headers=headers, status=status, cut=cut),
        bodies,
        headers,
        status,
        st.booleans(),
    )


def inflating(content: Content) -> Reply:
    """Return an answer that is small on its way, and a hundred megabytes once it is decompressed."""
    return Reply(body=BLANKS + gzip.compress(as_body(content)), headers={"Content-Encoding": "gzip"})
