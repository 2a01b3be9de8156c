"""Oddities of the bytes of an answer, whatever it is about."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

Language = Literal["english", "hungarian", "german"]


@dataclass(frozen=True, kw_only=True)
class WireQuirks:
    """What surrounds the JSON of every answer, and what language it speaks."""

    byte_order_marks: Annotated[int, Field(ge=0, le=2)] = 0
    """So many UTF-8 byte-order marks precede every JSON body."""
    blanks_around_body: bool = False
    """Blank lines and spaces precede and follow every JSON body."""
    php_warning: bool = False
    """PHP prints a warning in HTML before the JSON of every v1 answer."""
    language: Language = "english"
    """The language of v1's messages: of the end of the data, of success, of errors and of the refusal of a key."""
    garbled_text: Literal["never", "surrogates", "bytes", "mixed"] = "never"
    """Some names of contacts, campaigns and links, e-mail addresses and URLs hold half an emoji: as a lone surrogate
    escape, as cut UTF-8, or either by turns. Truth has U+FFFD in its place."""
