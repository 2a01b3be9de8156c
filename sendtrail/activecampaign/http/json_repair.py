"""JSON as some accounts send it, made acceptable to a strict parser.

Seen: one or two byte-order marks, blanks, a PHP warning in front; texts cut in the middle of a character, as bytes or
as half of an escaped pair. What is missing or stands behind the JSON is not repaired: that is an answer cut off.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator

# A PHP warning is a few hundred bytes long.
MAX_BYTES_BEFORE = 65_536
_OBJECT = re.compile(rb'\{\s*["}]')
_CONTROLS = dict.fromkeys(range(32), " ")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def repaired(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the object that a body holds, in valid UTF-8 and without control characters."""
    head = b""
    texts = _valid_text(parts)
    for text in texts:
        head += text
        if found := _OBJECT.search(head):
            yield head[found.start() :]
            yield from texts
        elif len(head) > MAX_BYTES_BEFORE:
            return


def without_lone_surrogates(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Replace each escaped half of a pair whose other half is missing: parsers refuse it, or differ about it.

    Parts are cut anew behind a comma, which is in no escape.
    """
    rest = b""
    for part in parts:
        before, comma, rest = (rest + part).rpartition(b",")
        if len(rest) > MAX_BYTES_BEFORE:
            before, comma, rest = before + comma + rest, b"", b""
        yield _with_whole_pairs(before + comma)
    yield _with_whole_pairs(rest)


def _with_whole_pairs(text: bytes) -> bytes:
    if rb"\ud" not in text and rb"\uD" not in text:
        return text
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], text)


def _valid_text(parts: Iterable[bytes]) -> Iterator[bytes]:
    decoder = getincrementaldecoder("utf-8")("replace")
    for part in parts:
        yield decoder.decode(part).translate(_CONTROLS).encode()
    yield decoder.decode(b"", final=True).encode()
