"""Text that is not valid: half an emoji at its end, in some of the names, addresses and links of an account.

Inside the simulator a placeholder stands for it; the wire puts the broken half in its place, and truth what a careful
reader makes of it.
"""

from collections.abc import Callable

from sendtrail.simulator.quirks import Quirks

SURROGATE, CUT_BYTES = "\ue000", "\ue001"  # code points for private use
ON_THE_WIRE = {SURROGATE.encode(): rb"\ud83d", CUT_BYTES.encode(): b"\xf0\x9f\x98"}
_EVERY = 5

Garble = Callable[[int, str], str]
"""Return the text of a thing, by the number of the thing."""


def garbling(quirks: Quirks) -> Garble:
    """Return what garbles the texts of every fifth thing, as the account's quirks say."""
    halves = {"surrogates": (SURROGATE,), "bytes": (CUT_BYTES,), "mixed": (SURROGATE, CUT_BYTES)}.get(
        quirks.garbled_text
    )
    if halves is None:
        return lambda _, text: text
    return lambda number, text: text if number % _EVERY else text + halves[number // _EVERY % len(halves)]


def as_read(text: str) -> str:
    """Return what a careful reader makes of a text: U+FFFD for each half of an emoji."""
    return text.replace(SURROGATE, "\ufffd").replace(CUT_BYTES, "\ufffd")
