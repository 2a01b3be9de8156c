"""The account's own words: found in the body of a refusal, and masked before anybody sees them."""

import json
import re
from typing import Any

MAX_CHARACTERS = 300
_E_MAIL = re.compile(r"\S*(?:@|%40)\S*")


def error_message(body: bytes) -> str:
    """Return the message of an error body, "" where it has none.

    Seen: {"message"}, {"errors": [{"title", "detail", "code"}]} and {"errors": ["..."]}; and two objects in a row.
    """
    try:
        content, _ = json.JSONDecoder().raw_decode(body.decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):
        return ""
    return "; ".join(_sentences(content)) if isinstance(content, dict) else ""


def masked(words: str, *, secret: str) -> str:
    """Return an account's words as a log may have them: short, on one line, without the key or an e-mail address."""
    line = " ".join(words.split())
    without_secret = line.replace(secret, "***") if secret else line
    return _E_MAIL.sub("<e-mail>", without_secret)[:MAX_CHARACTERS]


def _sentences(content: dict[str, Any]) -> list[str]:
    errors = content.get("errors")
    found = [_sentence(error) for error in errors] if isinstance(errors, list) else []
    return [sentence for sentence in (*found, _text(content.get("message"))) if sentence]


def _sentence(error: object) -> str:
    if not isinstance(error, dict):
        return _text(error)
    return ": ".join(part for part in (_text(error.get("title")), _text(error.get("detail"))) if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
