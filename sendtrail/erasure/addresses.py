"""E-mail addresses as people write them: in one spelling, and found in a text."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import unquote

# Everything that cannot end an address in JSON, a URL or a sentence; what is beside the address is cut off below.
_PART = r"[^\s\"'<>(),;:=&?/\\\[\]{}|@%]"
# The same as a URL writes it, also one within another URL. An apostrophe is left out: it may be of a name.
ENCODED_END = r"%(?:25)*(?:0[9AD]|2[023689CF]|3[A-F]|5[B-D]|7[B-D])"
# Possessive, and taken whole where there is no address: a long text is gone through once, not from each character.
_PARTS = rf"(?:{_PART}++|(?!{ENCODED_END})%)++"
_ADDRESS = re.compile(f"{_PARTS}@{_PARTS}", re.IGNORECASE)
_ADDRESS_OR_ELSE = re.compile(f"{ENCODED_END}|({_ADDRESS.pattern})|{_PARTS}", re.IGNORECASE)
_AT_THE_ENDS = ".!-_*"


def normalised(address: str) -> str:
    """Return an address in the one spelling in which it is compared: no case, no blanks, one form of each character.

    The domain is as DNS has it: `bücher.example` is `xn--bcher-kva.example`.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).strip().casefold())
    name, at, domain = text.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{name}{at}{domain}"


def is_address(text: str) -> bool:
    """Return whether a text is one address and nothing else."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def addresses_in(text: str) -> Iterator[str]:
    """Yield the addresses in a text, in the spelling in which they are compared; also those of an encoded URL."""
    for each in {text, unquote(text)}:
        for found in filter(None, _ADDRESS_OR_ELSE.findall(each)):
            yield normalised(found)
            if (bare := found.strip(_AT_THE_ENDS)) != found:
                yield normalised(bare)


def without_addresses(text: str, is_erased: Callable[[str], bool], *, mark: str = "[erased]") -> str:
    """Return a text with a mark in the place of each address that is erased."""

    def replaced(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        bare = found[0].strip(_AT_THE_ENDS)
        return mark if is_erased(normalised(found[0])) or is_erased(normalised(bare)) else found[0]

    return _ADDRESS_OR_ELSE.sub(replaced, text)
