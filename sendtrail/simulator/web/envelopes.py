"""What every answer is wrapped in."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from starlette.responses import Response

from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.web.language import PHRASES, Phrases


def answer(content: object, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(content), status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Wrap v1 answers, in one language."""

    phrases: Phrases
    has_empty_success: bool = False
    """Whether the end of the data is a success without rows."""

    @classmethod
    def of(cls, quirks: Quirks) -> "Envelopes":
        """Return the envelopes of an account."""
        return cls(PHRASES[quirks.language], has_empty_success=quirks.past_the_end == "success")

    def refusal(self, message: str) -> Response:
        """Return v1's way to say no: a 200 whose `result_code` is 0."""
        return answer({"result_code": 0, "result_message": message, "result_output": "json"})

    def end(self) -> Response:
        """Return the end of the data."""
        return answer(self._success()) if self.has_empty_success else self.refusal(self.phrases.nothing)

    def numbered(self, rows: Iterable[object]) -> Response:
        """Return rows under numeric string keys beside the v1 envelope, or the end of the data without any."""
        content: dict[str, object] = {str(n): row for n, row in enumerate(rows)}
        return answer(content | self._success()) if content else self.end()

    def success_tail(self) -> bytes:
        """Return the envelope of a success without its opening brace, to put behind streamed rows."""
        return orjson.dumps(self._success())[1:]

    def not_allowed(self) -> Response:
        """Return the XML that refuses a key."""
        xml = f"<not_allowed><error>{self.phrases.not_allowed}</error></not_allowed>"
        return Response(xml.encode(), media_type="text/xml")

    def _success(self) -> dict[str, object]:
        return {"result_code": 1, "result_message": self.phrases.something, "result_output": "json"}
