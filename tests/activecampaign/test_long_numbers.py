"""Numbers of thousands of digits, which end the process where ijson's C parser meets them."""

from io import BytesIO

import ijson
import pytest

from sendtrail.activecampaign.http.long_numbers import MAX_DIGITS, ShortNumbers


@pytest.mark.parametrize("size", [1, 7, 299, 300, 301, 65_536])
def test_long_rows_of_digits_are_cut_off_wherever_the_parts_end(size: int) -> None:
    """What is around them stays, and so does every shorter row."""
    body = ShortNumbers(BytesIO(b'{"a": %s, "b": "12%s", "c": 1234567}' % (b"9" * 5_000, b"3" * 200)))

    content = b"".join(iter(lambda: body.read(size), b""))

    assert content == b'{"a": %s, "b": "12%s", "c": 1234567}' % (b"9" * MAX_DIGITS, b"3" * 200)


def test_what_ends_the_process_is_parsed() -> None:
    """A row with it is then found unreadable, by itself."""
    body = ShortNumbers(BytesIO(b'{"times": %s}' % (b"7" * 100_000)))

    assert ("number", int("7" * MAX_DIGITS)) in list(ijson.basic_parse(body))
