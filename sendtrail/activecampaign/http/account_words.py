"""The account's own words: found in the body of a refusal, and masked before anybody sees them."""

import json
import re
from typing import Any

MAX_CHARACTERS = 300
KEY_MASK, E_MAIL_MASK = "***", "<e-mail>"
_XML_ERROR = re.compile(r"<(?:error|message)>(.*?)</(?:error|message)>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
# What may stand between two characters of a key that was wrapped, quoted or escaped.
_BREAK = r"(?:\s|\\[bfnrt/]|\\)*"


class Mask:
    """Makes an account's words fit for a log or a terminal: the key of the account is nowhere in them."""

    def __init__(self, secret: str) -> None:
        self._key = re.compile(_BREAK.join(map(_spellings, secret)), re.IGNORECASE) if secret else None

    def __call__(self, words: str) -> str:
        """Return the words short, on one line, without the key, e-mail addresses and control characters."""
        line = self.without_key(" ".join(printable(words).split()))
        return " ".join(E_MAIL_MASK if "@" in word or "%40" in word else word for word in line.split())[:MAX_CHARACTERS]

    def without_key(self, text: str) -> str:
        """Return a text as it is, save for the key, however it is spelt or broken."""
        return self._key.sub(KEY_MASK, text) if self._key else text


def error_message(body: bytes) -> str:
    """Return the message of an error body, "" where it has none.

    Seen: {"message"}, {"errors": [{"title", "detail", "code"}]} and {"errors": ["..."]}; two objects in a row; XML with
    an <error>; a line of plain text.
    """
    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_message(text)
    if found := _XML_ERROR.search(text):
        return _TAG.sub(" ", found[1]).strip()
    return text if is_plain_text(text) else ""


def is_plain_text(text: str) -> bool:
    """Return whether a body is a short line of words, neither markup nor data."""
    return len(text) <= MAX_CHARACTERS and not set(text) & set('<>{}[]"\x00') and any(map(str.isalpha, text))


def _json_message(text: str) -> str:
    try:
        content, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return ""
    return json_message(content)


def json_message(content: dict[str, Any]) -> str:
    """Return the message of a JSON object that is an error, "" where it has none."""
    errors = content.get("errors")
    found = [_sentence(error) for error in errors] if isinstance(errors, list) else []
    found += [_text(content.get(name)) for name in ("message", "error", "result_message")]
    return "; ".join(sentence for sentence in found if sentence)


def _sentence(error: object) -> str:
    if not isinstance(error, dict):
        return _text(error)
    return ": ".join(part for part in (_text(error.get("title")), _text(error.get("detail"))) if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _spellings(character: str) -> str:
    """Return a pattern of the ways to write a character of the key: itself, and as URLs, JSON and HTML escape it."""
    code = ord(character)
    return rf"(?:{re.escape(character)}|%{code:02x}|\\u{code:04x}|\\x{code:02x}|&\#0*{code};|&\#x0*{code:x};)"


def printable(text: str) -> str:
    """Return a text with a blank in place of what moves the cursor, hides text or turns its direction."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
