"""Seeded randomness that is addressed, not drawn: the value at (key, number) never depends on what was asked before."""

import zlib

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_SHIFT = 20  # the middle bits of a product are the best mixed ones


def mix(key: int, number: int) -> int:
    """Return 64 well-mixed bits for a number under a key (SplitMix64)."""
    bits = (key + (number + 1) * _GAMMA) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return bits ^ (bits >> 31)


def derive(key: int, *path: int | str) -> int:
    """Return the key of something named by a path below another key."""
    for step in path:
        key = mix(key, zlib.crc32(step.encode()) if isinstance(step, str) else step)
    return key


class Permutation:
    """Shuffle 0..size-1 without storing it: a four-round Feistel network with cycle walking."""

    __slots__ = ("_keys", "_left", "_right", "_width", "size")

    def __init__(self, size: int, *, key: int) -> None:
        bits = max(2, (size - 1).bit_length())
        self.size = size
        self._width = bits - bits // 2
        self._left = (1 << (bits // 2)) - 1
        self._right = (1 << self._width) - 1
        self._keys = tuple(mix(key, n) | 1 for n in range(4))

    def __getitem__(self, index: int) -> int:
        """Return where an index goes."""
        a, b, c, d = self._keys
        width, left_mask, right_mask = self._width, self._left, self._right
        while True:
            left, right = index >> width, index & right_mask
            left ^= ((right * a + b) >> _SHIFT) & left_mask
            right ^= ((left * b + c) >> _SHIFT) & right_mask
            left ^= ((right * c + d) >> _SHIFT) & left_mask
            right ^= ((left * d + a) >> _SHIFT) & right_mask
            index = left << width | right
            if index < self.size:
                return index

    def index(self, value: int) -> int:
        """Return the index that goes to a value: the inverse of `[]`."""
        a, b, c, d = self._keys
        width, left_mask, right_mask = self._width, self._left, self._right
        while True:
            left, right = value >> width, value & right_mask
            right ^= ((left * d + a) >> _SHIFT) & right_mask
            left ^= ((right * c + d) >> _SHIFT) & left_mask
            right ^= ((left * b + c) >> _SHIFT) & right_mask
            left ^= ((right * a + b) >> _SHIFT) & left_mask
            value = left << width | right
            if value < self.size:
                return value
