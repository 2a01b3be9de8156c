"""What a careful reader makes of a body: the JSON in it, whatever surrounds it, and U+FFFD for what is no text."""

import json
from typing import Any

Json = dict[str, Any]


def content(body: bytes) -> Json:
    """Return the object in a body; {} where there is none."""
    text = body.decode("utf-8", "replace")
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return {}
    found: Json = _text_of(json.loads(text[start : end + 1], parse_int=_number))
    return found


def _number(digits: str) -> object:
    return int(digits) if len(digits) < 20 else digits


def _text_of(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_text_of(item) for item in value]
        case dict():
            return {key: _text_of(item) for key, item in value.items()}
        case _:
            return value
