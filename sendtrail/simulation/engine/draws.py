"""Numbers that follow from a seed and a name, whatever was drawn before."""

from hashlib import blake2b

_DIGITS = 2**64


def chance(*name: object) -> float:
    """Return a number from 0 to below 1, the same for the same name."""
    digest = blake2b(":".join(map(str, name)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _DIGITS
