"""What every answer is wrapped in."""

from collections.abc import Iterable

import orjson
from starlette.responses import Response

Json = dict[str, object]

NOT_ALLOWED = b"<not_allowed><error>You are not authorized to access this file</error></not_allowed>"
_SOMETHING = {"result_code": 1, "result_message": "Success: Something is returned", "result_output": "json"}
NOTHING = "Failed: Nothing is returned"


def answer(content: object, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def refusal(message: str) -> Response:
    """Return v1's way to say no: a 200 whose `result_code` is 0."""
    return answer({"result_code": 0, "result_message": message, "result_output": "json"})


def numbered(rows: Iterable[Json]) -> Response:
    """Return rows under numeric string keys beside the v1 envelope, or the end-of-data envelope without any."""
    content: Json = {str(n): row for n, row in enumerate(rows)}
    return answer(content | _SOMETHING) if content else refusal(NOTHING)


def success_tail() -> bytes:
    """Return the v1 envelope of a success without its opening brace, to put behind streamed rows."""
    return orjson.dumps(_SOMETHING)[1:]
